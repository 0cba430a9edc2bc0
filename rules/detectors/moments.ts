/** Means and products of differences from them, of several values together. Plain JSON. */
export interface Moments {
  count: number;
  readonly means: number[];
  /** Row by row: the sum of products of differences of each value with each. */
  readonly products: number[];
}

/** A regression of the first value on the others: its weights, and the standard deviation of what they leave. */
export interface Explained {
  readonly weights: readonly number[];
  readonly spread: number;
}

/** Keeps values that say the same from having weights against each other (engineering default). */
const ridge = 0.01;
/** What is less than this share of a value's own scatter is an error of rounding. */
const rounding = 1e-9;

export const emptyMoments = (size: number): Moments => ({
  count: 0,
  means: new Array<number>(size).fill(0),
  products: new Array<number>(size * size).fill(0),
});

/** @see Welford 1962, Technometrics 4: sums that lose no digits to a large mean */
export function addMoments(moments: Moments, values: ArrayLike<number>): void {
  const { means, products } = moments;
  const size = means.length;
  moments.count++;
  const before = means.map((mean, at) => (values[at] ?? 0) - mean);
  for (let at = 0; at < size; at++)
    means[at] = (means[at] ?? 0) + (before[at] ?? 0) / moments.count;
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const place = row * size + column;
      const after = (values[column] ?? 0) - (means[column] ?? 0);
      products[place] = (products[place] ?? 0) + (before[row] ?? 0) * after;
    }
}

/** Least squares of the first value on the others, each scaled by its own scatter; one that never moved has weight 0. */
export function explain({ count, means, products }: Moments): Explained {
  const size = means.length;
  const of = (row: number, column: number) => products[row * size + column] ?? 0;
  const scales = means.map((_, at) => Math.sqrt(of(at, at)));
  const scaled = (row: number, column: number) => {
    const by = (scales[row] ?? 0) * (scales[column] ?? 0);
    return by > 0 ? of(row, column) / by : 0;
  };
  const rows = means
    .slice(1)
    .map((_, at) => [
      ...means.slice(1).map((__, other) => (at === other ? 1 + ridge : scaled(at + 1, other + 1))),
      scaled(at + 1, 0),
    ]);
  const shares = solve(rows);
  const [own = 0] = scales;
  const left = shares.reduce(
    (sum, share, at) =>
      shares.reduce(
        (inner, other, column) => inner + share * other * scaled(at + 1, column + 1),
        sum - 2 * share * scaled(at + 1, 0),
      ),
    1,
  );
  const weights = shares.map((share, at) => {
    const scale = scales[at + 1] ?? 0;
    return scale > 0 ? (share * own) / scale : 0;
  });
  const isStill = own <= rounding * Math.abs(means[0] ?? 0) * Math.sqrt(count);
  return { weights, spread: isStill ? 0 : own * Math.sqrt(Math.max(left, rounding) / count) };
}

/** Gauss-Jordan without pivoting, which a positive definite matrix does not need; each row with its right side. */
function solve(rows: number[][]): number[] {
  rows.forEach((pivotRow, at) => {
    const pivot = pivotRow[at] ?? 1;
    for (let column = at; column < pivotRow.length; column++)
      pivotRow[column] = (pivotRow[column] ?? 0) / pivot;
    for (const row of rows) {
      const factor = row[at] ?? 0;
      if (row === pivotRow || factor === 0) continue;
      for (let column = at; column < row.length; column++)
        row[column] = (row[column] ?? 0) - factor * (pivotRow[column] ?? 0);
    }
  });
  return rows.map((row) => row.at(-1) ?? 0);
}
