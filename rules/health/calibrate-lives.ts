import type { LifeEstimate } from "./life-outlook.ts";

/** What was expected of a part that has come out since, and how long it lasted; in the same unit. */
export interface PastLife {
  readonly expected: number;
  readonly actual: number;
}

/** How far lives in the field are from what plans say: of the logarithm of actual ÷ expected. */
export interface LifeCalibration {
  readonly shift: number;
  /** Eight in ten lie within this of `shift`. */
  readonly spread: number;
}

/** Fewer lives say nothing of the tenth that is shortest. */
const fewest = 5;
const coverage = 0.8;

/**
 * From lives that ended worn out: the median error, and the distance from it within which eight in ten lie, with one
 * more taken for the one to come, so that an interval holds what it says with few lives too. Undefined below five.
 * @see Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), 2.2 (conformal prediction)
 */
export function calibrateLives(past: readonly PastLife[]): LifeCalibration | undefined {
  const errors = past
    .filter(({ expected, actual }) => expected > 0 && actual > 0)
    .map(({ expected, actual }) => Math.log(actual / expected))
    .sort((a, b) => a - b);
  if (errors.length < fewest) return undefined;
  const upper = errors[Math.floor(errors.length / 2)] ?? 0;
  const lower = errors[Math.ceil(errors.length / 2) - 1] ?? 0;
  const shift = (upper + lower) / 2;
  const distances = errors.map((error) => Math.abs(error - shift)).sort((a, b) => a - b);
  const place = Math.min(distances.length, Math.ceil(coverage * (distances.length + 1)));
  return { shift, spread: distances[place - 1] ?? 0 };
}

/** An estimate of a part of that age, corrected by what such parts did. `ageDays`: since it was put in. */
export function calibrated(
  estimate: LifeEstimate,
  ageDays: number,
  { shift, spread }: LifeCalibration,
): LifeEstimate {
  const whole = ageDays + estimate.p50Days;
  const left = (error: number) => Math.max(0, whole * Math.exp(error) - ageDays);
  return {
    ...estimate,
    p10Days: left(shift - spread),
    p50Days: left(shift),
    p90Days: left(shift + spread),
  };
}

/**
 * What is left of a part of that age by the lives of others: the Weibull distribution of those that failed and those
 * that still work, given that this one has come so far.
 * @see NIST/SEMATECH e-Handbook of Statistical Methods, 8.1.6.2
 */
export function fieldEstimate(
  { shape, scale }: { readonly shape: number; readonly scale: number },
  ageDays: number,
  confidence: number,
): LifeEstimate {
  const left = (share: number): number =>
    Math.max(
      0,
      scale * ((ageDays / scale) ** shape - Math.log(1 - share)) ** (1 / shape) - ageDays,
    );
  return {
    method: "field",
    p10Days: left(0.1),
    p50Days: left(0.5),
    p90Days: left(0.9),
    confidence,
  };
}
