/**
 * Samples of one signal brought together in rows of equal length, so that how often it is sent makes no difference.
 * Plain JSON; times as in `Moment`.
 */
export interface Row {
  /** Where the present row begins; NaN before the first sample. */
  fromNs: number;
  /** Newest sample. */
  lastNs: number;
  /** Of the present row: its first value, the sum of differences from it, that of the times from its begin, the count. */
  first: number;
  sum: number;
  offsetNs: number;
  count: number;
  /** Mean time of the samples of the row that ended last. */
  atNs: number;
}

export const emptyRow = (): Row => ({
  fromNs: Number.NaN,
  lastNs: Number.NaN,
  first: 0,
  sum: 0,
  offsetNs: 0,
  count: 0,
  atNs: Number.NaN,
});

/**
 * Takes a value in. Returns the mean of the row that it ends, NaN while the row goes on. Differences from the first
 * value are summed, so that a constant signal has exactly that mean, and a large offset costs no digits.
 */
export function stepRow(row: Row, everyNs: number, timeNs: number, value: number): number {
  row.lastNs = timeNs;
  if (timeNs - row.fromNs < everyNs) {
    row.sum += value - row.first;
    row.offsetNs += timeNs - row.fromNs;
    row.count++;
    return Number.NaN;
  }
  const mean = row.count === 0 ? Number.NaN : row.first + row.sum / row.count;
  row.atNs = row.fromNs + row.offsetNs / row.count;
  const nextNs = row.fromNs + everyNs;
  row.fromNs = timeNs - nextNs < everyNs ? nextNs : timeNs;
  row.first = value;
  row.sum = 0;
  row.offsetNs = timeNs - row.fromNs;
  row.count = 1;
  return mean;
}
