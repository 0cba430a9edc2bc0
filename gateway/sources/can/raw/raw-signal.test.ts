import { qualityName } from "@firebreak/wire/quality.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileRaw, RawOutcome, type RawSignal, readRaw } from "./raw-signal.ts";

const plain: RawSignal = {
  index: 3,
  startBit: 0,
  bits: 8,
  byteOrder: "little",
  isSigned: false,
  isFloat: false,
  scale: 1,
  offset: 0,
  min: Number.NEGATIVE_INFINITY,
  max: Number.POSITIVE_INFINITY,
  coding: "plain",
  notAvailable: [],
  error: [],
  conditions: [],
};

function read(signal: Partial<RawSignal>, hex: string) {
  const payload = Uint8Array.from(Buffer.from(hex, "hex"));
  const into = new SampleColumns(0n, 4);
  const compiled = compileRaw({ ...plain, ...signal });
  const outcome = readRaw(compiled, payload, payload.length, { offsetNs: 5, into });
  if (into.length === 0) return { outcome };
  expect([into.length, into.signal[0], into.offsetNs[0], outcome]).toEqual([1, 3, 5, 0]);
  return { value: into.value[0], quality: qualityName(into.quality[0] ?? 255) };
}

describe("readRaw", () => {
  test.each([
    { name: "a byte", signal: { startBit: 8 }, hex: "00ff", value: 255 },
    { name: "a negative byte", signal: { isSigned: true }, hex: "fe", value: -2 },
    {
      name: "a little-endian word across a byte edge",
      signal: { startBit: 4, bits: 16 },
      hex: "f0cdab",
      value: 0xbcdf,
    },
    {
      name: "a big-endian word, whose start is its highest bit",
      signal: { startBit: 7, bits: 16, byteOrder: "big" as const },
      hex: "1234",
      value: 0x1234,
    },
    {
      name: "a big-endian field inside one byte",
      signal: { startBit: 5, bits: 3, byteOrder: "big" as const },
      hex: "28",
      value: 5,
    },
    {
      name: "twelve big-endian bits over a byte edge",
      signal: { startBit: 3, bits: 12, byteOrder: "big" as const, isSigned: true },
      hex: "0fff",
      value: -1,
    },
    {
      name: "64 signed bits, little",
      signal: { bits: 64, isSigned: true },
      hex: "ffffffffffffffff",
      value: -1,
    },
    {
      name: "64 signed bits, big",
      signal: { startBit: 7, bits: 64, isSigned: true, byteOrder: "big" as const },
      hex: "fffffffffffffffe",
      value: -2,
    },
    {
      name: "a float, little",
      signal: { bits: 32, isFloat: true },
      hex: "0000c03f",
      value: 1.5,
    },
    {
      name: "a double, big",
      signal: { startBit: 7, bits: 64, isFloat: true, byteOrder: "big" as const },
      hex: "3ff8000000000000",
      value: 1.5,
    },
    { name: "scale and offset", signal: { scale: 0.5, offset: -40 }, hex: "64", value: 10 },
  ])("reads $name", ({ signal, hex, value }) => {
    expect(read(signal, hex)).toEqual({ value, quality: "good" });
  });

  test.each([
    { name: "a listed raw value", signal: { notAvailable: [255] }, hex: "ff", is: "not-available" },
    { name: "a listed error", signal: { error: [-1], isSigned: true }, hex: "ff", is: "error" },
    { name: "a value outside its range", signal: { max: 100 }, hex: "65", is: "out-of-range" },
    {
      name: "a float that is no number",
      signal: { bits: 32, isFloat: true },
      hex: "0000c07f",
      is: "error",
    },
    { name: "A7: FF as J1939 says", signal: { coding: "analog" }, hex: "ff", is: "not-available" },
    { name: "A7: FE as J1939 says", signal: { coding: "analog" }, hex: "fe", is: "error" },
    { name: "A7: FB as J1939 says", signal: { coding: "analog" }, hex: "fb", is: "reserved" },
    {
      name: "A7: a state of two bits",
      signal: { coding: "state", bits: 2 },
      hex: "02",
      is: "error",
    },
  ] as const)("gives no number for $name", ({ signal, hex, is }) => {
    expect(read(signal, hex)).toEqual({ value: Number.NaN, quality: is });
  });

  test("is there only while every other field holds one of its values", () => {
    const conditions = [
      {
        startBit: 0,
        bits: 8,
        byteOrder: "little",
        values: [
          [2, 4],
          [9, 9],
        ],
      },
      { startBit: 15, bits: 4, byteOrder: "big", values: [[1, 1]] },
    ] as const;
    const signal = { startBit: 16, conditions };
    expect(read(signal, "031f2a")).toEqual({ value: 42, quality: "good" });
    expect(read(signal, "091f2a")).toEqual({ value: 42, quality: "good" });
    expect(read(signal, "051f2a")).toEqual({ outcome: RawOutcome.absent });
    expect(read(signal, "032f2a")).toEqual({ outcome: RawOutcome.absent });
    expect(read(signal, "03")).toEqual({ outcome: RawOutcome.truncated });
    expect(read(signal, "031f")).toEqual({ outcome: RawOutcome.truncated });
  });

  test("agrees with arithmetic on one big number, for any field", () => {
    const field = fc
      .record({
        payload: fc.uint8Array({ minLength: 8, maxLength: 8 }),
        bits: fc.integer({ min: 1, max: 64 }),
        isSigned: fc.boolean(),
      })
      .chain(({ payload, bits, isSigned }) =>
        fc.integer({ min: 0, max: 64 - bits }).map((first) => ({ payload, bits, isSigned, first })),
      );
    fc.assert(
      fc.property(field, ({ payload, bits, isSigned, first }) => {
        const hex = Buffer.from(payload).toString("hex");
        const reversed = Buffer.from(payload.toReversed()).toString("hex");
        const cut = (whole: bigint, shift: number) => {
          const raw = (whole >> BigInt(shift)) & ((1n << BigInt(bits)) - 1n);
          return Number(isSigned ? BigInt.asIntN(bits, raw) : raw);
        };
        expect(read({ startBit: first, bits, isSigned }, hex).value).toBe(
          cut(BigInt(`0x${reversed}`), first),
        );
        const highest = (first & ~7) + 7 - (first & 7);
        expect(read({ startBit: highest, bits, isSigned, byteOrder: "big" }, hex).value).toBe(
          cut(BigInt(`0x${hex}`), 64 - first - bits),
        );
      }),
    );
  });
});
