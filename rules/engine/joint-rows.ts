import { listOf } from "./cells.ts";

/**
 * Samples of one signal or several brought together in rows of equal length, so that how often each is sent makes no
 * difference. Numbers of a rule's state, the lists by place of the signal; times as in `Moment`.
 */
export const rowsCells = (size: number): Record<string, number> => ({
  /** Where the present row begins; NaN before the first sample. */
  "rows.fromNs": Number.NaN,
  /** Of the present row: first value, sum of differences from it, count. */
  ...listOf("rows.first", size, 0),
  ...listOf("rows.sum", size, 0),
  ...listOf("rows.count", size, 0),
  /** Newest value and its time; NaN before. */
  ...listOf("rows.newest", size, Number.NaN),
  ...listOf("rows.newestNs", size, Number.NaN),
});

/** Rows of `size` signals, which begin at `at` of `numbers`. */
export interface JointRows {
  numbers: Float64Array;
  at: number;
  size: number;
}

/** Whether a sample at `timeNs` is no longer of the present row. */
export const isBeyondRow = ({ numbers, at }: JointRows, everyNs: number, timeNs: number): boolean =>
  !(timeNs - (numbers[at] as number) < everyNs);

/** Where the present row begins. */
export const rowBegin = ({ numbers, at }: JointRows): number => numbers[at] as number;

/**
 * Writes the row that ends: the mean of each signal's values, for a signal that said nothing in it the newest before,
 * unless that is older than its gap. False for a row without the first signal, or without any knowledge of another.
 */
export function readRow(rows: JointRows, gapsNs: readonly number[], values: Float64Array): boolean {
  const { numbers, at, size } = rows;
  const fromNs = rowBegin(rows);
  if (!((numbers[at + 1 + 2 * size] as number) > 0)) return false;
  for (let place = 0; place < values.length; place++) {
    const first = at + 1 + place;
    const count = numbers[first + 2 * size] as number;
    const isFresh = fromNs - (numbers[first + 4 * size] as number) <= (gapsNs[place] ?? 0);
    if (count > 0)
      values[place] = (numbers[first] as number) + (numbers[first + size] as number) / count;
    else if (isFresh) values[place] = numbers[first + 3 * size] as number;
    else return false;
  }
  return true;
}

/** Begins the row that `timeNs` belongs to: the next one, or after a longer silence one that begins with it. */
export function beginRow(rows: JointRows, everyNs: number, timeNs: number): void {
  const { numbers, at, size } = rows;
  const nextNs = rowBegin(rows) + everyNs;
  numbers[at] = timeNs - nextNs < everyNs ? nextNs : timeNs;
  numbers.fill(0, at + 1 + size, at + 1 + 3 * size);
}

export function addToRow(
  { numbers, at, size }: JointRows,
  place: number,
  timeNs: number,
  value: number,
): void {
  const first = at + 1 + place;
  const sum = first + size;
  const count = sum + size;
  if (numbers[count] === 0) numbers[first] = value;
  else numbers[sum] = (numbers[sum] as number) + (value - (numbers[first] as number));
  numbers[count] = (numbers[count] as number) + 1;
  numbers[count + size] = value;
  numbers[count + 2 * size] = timeNs;
}
