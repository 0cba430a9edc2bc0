import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecordingFrame, stampNs } from "./recording-frame.ts";
import { createRecordingParser } from "./recording-parser.ts";

const isSoak = process.env.FIREBREAK_SOAK === "1";
const soakTimeoutMs = isSoak ? 600_000 : 30_000;

/** Parses text in pieces of `pieceBytes`; frames as `line:id`. */
function parse(text: string, pieceBytes = 1000) {
  const bytes = Uint8Array.from(Buffer.from(text, "latin1"));
  const parser = createRecordingParser();
  const frame = createRecordingFrame();
  const frames: string[] = [];
  const drain = () => {
    while (parser.next(frame)) frames.push(`${frame.line}:${frame.canId.toString(16)}`);
  };
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    parser.feed(bytes.subarray(at, at + pieceBytes));
    drain();
  }
  parser.end();
  drain();
  return { frames, parser };
}

const text =
  "\n(0.1) can0 123#11\r\n\nrubbish\n  can0  18FECA03   [1]  11\n(0.2) can0 456#\n(x) can0 1#\n(0.3) can0 7FF#22";

describe("createRecordingParser", () => {
  test.each([1, 2, 3, 7, 19, 1000])("gives the same in pieces of %i bytes", (pieceBytes) => {
    const { frames, parser } = parse(text, pieceBytes);
    expect(frames).toEqual(["2:123", "5:18feca03", "6:456", "8:7ff"]);
    expect([parser.lines, parser.brokenLines]).toEqual([8, 2]);
    expect(parser.problems).toEqual([
      { line: 4, problem: "no frame after the interface name" },
      { line: 7, problem: "the time is no number" },
    ]);
  });

  test("keeps the first five problems and counts the rest", () => {
    const { parser } = parse("x\n".repeat(1000));
    expect(parser.brokenLines).toBe(1000);
    expect(parser.problems.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    { name: "in the middle", end: "\n" },
    { name: "at the end", end: "" },
  ])("skips an endless line $name without keeping it", ({ end }) => {
    for (const pieceBytes of [100, 5000, 1_000_000]) {
      const { frames, parser } = parse(
        `can0 123#\n${"1".repeat(100_000)}${end}${end && "can0 124#"}`,
        pieceBytes,
      );
      expect(frames).toEqual(end ? ["1:123", "3:124"] : ["1:123"]);
      expect(parser.problems).toEqual([{ line: 2, problem: "longer than 4096 bytes" }]);
    }
  });

  test("takes text without a line end and no text at all", () => {
    expect(parse("can0 123#").frames).toEqual(["1:123"]);
    expect(parse("").parser.lines).toBe(0);
  });

  test(
    "never throws, and counts every line once, whatever the bytes",
    () => {
      const line = fc.oneof(
        fc.string({ unit: fc.constantFrom(..."()0123456789.-can #RAF[]'_ T\t"), maxLength: 60 }),
        fc
          .uint8Array({ maxLength: 30 })
          .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 10)).toString("latin1")),
        fc.constantFrom(...text.split("\n")),
      );
      fc.assert(
        fc.property(fc.array(line), fc.integer({ min: 1, max: 100 }), (lines, pieceBytes) => {
          const { frames, parser } = parse(`${lines.join("\n")}\n`, pieceBytes);
          expect(parser.lines).toBe(Math.max(1, lines.length));
          expect(frames.length + parser.brokenLines).toBeLessThanOrEqual(parser.lines);
        }),
        { numRuns: isSoak ? 100_000 : 300 },
      );
    },
    soakTimeoutMs,
  );
});

describe("stampNs", () => {
  test("is exact to the nanosecond, before zero too", () => {
    const frame = createRecordingFrame();
    expect(stampNs(frame)).toBeUndefined();
    Object.assign(frame, { hasStamp: true, stampSeconds: 1477899735, stampNanos: 123456789 });
    expect(stampNs(frame)).toBe(1477899735123456789n);
    Object.assign(frame, { stampSeconds: -608, stampNanos: 139400000 });
    expect(stampNs(frame)).toBe(-607860600000n);
  });
});
