import { createRecordingFrame } from "@firebreak/gateway/sources/can/recording-frame.ts";
import { createRecordingParser } from "@firebreak/gateway/sources/can/recording-parser.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecordingDecoder } from "./recording-decoder.ts";
import { createSampleLines, createStampText } from "./sample-lines.ts";

/** The lines that a recording gives. */
function decode(text: string, withNotAvailable = false): string[] {
  const lines = createSampleLines({ withNotAvailable });
  let output = "";
  const decoder = createRecordingDecoder({
    onSamples: (message) => {
      output += lines.ofSamples(message);
    },
    onActiveDtcs: (message) => {
      output += lines.ofActiveDtcs(message);
    },
  });
  const parser = createRecordingParser();
  const frame = createRecordingFrame();
  parser.feed(Uint8Array.from(Buffer.from(`${text}\n`, "latin1")));
  while (parser.next(frame)) decoder.decode(frame);
  return output.split("\n").slice(0, -1);
}

describe("createSampleLines", () => {
  test("writes one line per sample with its keys in order", () => {
    expect(decode("(12.345600) can0 0CF00400#FFFFFF2E1CFFFFFF")).toEqual([
      '{"t":12.3456,"bus":"can0","sa":0,"pgn":61444,"spn":190,"name":"engineSpeed","value":901.75,"unit":"rpm","quality":"good"}',
    ]);
  });

  test("writes trouble codes and lamps of a message in one line", () => {
    expect(decode("(0.5) can1 18FECA00#04FF64000401FFFF")).toEqual([
      '{"t":0.5,"bus":"can1","sa":0,"pgn":65226,"dtcs":[{"spn":100,"fmi":4,"oc":1,"cm":0}],"lamps":{"mil":"off","redStop":"off","amberWarning":"on","protect":"off"}}',
    ]);
  });

  test("keeps the order of the file and of the message", () => {
    const spns = decode(
      [
        "(2) can0 0CF00400#F0FFA02E1CFFFFFF",
        "(1) can0 18FECA00#00FF00000000FFFF",
        "(1) can0 18FEEE17#5A3CFFFFFFFFFFFF",
      ].join("\n"),
    ).map((line) => JSON.parse(line).spn ?? JSON.parse(line).pgn);
    expect(spns).toEqual([899, 513, 190, 65226, 110, 174]);
  });

  test("tells errors with no value, and what is not available only when asked", () => {
    const text = "(1) can0 18FEEF00#FFFFFFFEFFFFFFFF";
    expect(decode(text).map((line) => JSON.parse(line))).toMatchObject([
      { spn: 100, value: null, quality: "error" },
    ]);
    const all = decode(text, true).map((line) => JSON.parse(line));
    expect(all.map(({ spn }) => spn)).toEqual([94, 22, 98, 100, 101, 109, 111]);
    expect(all.filter(({ quality }) => quality === "not-available")).toHaveLength(6);
  });

  test("gives null for a missing time and quotes odd interface names", () => {
    const [line = ""] = decode('c"\xe4n 0CF00400#FFFFFF2E1CFFFFFF');
    expect(JSON.parse(line)).toMatchObject({ t: null, bus: 'c"än' });
  });

  test("computes values exactly as raw * scale + offset", () => {
    const [line = ""] = decode("(1) can0 18FEF700#FFFFFFFF1A01FFFF");
    expect(JSON.parse(line).value).toBe(0x11a * 0.05);
    expect(JSON.parse(line).value).toBe(14.100000000000001);
  });

  test.each([
    { name: "11-bit frames", text: "(1) can0 123#F0FFA02E1CFFFFFF" },
    { name: "requests for data", text: "(1) can0 0CF00400#R8" },
    { name: "CAN FD frames", text: "(1) can0 0CF00400##1F0FFA02E1CFFFFFF" },
    { name: "error frames", text: "(1) can0 20F00400#F0FFA02E1CFFFFFF" },
  ])("takes nothing from $name", ({ text }) => expect(decode(text)).toEqual([]));

  test("does not mix transport sessions of two buses", () => {
    const lines = decode(
      [
        "(1) can0 1CECFF00#20150003FFE3FE00",
        "(1) can1 1CECFF00#20150003FFE3FE00",
        "(1) can0 1CEBFF00#01201CFFFFFFFFFF",
        "(1) can1 1CEBFF00#01401CFFFFFFFFFF",
        "(1) can0 1CEBFF00#02FFFFFFFFFFFFFF",
        "(1) can1 1CEBFF00#02FFFFFFFFFFFFFF",
        "(1) can0 1CEBFF00#03FFFFFFFFFFFFFF",
        "(1) can1 1CEBFF00#03FFFFFFFFFFFFFF",
      ].join("\n"),
    ).map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { bus: "can0", spn: 188, value: 900 },
      { bus: "can1", spn: 188, value: 904 },
    ]);
  });
});

describe("createStampText", () => {
  const stampText = createStampText();
  const textOf = (hasStamp: boolean, stampSeconds: number, stampNanos: number) =>
    stampText({ ...createRecordingFrame(), hasStamp, stampSeconds, stampNanos });

  test.each([
    { stamp: [1477899735, 2000], text: "1477899735.000002" },
    { stamp: [12, 345600000], text: "12.3456" },
    { stamp: [12, 0], text: "12" },
    { stamp: [0, 1], text: "0.000000001" },
    { stamp: [0, 100000], text: "0.0001" },
    { stamp: [-608, 139400000], text: "-607.8606" },
    { stamp: [-1, 500000000], text: "-0.5" },
    { stamp: [-5, 0], text: "-5" },
  ])("writes $text", ({ stamp: [seconds = 0, nanos = 0], text }) => {
    expect(textOf(true, seconds, nanos)).toBe(text);
  });

  test("writes null for none", () => expect(textOf(false, 0, 0)).toBe("null"));

  test("reads back as the same time, to the nanosecond", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }),
        fc.oneof(
          fc.integer({ min: 0, max: 999_999_999 }),
          fc.integer({ min: 0, max: 999 }).map((milli) => milli * 1_000_000),
        ),
        (seconds, nanos) => {
          const text = textOf(true, seconds, nanos);
          const [, sign, whole = "", decimals = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
          const ns = BigInt(whole) * 1_000_000_000n + BigInt(decimals.padEnd(9, "0"));
          expect(sign === "-" ? -ns : ns).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(nanos));
          expect(decimals.endsWith("0")).toBe(false);
        },
      ),
    );
  });
});
