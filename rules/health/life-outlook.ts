import { normalCdf } from "./normal-cdf.ts";

export const lifeMethods = ["usage_counter", "trend", "model", "field"] as const;
export type LifeMethod = (typeof lifeMethods)[number];

/**
 * One judgement of how long something will last: by its use, by a trend towards a limit, by a model that learned from
 * other machines, or by lives in the field. Whoever predicts hands in these; nothing here knows how they came about.
 */
export interface LifeEstimate {
  readonly method: LifeMethod;
  /** Days from now: percentiles, rising. */
  readonly p10Days: number;
  readonly p50Days: number;
  readonly p90Days: number;
  /** How far it is believed, 0 to 1: its weight among others. */
  readonly confidence: number;
}

/** All estimates together. */
export interface LifeOutlook {
  readonly p10Days: number;
  readonly p50Days: number;
  readonly p90Days: number;
  /** Chance that the end comes within the days that were asked for, 0 to 1. */
  readonly chance: number;
}

/** Of the standard normal distribution at 0.9. */
const z90 = 1.281_551_565_544_6;
/** No estimate is surer than that share of its median: one that says 40.0 days would outvote all others near 40. */
const surest = 0.05;

/** Chance of an end within `days` by one estimate: two halves of normal distributions that meet in the median. */
export function chanceBy(
  { p10Days, p50Days, p90Days }: Pick<LifeEstimate, "p10Days" | "p50Days" | "p90Days">,
  days: number,
): number {
  if (days < 0) return 0;
  const least = Math.max(surest * p50Days, 1e-9);
  const side = days < p50Days ? p50Days - p10Days : p90Days - p50Days;
  return normalCdf(((days - p50Days) / Math.max(side, least)) * z90);
}

/**
 * The estimates as one: the mean of their distributions, weighted by how far each is believed. So methods that
 * disagree make the interval wide instead of one silencing the other. Undefined without an estimate that is believed.
 * @see M. Stone, The Opinion Pool, Ann. Math. Statist. 32 (1961) 1339-1342
 */
export function combineLives(
  estimates: readonly LifeEstimate[],
  withinDays: number,
): LifeOutlook | undefined {
  const believed = estimates.filter(({ confidence }) => confidence > 0);
  const weight = believed.reduce((sum, { confidence }) => sum + confidence, 0);
  if (weight === 0) return undefined;
  const chance = (days: number): number =>
    believed.reduce((sum, one) => sum + one.confidence * chanceBy(one, days), 0) / weight;
  const longest = Math.max(
    1,
    ...believed.map(({ p50Days, p90Days }) => Math.max(p50Days, p90Days)),
  );
  const quantile = (share: number): number => lowest((days) => chance(days) >= share, 8 * longest);
  return {
    p10Days: quantile(0.1),
    p50Days: quantile(0.5),
    p90Days: quantile(0.9),
    chance: chance(withinDays),
  };
}

/** The least number from 0 to `most` from which on something is true, by bisection. */
function lowest(isTrue: (value: number) => boolean, most: number): number {
  if (isTrue(0)) return 0;
  let [low, high] = [0, most];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (isTrue(middle)) high = middle;
    else low = middle;
  }
  return high;
}
