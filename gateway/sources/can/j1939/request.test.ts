import { expect, test } from "vitest";
import { splitCanId } from "./can-id.ts";
import { encodeRequest } from "./request.ts";

test.each([
  { pgn: 65253, da: 0, sa: 249, canId: 0x18ea00f9, hex: "e5fe00" },
  { pgn: 65260, sa: 254, canId: 0x18eafffe, hex: "ecfe00" },
  { pgn: 126720, da: 3, sa: 37, canId: 0x18ea0325, hex: "00ef01" },
])("encodeRequest asks for PGN $pgn", ({ hex, canId, ...request }) => {
  const frame = encodeRequest(request);
  expect(frame.canId).toBe(canId);
  expect(Buffer.from(frame.data).toString("hex")).toBe(hex);
  expect(splitCanId(frame.canId)).toMatchObject({ pgn: 59904, priority: 6, sa: request.sa });
});
