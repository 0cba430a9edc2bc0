import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fixOf, type GnssFix } from "./gnss.ts";
import { createLineCutter, parseSentence } from "./sentence.ts";

/** A whole sentence with its checksum. */
function sentence(body: string): string {
  const sum = [...body].reduce((bits, letter) => bits ^ letter.charCodeAt(0), 0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, "0")}`;
}

function fix(body: string): GnssFix | undefined {
  const parsed = parseSentence(sentence(body));
  if (typeof parsed === "string") throw new Error(parsed);
  return fixOf(parsed);
}

describe("a sentence", () => {
  test("is taken apart at its commas", () => {
    // A sentence with the checksum its receiver wrote.
    expect(
      parseSentence("$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47"),
    ).toEqual({
      talker: "GP",
      type: "GGA",
      fields: "123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,".split(","),
    });
  });

  test.each([
    ["$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*48", "wrong checksum"],
    ["$GPGGA,123519", "no checksum"],
    ["$GPGGA,123519*4", "no checksum"],
    ["GPGGA,123519*47", "does not begin with $"],
    ["", "does not begin with $"],
    [sentence("GPGGA,\u00e9"), "not ASCII"],
    [sentence("GP,1"), "no address of five letters"],
    [sentence(`GPTXT,${"x".repeat(200)}`), "too long"],
  ])("%j is refused: %s", (line, problem) => {
    expect(parseSentence(line)).toBe(problem);
  });

  test("whatever comes, nothing is thrown, and at most one line is remembered", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 20 }), (pieces) => {
        const lines: string[] = [];
        const cutter = createLineCutter((line) => lines.push(line));
        for (const piece of pieces) cutter.feed(piece);
        for (const line of lines) {
          expect(line.length).toBeLessThanOrEqual(160);
          const parsed = parseSentence(line);
          if (typeof parsed !== "string") fixOf(parsed);
        }
      }),
    );
  });

  test("one changed character never gives another sentence", () => {
    const whole = sentence("GNRMC,101500.00,A,2814.1234,N,11256.5678,E,0.1,,261126,,,A");
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 }), (at, code) => {
        const changed = whole.slice(0, at) + String.fromCharCode(code) + whole.slice(at + 1);
        // Hex digits of the checksum may be small letters.
        fc.pre(changed.toUpperCase() !== whole);
        expect(typeof parseSentence(changed)).toBe("string");
      }),
    );
  });
});

describe("lines", () => {
  test("come out of pieces of any size, and a lost piece spoils one line only", () => {
    const [first, second, third] = ["GPZDA,1", "GPZDA,2", "GPZDA,3"].map(sentence);
    const text = `${first}\r\n${second}\r\n${first}${third}\r\n`;
    for (const size of [1, 2, 7, 100]) {
      const lines: string[] = [];
      const cutter = createLineCutter((line) => lines.push(line));
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += size) cutter.feed(bytes.subarray(at, at + size));
      expect(lines).toEqual([first, second, third]);
    }
  });

  test("one without an end is counted once, the next is read", () => {
    const lines: string[] = [];
    const cutter = createLineCutter((line) => lines.push(line));
    cutter.feed(new Uint8Array(10_000).fill(0x41));
    cutter.feed(new TextEncoder().encode(`\n${sentence("GPZDA,1")}\n`));
    expect([lines, cutter.overlong]).toEqual([[sentence("GPZDA,1")], 1]);
  });
});

describe("a fix", () => {
  test("RMC gives place, speed, course and time", () => {
    expect(fix("GNRMC,101530.25,A,2814.1234,N,11256.5678,E,10.0,084.4,261126,003.1,W,A")).toEqual({
      isValid: true,
      latitude: 28 + 14.1234 / 60,
      longitude: 112 + 56.5678 / 60,
      speed: 18.52,
      course: 84.4,
      timeMs: Date.parse("2026-11-26T10:15:30.250Z"),
    });
  });

  test("south and west are negative", () => {
    expect(fix("GPRMC,101530,A,3351.0000,S,07039.0000,W,,,261126,,")).toMatchObject({
      latitude: -33.85,
      longitude: -70.65,
    });
  });

  test("GGA gives place, height, satellites and precision", () => {
    expect(fix("GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,")).toEqual({
      isValid: true,
      latitude: 48 + 7.038 / 60,
      longitude: 11 + 31 / 60,
      altitude: 545.4,
      satellites: 8,
      hdop: 0.9,
    });
  });

  test("VTG and ZDA give what they hold", () => {
    expect(fix("GPVTG,054.7,T,034.4,M,005.5,N,010.2,K,A")).toEqual({
      isValid: true,
      course: 54.7,
      speed: 10.2,
    });
    expect(fix("GPZDA,201530.00,04,07,2026,00,00")).toEqual({
      isValid: false,
      timeMs: Date.parse("2026-07-04T20:15:30Z"),
    });
  });

  test.each([
    ["no fix", "GPRMC,101530,V,2814.1234,N,11256.5678,E,10.0,084.4,261126,,"],
    ["dead reckoning", "GPGGA,123519,4807.038,N,01131.000,E,6,00,,,,,,,"],
    ["zeros of a receiver without a fix", "GPGGA,123519,0000.000,N,00000.000,E,1,04,9.9,,,,,,"],
    ["minutes beyond 60", "GPGGA,123519,4860.038,N,01131.000,E,1,08,0.9,,,,,,"],
    ["beyond the pole", "GPGGA,123519,9001.000,N,01131.000,E,1,08,0.9,,,,,,"],
    ["no side", "GPGGA,123519,4807.038,,01131.000,E,1,08,0.9,,,,,,"],
  ])("%s is no position", (_, body) => {
    const found = fix(body);
    expect(found).not.toHaveProperty("latitude");
    expect(found).not.toHaveProperty("longitude");
  });

  test.each([
    ["a day there is not", "GPRMC,101530,A,,,,,,,310226,,"],
    ["an hour there is not", "GPRMC,251530,A,,,,,,,260226,,"],
    ["no date", "GPRMC,101530,A,,,,,,,,,"],
  ])("%s is no time", (_, body) => {
    expect(fix(body)).not.toHaveProperty("timeMs");
  });

  test("other sentences say nothing", () => {
    expect(fix("GPGSV,3,1,11,03,03,111,00")).toBeUndefined();
  });
});
