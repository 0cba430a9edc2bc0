/** What healthy rows say of the signals together. */
export interface Relations {
  readonly centers: readonly number[];
  /** Standard deviations; 1 for a signal that did not move. */
  readonly spreads: readonly number[];
  /** Inverse of the correlation matrix, its diagonal raised by `ridge`. */
  readonly precision: readonly (readonly number[])[];
}

/** Keeps signals that say the same from having a difference of infinite weight (engineering default). */
const ridge = 0.05;

/** @param rows at least two rows of as many values */
export function relationsOf(rows: readonly (readonly number[])[]): Relations {
  const first = rows[0] ?? [];
  const centers = first.map(
    (origin, signal) => origin + meanOf(rows, (row) => (row[signal] ?? 0) - origin),
  );
  const spreads = centers.map(
    (center, signal) => Math.sqrt(meanOf(rows, (row) => ((row[signal] ?? 0) - center) ** 2)) || 1,
  );
  const scaled = rows.map((row) => standardise({ centers, spreads }, row));
  const correlation = first.map((_, a) =>
    first.map((__, b) => {
      const moment = meanOf(scaled, (row) => (row[a] ?? 0) * (row[b] ?? 0));
      return a === b ? moment * (1 + ridge) + tiny : moment;
    }),
  );
  return { centers, spreads, precision: inverse(correlation) };
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
 * that residual's standard deviation.
 * @param scaled one standardised row
 * @see Lauritzen 1996, Graphical Models, 5.1.3: the rows of the inverse are the regressions
 */
export const unexplained = ({ precision }: Relations, scaled: readonly number[]): number[] =>
  precision.map((row, signal) => {
    let sum = 0;
    for (let other = 0; other < row.length; other++)
      sum += (row[other] ?? 0) * (scaled[other] ?? 0);
    return sum / Math.sqrt(row[signal] ?? 1);
  });

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
