/**
 * Samples of one signal or several brought together in rows of equal length, so that how often each is sent makes no
 * difference. By place of the signal; times as in `Moment`. Plain JSON.
 */
export interface JointRows {
  /** Where the present row begins; NaN before the first sample. */
  fromNs: number;
  /** Of the present row: first value, sum of differences from it, count. */
  readonly first: number[];
  readonly sum: number[];
  readonly count: number[];
  /** Newest value and its time; NaN before. */
  readonly newest: number[];
  readonly newestNs: number[];
}

export function emptyRows(size: number): JointRows {
  const filled = (value: number) => new Array<number>(size).fill(value);
  return {
    fromNs: Number.NaN,
    ...{ first: filled(0), sum: filled(0), count: filled(0) },
    ...{ newest: filled(Number.NaN), newestNs: filled(Number.NaN) },
  };
}

/** Whether a sample at `timeNs` is no longer of the present row. */
export const isBeyondRow = ({ fromNs }: JointRows, everyNs: number, timeNs: number): boolean =>
  !(timeNs - fromNs < everyNs);

/**
 * Writes the row that ends: the mean of each signal's values, for a signal that said nothing in it the newest before,
 * unless that is older than its gap. False for a row without the first signal, or without any knowledge of another.
 */
export function readRow(rows: JointRows, gapsNs: readonly number[], values: Float64Array): boolean {
  if (!((rows.count[0] ?? 0) > 0)) return false;
  for (let place = 0; place < values.length; place++) {
    const count = rows.count[place] ?? 0;
    const isFresh = rows.fromNs - (rows.newestNs[place] ?? Number.NaN) <= (gapsNs[place] ?? 0);
    if (count > 0) values[place] = (rows.first[place] ?? 0) + (rows.sum[place] ?? 0) / count;
    else if (isFresh) values[place] = rows.newest[place] ?? Number.NaN;
    else return false;
  }
  return true;
}

/** Begins the row that `timeNs` belongs to: the next one, or after a longer silence one that begins with it. */
export function beginRow(rows: JointRows, everyNs: number, timeNs: number): void {
  const nextNs = rows.fromNs + everyNs;
  rows.fromNs = timeNs - nextNs < everyNs ? nextNs : timeNs;
  rows.sum.fill(0);
  rows.count.fill(0);
}

export function addToRow(rows: JointRows, place: number, timeNs: number, value: number): void {
  const count = rows.count[place] ?? 0;
  if (count === 0) rows.first[place] = value;
  else rows.sum[place] = (rows.sum[place] ?? 0) + (value - (rows.first[place] ?? 0));
  rows.count[place] = count + 1;
  rows.newest[place] = value;
  rows.newestNs[place] = timeNs;
}
