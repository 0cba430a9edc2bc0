import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSeries, encodeSeries, type SeriesColumns } from "./series-block.ts";

const scaling = { scale: 0.125, offset: -40 };

const samples = fc.array(
  fc.record({
    time: fc.oneof(
      fc.integer({ min: 0, max: 2 ** 31 }),
      fc.maxSafeNat().map((n) => n % 2 ** 52),
    ),
    quality: fc.integer({ min: 0, max: 5 }),
    value: fc.oneof(
      fc.integer({ min: 0, max: 65_535 }).map((raw) => raw * scaling.scale + scaling.offset),
      fc.double({ noNaN: true }),
    ),
  }),
  { maxLength: 200 },
);

const toColumns = (rows: readonly { time: number; quality: number; value: number }[]) => {
  const sorted = [...rows].sort((one, other) => one.time - other.time);
  return {
    offsetNs: Float64Array.from(sorted, ({ time }) => time),
    value: Float64Array.from(sorted, ({ value, quality }) => (quality === 0 ? value : Number.NaN)),
    quality: Uint8Array.from(sorted, ({ quality }) => quality),
  } satisfies SeriesColumns;
};

describe("series block", () => {
  test("gives back every time, value and quality bit for bit", () => {
    fc.assert(
      fc.property(samples, (rows) => {
        const columns = toColumns(rows);
        expect(decodeSeries(encodeSeries(columns, scaling), scaling)).toEqual(columns);
      }),
    );
  });

  test("keeps counts of a scaled signal in two bytes or less", () => {
    const rows = Array.from({ length: 1_000 }, (_, at) => ({
      time: at * 100_000_000,
      quality: 0,
      value: (800 + (at % 7)) * 0.125 - 40,
    }));
    expect(encodeSeries(toColumns(rows), scaling).length).toBeLessThan(2_000);
  });

  test("throws a coded error for any damage it notices, never anything else", () => {
    const block = encodeSeries(toColumns([{ time: 1, quality: 0, value: 3 }]), scaling);
    fc.assert(
      fc.property(fc.nat(block.length - 1), (length) => {
        expect(() => decodeSeries(block.subarray(0, length), scaling)).toThrow();
      }),
    );
  });
});
