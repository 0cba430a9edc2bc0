import { readFileSync } from "node:fs";
import { sharedData } from "@firebreak/test/shared-data.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requestCommand } from "./slcan-commands.ts";
import { SlcanParser } from "./slcan-parser.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";

function parse(bytes: Uint8Array | string, pieceBytes = 1_000) {
  const said: string[] = [];
  const parser = new SlcanParser("can0", {
    onFrame: ({ canId, isExtended, isRemote, length, data }) =>
      said.push(
        `${isExtended ? "T" : "t"}${canId.toString(16)} ${isRemote ? `remote ${length}` : Buffer.from(data.subarray(0, length)).toString("hex")}`,
      ),
    onReply: (reply) => said.push(reply),
    onFlags: (flags) => said.push(`flags ${flags.toString(16)}`),
  });
  const all = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
  for (let at = 0; at < all.length; at += pieceBytes)
    parser.feed(all.subarray(at, at + pieceBytes));
  return { said, statistics: parser.statistics };
}

describe("SlcanParser", () => {
  test.each([
    ["t4563112233\r", ["t456 112233"]],
    ["T12ABCDEF2AA55\r", ["T12abcdef aa55"]],
    ["t10021133\r", ["t100 1133"]],
    ["t0000\r", ["t0 "]],
    ["t7FF81122334455667788ABCD\r", ["t7ff 1122334455667788"]],
    ["T1FFFFFFF1aa0000ffff\r", ["T1fffffff aa"]],
    ["r1238\r", ["t123 remote 8"]],
    ["R18FEF20031234\r", ["T18fef200 remote 3"]],
    ["\r\x07F08\rV1013\rNA123\rz\rZ\r", ["ok", "refused", "flags 8", "ok", "ok", "ok", "ok"]],
    ["\nt0000\r\nt0010\r\n", ["t0 ", "t1 "]],
  ])("reads %j", (text, said) => {
    for (const pieceBytes of [1, 2, 5, 100]) expect(parse(text, pieceBytes).said).toEqual(said);
  });

  test.each([
    "t8001aa\r",
    "T200000001aa\r",
    "t12\r",
    "t1239112233445566778899\r",
    "t1232aa\r",
    "t1232aag0\r",
    "t1232aabbcc\r",
    "t1230123\r",
    "F8\r",
    "Fxx\r",
    "q\r",
    `${"9".repeat(10_000)}\r`,
  ])("counts %j as malformed, and reads on", (text) => {
    const { said, statistics } = parse(`${text}t1231aa\r`);
    expect(said).toEqual(["t123 aa"]);
    expect(statistics).toMatchObject({ malformed: 1, frames: 1 });
  });

  test("counts frames of CAN FD and passes them over", () => {
    const { said, statistics } = parse(
      `d1239${"11".repeat(12)}\rD12345678F${"22".repeat(64)}\rb1230\rB123456780\rt1230\r`,
    );
    expect(said).toEqual(["t123 "]);
    expect(statistics).toMatchObject({ fdFrames: 4, malformed: 0 });
  });

  test("noise in the middle of a frame costs that frame and none behind it", () => {
    const { said } = parse("t123311\x0022\rt12\x07t1231aa\rt1231bb\r");
    expect(said).toEqual(["refused", "t123 aa", "t123 bb"]);
  });

  test(
    "any bytes in any pieces: no exception, and a whole line behind them is read",
    () => {
      const piece = fc.oneof(
        fc.uint8Array({ maxLength: 40 }),
        fc
          .string({ unit: fc.constantFrom(..."tTrRdF0123456789abcdefABCDEF\r\x07"), maxLength: 60 })
          .map((text) => Uint8Array.from(Buffer.from(text))),
      );
      fc.assert(
        fc.property(fc.array(piece), fc.integer({ min: 1, max: 50 }), (pieces, pieceBytes) => {
          const bytes = Buffer.concat([...pieces, Buffer.from("\rt1231aa\r")]);
          const inPieces = parse(bytes, pieceBytes);
          expect(inPieces).toEqual(parse(bytes));
          expect(inPieces.said.at(-1)).toBe("t123 aa");
        }),
        { numRuns: isSoak ? 200_000 : 500 },
      );
    },
    isSoak ? 600_000 : 30_000,
  );
});

const recording = sharedData("can/jd5055e_tractoron10seconds.log");

test.skipIf(recording === undefined)(
  "a recording as an adapter tells it: every frame as in the file, and broken lines never more than were broken",
  () => {
    const frames = readFileSync(recording ?? "", "latin1")
      .split("\n")
      .flatMap((line) => /can0 ([0-9A-F]{8})#([0-9A-F]{0,16})\s*$/.exec(line)?.slice(1, 3) ?? []);
    const lines: string[] = [];
    const expected: string[] = [];
    for (let at = 0; at < frames.length; at += 2) {
      const [id = "", hex = ""] = [frames[at], frames[at + 1]];
      lines.push(`T${id}${hex.length / 2}${hex}\r`);
      expected.push(`T${Number.parseInt(id, 16).toString(16)} ${hex.toLowerCase()}`);
    }
    expect(expected.length).toBeGreaterThan(5_000);
    expect(parse(lines.join("")).said).toEqual(expected);
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % below;
    };
    for (let round = 0; round < (isSoak ? 100 : 2); round++) {
      const bytes = Uint8Array.from(Buffer.from(lines.join("")));
      for (let change = 0; change < 100; change++) bytes[random(bytes.length)] = random(256);
      const { statistics } = parse(bytes);
      expect(statistics.frames).toBeGreaterThan(expected.length - 200);
      expect(statistics.malformed + statistics.refusals).toBeLessThanOrEqual(200);
    }
  },
);

test("a request is one frame to everybody, from the plan's address", () => {
  expect(requestCommand(65253, 255, 0xf9)).toBe("T18EAFFF93E5FE00");
});
