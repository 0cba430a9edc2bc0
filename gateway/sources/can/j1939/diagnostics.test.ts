import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  commandOfDm13,
  commandOfRequest,
  decodeDm4,
  decodeDm5,
  requestedPgn,
} from "./diagnostics.ts";
import { decodeTextGroup } from "./text-groups.ts";

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("decodeDm4", () => {
  const one = "0d 64000401 09 32 401f 50 5a 0014 ab";

  test("reads what the control unit kept at the onset, and the maker's own behind it", () => {
    const payload = bytes(`${one} 0c 6e000102 ff ff ffff ff ff ffff`);
    expect(decodeDm4(payload, payload.length)).toEqual([
      {
        dtc: { spn: 100, fmi: 4, oc: 1, cm: 0 },
        boostKpa: 100,
        engineSpeedRpm: 1000,
        engineLoadPercent: 80,
        coolantTemperatureC: 50,
        vehicleSpeedKmh: 20,
        extra: bytes("ab"),
      },
      {
        dtc: { spn: 110, fmi: 1, oc: 2, cm: 0 },
        boostKpa: null,
        engineSpeedRpm: null,
        engineLoadPercent: null,
        coolantTemperatureC: null,
        vehicleSpeedKmh: null,
        extra: bytes(""),
      },
    ]);
  });

  test.each([
    { name: "no frame", hex: "00 00000000 ffffff" },
    { name: "a frame that is cut off", hex: "0d 64000401 09 32 40" },
    { name: "nothing", hex: "" },
  ])("reads nothing from $name", ({ hex }) => {
    expect(decodeDm4(bytes(hex), bytes(hex).length)).toEqual([]);
  });

  test("reads any bytes, at most 64 frames", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1785 }), (payload) => {
        expect(decodeDm4(payload, payload.length).length).toBeLessThanOrEqual(64);
      }),
    );
    const many = new Uint8Array(1785).fill(12);
    expect(decodeDm4(many, many.length)).toHaveLength(64);
  });
});

test("decodeDm5 counts codes and monitors that are not through", () => {
  expect(decodeDm5(bytes("02 ff 14 25 03 00 01 00"), 8)).toEqual({
    activeCount: 2,
    previouslyActiveCount: null,
    supportedMonitors: 4,
    incompleteMonitors: 1,
  });
  expect(decodeDm5(bytes("02 ff 14"), 3)).toBeUndefined();
});

describe("orders of service tools", () => {
  test.each([
    { hex: "d3fe00", is: "clear-active" },
    { hex: "ccfe00", is: "clear-previously-active" },
    { hex: "e5fe00", is: undefined },
    { hex: "d3fe", is: undefined },
  ])("a request $hex is $is", ({ hex, is }) => {
    expect(commandOfRequest(requestedPgn(bytes(hex), bytes(hex).length) ?? 0)).toBe(is);
  });

  test.each([
    { hex: "3fffffffffffffff", is: "stop-broadcast" },
    { hex: "fcffffffffffffff", is: "stop-broadcast" },
    { hex: "7fffffffffffffff", is: "start-broadcast" },
    { hex: "ffffffffffffffff", is: undefined },
    { hex: "", is: undefined },
  ])("a DM13 $hex is $is", ({ hex, is }) => {
    expect(commandOfDm13(bytes(hex), bytes(hex).length)).toBe(is);
  });
});

describe("decodeTextGroup", () => {
  const text = (words: string) => Uint8Array.from(Buffer.from(words, "latin1"));

  test.each([
    { pgn: 65259, words: "JDEER*5055E*SN 1*\xff\xff", is: ["JDEER", "5055E", "SN 1"] },
    { pgn: 65242, words: "\x02V1.4*BOOT 7*", is: ["V1.4", "BOOT 7"] },
    { pgn: 64965, words: "PART**LEFT*", is: ["PART", "", "LEFT"] },
    { pgn: 65259, words: "A\x1b[2J<b>*", is: ["A\\x1b[2J<b>"] },
  ])("reads PGN $pgn", ({ pgn, words, is }) => {
    expect(decodeTextGroup(pgn, text(words), words.length)?.fields).toEqual(is);
  });

  test.each([
    { name: "padding alone", pgn: 65260, words: "\xff\xff\xff*" },
    { name: "another message", pgn: 65262, words: "TEXT*" },
    { name: "nothing", pgn: 65260, words: "" },
  ])("reads nothing from $name", ({ pgn, words }) => {
    expect(decodeTextGroup(pgn, text(words), words.length)).toBeUndefined();
  });

  test("of any bytes makes at most 16 fields of at most 200 printable characters", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1785 }), (payload) => {
        const { fields = [] } = decodeTextGroup(65260, payload, payload.length) ?? {};
        expect(fields.length).toBeLessThanOrEqual(16);
        for (const field of fields) expect(field).toMatch(/^[ -~]{0,200}$/);
      }),
    );
  });
});
