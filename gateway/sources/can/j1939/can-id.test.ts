import { readFileSync } from "node:fs";
import { sharedData } from "@firebreak/test/shared-data.ts";
import { describe, expect, test } from "vitest";
import { isJ1939Id, splitCanId } from "./can-id.ts";

const oracle = sharedData("oracles/tshark_j1939_ids.csv");

describe("splitCanId", () => {
  test.each([
    { name: "EEC1 from the engine", id: 0x0cf00400, pgn: 0xf004, sa: 0, da: 255, priority: 3 },
    { name: "a request to all", id: 0x18eafff9, pgn: 0xea00, sa: 0xf9, da: 255, priority: 6 },
    { name: "PDU1 up to PF 239", id: 0x1cefff17, pgn: 0xef00, sa: 0x17, da: 255, priority: 7 },
    { name: "PDU2 from PF 240 on", id: 0x18f0010b, pgn: 0xf001, sa: 0x0b, da: 255, priority: 6 },
    { name: "TSC1 to the engine", id: 0x0c000003, pgn: 0, sa: 3, da: 0, priority: 3 },
    { name: "data page 1", id: 0x19ef2005, pgn: 0x1ef00, sa: 5, da: 0x20, priority: 6 },
    { name: "extended data page", id: 0x1afeca00, pgn: 0x2feca, sa: 0, da: 255, priority: 6 },
  ])("splits $name", ({ id, pgn, sa, da, priority }) => {
    expect(splitCanId(id)).toMatchObject({ pgn, sa, da, priority });
  });

  test.skipIf(oracle === undefined)("agrees with Wireshark on 982 real identifiers", () => {
    const [, ...rows] = readFileSync(oracle ?? "", "utf8")
      .trim()
      .split("\n");
    const expected = rows.map((row) => row.trim().split(",").map(Number));
    const ours = expected.map(([id = 0, , , , PF = 0]) => {
      const parts = splitCanId(id);
      const { priority, extendedDataPage, dataPage, pduFormat, pduSpecific, pgn, sa, da } = parts;
      // A PDU2 identifier holds no destination: we call that global, Wireshark leaves its column at 0.
      const shownDa = PF < 240 ? da : 0;
      if (PF >= 240) expect(da).toBe(255);
      return [id, priority, extendedDataPage, dataPage, pduFormat, pduSpecific, pgn, sa, shownDa];
    });
    expect(ours).toHaveLength(982);
    expect(ours).toEqual(expected);
  });
});

describe("isJ1939Id", () => {
  test.each([
    { name: "the base pages", id: 0x18feca00, is: true },
    { name: "data page 1", id: 0x19feca00, is: true },
    { name: "extended data page", id: 0x1afeca00, is: true },
    { name: "ISO 15765-3, both pages set", id: 0x1bda00f1, is: false },
  ])("tells $name", ({ id, is }) => expect(isJ1939Id(id)).toBe(is));
});
