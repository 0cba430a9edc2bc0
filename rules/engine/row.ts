import type { Moment } from "./rule-kind.ts";

/**
 * Samples of one signal brought together in rows of equal length, so that how often it is sent makes no difference.
 * Numbers of a rule's state, from `row` on; times as in `Moment`.
 */
export const rowCells = {
  /** Where the present row begins; NaN before the first sample. */
  "row.fromNs": Number.NaN,
  /** Newest sample. */
  "row.lastNs": Number.NaN,
  /** Of the present row: its first value, the sum of differences from it, that of the times from its begin, the count. */
  "row.first": 0,
  "row.sum": 0,
  "row.offsetNs": 0,
  "row.count": 0,
  /** Mean time of the samples of the row that ended last. */
  "row.atNs": Number.NaN,
};
const fromAt = 0;
const lastAt = 1;
const firstAt = 2;
const sumAt = 3;
const offsetAt = 4;
const countAt = 5;
const meanTimeAt = 6;
export const rowSize = 7;

export function emptyRow(numbers: Float64Array, row: number): void {
  numbers[row + fromAt] = Number.NaN;
  numbers[row + lastAt] = Number.NaN;
  numbers.fill(0, row + firstAt, row + meanTimeAt);
  numbers[row + meanTimeAt] = Number.NaN;
}

export const rowFrom = (numbers: Float64Array, row: number): number =>
  numbers[row + fromAt] as number;
export const rowLast = (numbers: Float64Array, row: number): number =>
  numbers[row + lastAt] as number;
export const rowMeanTime = (numbers: Float64Array, row: number): number =>
  numbers[row + meanTimeAt] as number;

/**
 * Takes a value in. Returns the mean of the row that it ends, NaN while the row goes on. Differences from the first
 * value are summed, so that a constant signal has exactly that mean, and a large offset costs no digits.
 */
export function stepRow(
  numbers: Float64Array,
  row: number,
  everyNs: number,
  { timeNs, value }: Pick<Moment, "timeNs" | "value">,
): number {
  const fromNs = numbers[row + fromAt] as number;
  const first = numbers[row + firstAt] as number;
  const count = numbers[row + countAt] as number;
  numbers[row + lastAt] = timeNs;
  if (timeNs - fromNs < everyNs) {
    numbers[row + sumAt] = (numbers[row + sumAt] as number) + (value - first);
    numbers[row + offsetAt] = (numbers[row + offsetAt] as number) + (timeNs - fromNs);
    numbers[row + countAt] = count + 1;
    return Number.NaN;
  }
  const mean = count === 0 ? Number.NaN : first + (numbers[row + sumAt] as number) / count;
  numbers[row + meanTimeAt] = fromNs + (numbers[row + offsetAt] as number) / count;
  const nextNs = fromNs + everyNs;
  const beginNs = timeNs - nextNs < everyNs ? nextNs : timeNs;
  numbers[row + fromAt] = beginNs;
  numbers[row + firstAt] = value;
  numbers[row + sumAt] = 0;
  numbers[row + offsetAt] = timeNs - beginNs;
  numbers[row + countAt] = 1;
  return mean;
}
