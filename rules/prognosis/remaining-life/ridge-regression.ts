/**
 * Share of the variance of each target that a ridge regression on `columns` explains, 0 to 1, in the rows it is fitted to.
 * Columns are scaled to variance 1 first. @see Hoerl & Kennard 1970, "Ridge regression"
 */
export function explainedShares(
  columns: readonly Float64Array[],
  targets: readonly Float64Array[],
): number[] {
  const scaled = columns.map(standardised).filter((column) => column !== undefined);
  const gram = scaled.map((a, row) =>
    Float64Array.from(scaled, (b, column) => dot(a, b) + (row === column ? penalty : 0)),
  );
  const factor = cholesky(gram);
  return targets.map((target) => {
    const mean = target.reduce((sum, value) => sum + value, 0) / target.length;
    const centred = target.map((value) => value - mean);
    const weights = solve(
      factor,
      Float64Array.from(scaled, (column) => dot(column, centred)),
    );
    const rest = centred.map((value, row) =>
      scaled.reduce((sum, column, at) => sum - (weights[at] ?? 0) * (column[row] ?? 0), value),
    );
    const whole = dot(centred, centred);
    return whole > 0 ? Math.max(0, 1 - dot(rest, rest) / whole) : 0;
  });
}

/** Rows of nothing added per column; keeps columns that say the same apart. Engineering default. */
const penalty = 10;

function standardised(column: Float64Array): Float64Array | undefined {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const centred = column.map((value) => value - mean);
  const deviation = Math.sqrt(dot(centred, centred) / column.length);
  return deviation > 0 ? centred.map((value) => value / deviation) : undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}

/** Lower factor of a symmetric, positive definite matrix. */
function cholesky(matrix: readonly Float64Array[]): Float64Array[] {
  const lower = matrix.map((row) => new Float64Array(row.length));
  matrix.forEach((row, i) => {
    const own = lower[i] ?? row;
    for (let j = 0; j <= i; j++) {
      const other = lower[j] ?? row;
      let rest = row[j] ?? 0;
      for (let k = 0; k < j; k++) rest -= (own[k] ?? 0) * (other[k] ?? 0);
      own[j] = i === j ? Math.sqrt(rest) : rest / (other[j] ?? 1);
    }
  });
  return lower;
}

/** Solves `L Lᵀ x = b`. */
function solve(lower: readonly Float64Array[], b: Float64Array): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < x.length; i++) {
    for (let k = 0; k < i; k++) x[i] = (x[i] ?? 0) - (lower[i]?.[k] ?? 0) * (x[k] ?? 0);
    x[i] = (x[i] ?? 0) / (lower[i]?.[i] ?? 1);
  }
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i] = (x[i] ?? 0) - (lower[k]?.[i] ?? 0) * (x[k] ?? 0);
    x[i] = (x[i] ?? 0) / (lower[i]?.[i] ?? 1);
  }
  return x;
}
