import { listOf } from "../../engine/cells.ts";

/** With nine points over the time, a slope is news eight times in it (engineering default). */
export const mostPoints = 9;
/** Fewest points: the median of their ten slopes is none of the four that one stray value makes. */
export const fewestPoints = 5;
/** Points that cover less of the time say nothing of it. */
const coveredShare = 0.6;

/** Points that a slope is taken through: the newest, oldest first. Numbers of a rule's state, from `points` on. */
export const pointCells = {
  /** How many there are. */
  "points.timesNs.length": 0,
  ...listOf("points.timesNs", mostPoints, 0),
  ...listOf("points.values", mostPoints, 0),
};
const countAt = 0;
const timesAt = 1;
const valuesAt = 1 + mostPoints;

export function clearPoints(numbers: Float64Array, points: number): void {
  numbers[points + countAt] = 0;
}

export function addPoint(
  numbers: Float64Array,
  points: number,
  overNs: number,
  { timeNs, value }: { readonly timeNs: number; readonly value: number },
): void {
  const times = points + timesAt;
  const values = points + valuesAt;
  let count = numbers[points + countAt] as number;
  if (count === mostPoints) count = dropOldest(numbers, points, count);
  while (count > 0 && timeNs - (numbers[times] as number) > overNs)
    count = dropOldest(numbers, points, count);
  numbers[times + count] = timeNs;
  numbers[values + count] = value;
  numbers[points + countAt] = count + 1;
}

/** Returns how many are left. */
function dropOldest(numbers: Float64Array, points: number, count: number): number {
  for (const list of [points + timesAt, points + valuesAt])
    numbers.copyWithin(list, list + 1, list + count);
  return count - 1;
}

const slopes = new Float64Array((mostPoints * (mostPoints - 1)) / 2);

/**
 * The median of the slopes between all points, in units of value per second; NaN while they are too few or too close.
 * One stray value of five or more does not move it beyond the others.
 * @see P. K. Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, J. Am. Stat. Assoc. 63 (1968)
 */
export function medianSlope(numbers: Float64Array, points: number, overNs: number): number {
  const length = numbers[points + countAt] as number;
  const timeOf = (point: number) => numbers[points + timesAt + point] as number;
  const levelOf = (point: number) => numbers[points + valuesAt + point] as number;
  if (length < fewestPoints || !(timeOf(length - 1) - timeOf(0) >= coveredShare * overNs))
    return Number.NaN;
  let count = 0;
  for (let from = 0; from < length; from++)
    for (let to = from + 1; to < length; to++) {
      const seconds = (timeOf(to) - timeOf(from)) / 1e9;
      if (seconds > 0) slopes[count++] = (levelOf(to) - levelOf(from)) / seconds;
    }
  const sorted = slopes.subarray(0, count).sort();
  return ((sorted[(count - 1) >> 1] ?? Number.NaN) + (sorted[count >> 1] ?? Number.NaN)) / 2;
}
