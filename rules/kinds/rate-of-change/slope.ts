/** Points that a slope is taken through: the newest, oldest first. Plain JSON. */
export interface SlopePoints {
  readonly timesNs: number[];
  readonly values: number[];
}

/** With nine points over the time, a slope is news eight times in it (engineering default). */
export const mostPoints = 9;
/** Fewest points: the median of their ten slopes is none of the four that one stray value makes. */
export const fewestPoints = 5;
/** Points that cover less of the time say nothing of it. */
const coveredShare = 0.6;

export function clearPoints({ timesNs, values }: SlopePoints): void {
  timesNs.length = 0;
  values.length = 0;
}

export function addPoint(points: SlopePoints, overNs: number, timeNs: number, value: number): void {
  const { timesNs, values } = points;
  timesNs.push(timeNs);
  values.push(value);
  while (timesNs.length > mostPoints || timeNs - (timesNs[0] ?? timeNs) > overNs) {
    timesNs.shift();
    values.shift();
  }
}

const slopes = new Float64Array((mostPoints * (mostPoints - 1)) / 2);

/**
 * The median of the slopes between all points, in units of value per second; NaN while they are too few or too close.
 * One stray value of five or more does not move it beyond the others.
 * @see P. K. Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, J. Am. Stat. Assoc. 63 (1968)
 */
export function medianSlope({ timesNs, values }: SlopePoints, overNs: number): number {
  const { length } = timesNs;
  const first = timesNs[0] ?? Number.NaN;
  if (length < fewestPoints || !((timesNs[length - 1] ?? 0) - first >= coveredShare * overNs))
    return Number.NaN;
  let count = 0;
  for (let from = 0; from < length; from++)
    for (let to = from + 1; to < length; to++) {
      const seconds = ((timesNs[to] ?? 0) - (timesNs[from] ?? 0)) / 1e9;
      if (seconds > 0) slopes[count++] = ((values[to] ?? 0) - (values[from] ?? 0)) / seconds;
    }
  const sorted = slopes.subarray(0, count).sort();
  return ((sorted[(count - 1) >> 1] ?? Number.NaN) + (sorted[count >> 1] ?? Number.NaN)) / 2;
}
