/** Of at least one value. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return lower + (upper - lower) / 2; // exactly the value where both are the same
}

/** What makes a median deviation a standard deviation, for a normal distribution. */
const madFactor = 1.4826;

/**
 * Standard deviation from the median deviation, which half of the values may not move; from the mean deviation where
 * more than half of them are the same.
 * @see Hampel 1974, The Influence Curve and its Role in Robust Estimation (J. Am. Stat. Assoc. 69)
 */
export function robustSpread(values: readonly number[], center: number): number {
  const deviations = values.map((value) => Math.abs(value - center));
  const median = medianOf(deviations);
  if (median > 0) return madFactor * median;
  const mean = deviations.reduce((sum, one) => sum + one, 0) / deviations.length;
  return mean * Math.sqrt(Math.PI / 2);
}
