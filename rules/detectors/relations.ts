import { rootMeanSquare } from "./root-mean-square.ts";

/** What healthy rows say of the signals together. */
export interface Relations {
  readonly centers: readonly number[];
  /** Standard deviations; 1 for a signal that did not move. */
  readonly spreads: readonly number[];
  /** How far each went from its centre, in standard deviations; older states do not have it. */
  readonly reaches?: readonly number[];
  /** Inverse of the correlation matrix, its diagonal raised by `ridge`. */
  readonly precision: readonly (readonly number[])[];
}

/** Keeps signals that say the same from having a difference of infinite weight (engineering default). */
const ridge = 0.05;

/** Regressions hold where they were learned, and this many times as far from the centre (engineering default). */
const farthest = 3;

/** @param rows at least two rows of as many values, in their order */
export function relationsOf(rows: readonly (readonly number[])[]): Relations {
  const first = rows[0] ?? [];
  const centers = first.map(
    (origin, signal) => origin + meanOf(rows, (row) => (row[signal] ?? 0) - origin),
  );
  const spreads = centers.map(
    (center, signal) => rootMeanSquare(rows.map((row) => (row[signal] ?? 0) - center)) || 1,
  );
  const scaled = rows.map((row) => standardise({ centers, spreads }, row));
  const reaches = first.map((_, signal) =>
    scaled.reduce((most, row) => Math.max(most, Math.abs(row[signal] ?? 0)), 0),
  );
  const isCounter = first.map((_, signal) => neverTurns(rows, signal));
  const correlation = first.map((_, a) =>
    first.map((__, b) => {
      if (a !== b && (isCounter[a] || isCounter[b])) return 0;
      const moment = meanOf(scaled, (row) => (row[a] ?? 0) * (row[b] ?? 0));
      return a === b ? moment * (1 + ridge) + tiny : moment;
    }),
  );
  return { centers, spreads, reaches, precision: inverse(correlation) };
}

/**
 * A counter of hours or strokes goes with whatever else drifts while learning, and then goes on: it explains nothing and
 * is not explained.
 */
function neverTurns(rows: readonly (readonly number[])[], signal: number): boolean {
  let rises = false;
  let falls = false;
  rows.forEach((row, at) => {
    const change = (row[signal] ?? 0) - (rows[at - 1]?.[signal] ?? row[signal] ?? 0);
    rises ||= change > 0;
    falls ||= change < 0;
  });
  return rises !== falls;
}

/** Lets the inverse exist when a signal did not move at all. */
const tiny = 1e-9;

function meanOf<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  let sum = 0;
  for (const row of rows) sum += value(row);
  return sum / rows.length;
}

/** Values in standard deviations from their centre. */
export const standardise = (
  { centers, spreads }: Pick<Relations, "centers" | "spreads">,
  row: ArrayLike<number>,
): number[] =>
  centers.map((center, signal) => ((row[signal] ?? center) - center) / (spreads[signal] ?? 1));

/**
 * What each signal has that the others do not explain: its residual of a ridge regression on all others, in units of
 * that residual's standard deviation. Nothing is explained by what lies far beyond what was learned.
 * @param scaled one standardised row
 * @see Lauritzen 1996, Graphical Models, 5.1.3: the rows of the inverse are the regressions
 */
export function unexplained(
  { precision, reaches }: Relations,
  scaled: readonly number[],
): number[] {
  const within = scaled.map((value, signal) => {
    const most = farthest * (reaches?.[signal] ?? Number.POSITIVE_INFINITY);
    return Math.max(-most, Math.min(most, value));
  });
  return precision.map((row, signal) => {
    let sum = 0;
    for (let other = 0; other < row.length; other++)
      sum += (row[other] ?? 0) * (within[other] ?? 0);
    return sum / Math.sqrt(row[signal] ?? 1);
  });
}

/** Gauss-Jordan without pivoting, which a positive definite matrix does not need. */
function inverse(matrix: readonly (readonly number[])[]): number[][] {
  const size = matrix.length;
  const rows = matrix.map((row, at) => [
    ...row,
    ...row.map((_, column) => (column === at ? 1 : 0)),
  ]);
  rows.forEach((pivotRow, at) => {
    const pivot = pivotRow[at] ?? 1;
    for (let column = 0; column < 2 * size; column++)
      pivotRow[column] = (pivotRow[column] ?? 0) / pivot;
    for (const row of rows) {
      const factor = row[at] ?? 0;
      if (row === pivotRow || factor === 0) continue;
      for (let column = 0; column < 2 * size; column++)
        row[column] = (row[column] ?? 0) - factor * (pivotRow[column] ?? 0);
    }
  });
  return rows.map((row) => row.slice(size));
}
