/** Squares of what is smaller or larger than this lose digits, or are no numbers. */
const smallest = 1e-140;
const largest = 1e140;

/** Root of the mean of squares, of values of any size; NaN where one is NaN, or where there are none. */
export function rootMeanSquare(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value ** 2;
  const plain = Math.sqrt(sum / values.length);
  if (plain > smallest && plain < largest) return plain;
  const most = values.reduce((found, value) => Math.max(found, Math.abs(value)), 0);
  if (!(most > 0 && most < Number.POSITIVE_INFINITY)) return plain;
  let share = 0;
  for (const value of values) share += (value / most) ** 2;
  return most * Math.sqrt(share / values.length);
}
