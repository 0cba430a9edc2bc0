import { medianOf } from "./rule-record.ts";

/** How long a part lived, in the unit of its wear life. */
export interface ObservedLife {
  readonly life: number;
  /** False: it was still good when it was last seen (removed early, or still at work): the life is at least this. */
  readonly hasFailed: boolean;
}

export interface LifeEstimate {
  /** Half of the parts live at least this long. */
  readonly medianLife: number;
  readonly method: "kaplan_meier" | "weibull";
  readonly failures: number;
  readonly censored: number;
}

/**
 * The life to plan with, from parts that failed and parts that did not yet. The Kaplan-Meier median when half of the
 * parts are known to have failed; before that, the median of the Weibull distribution that fits best, from three
 * failures on; else undefined. Leaving the survivors out would make every part look short-lived.
 */
export function estimateLife(observed: readonly ObservedLife[]): LifeEstimate | undefined {
  const failures = observed.filter(({ hasFailed }) => hasFailed).length;
  const counts = { failures, censored: observed.length - failures };
  const median = kaplanMeierMedian(observed);
  if (median !== undefined) return { medianLife: median, method: "kaplan_meier", ...counts };
  if (failures < MIN_FAILURES) return undefined;
  const fit = fitWeibull(observed);
  return (
    fit && { medianLife: fit.scale * Math.LN2 ** (1 / fit.shape), method: "weibull", ...counts }
  );
}

const MIN_FAILURES = 3;

/**
 * The shortest life that at most half of the parts outlive; undefined when more than half are known to.
 * @see E. L. Kaplan and P. Meier, J. Am. Stat. Assoc. 53 (1958) 457-481
 */
export function kaplanMeierMedian(observed: readonly ObservedLife[]): number | undefined {
  const lives = [...new Set(observed.filter((one) => one.hasFailed).map(({ life }) => life))];
  let surviving = 1;
  for (const life of lives.sort((a, b) => a - b)) {
    const atRisk = observed.filter((one) => one.life >= life).length;
    const failed = observed.filter((one) => one.hasFailed && one.life === life).length;
    surviving *= 1 - failed / atRisk;
    // Products of fractions miss one half by their last bits.
    if (surviving <= 0.5 + 1e-12) return life;
  }
  return undefined;
}

/**
 * Maximum likelihood with right censoring: the shape solves Σ xᵏ ln x ÷ Σ xᵏ − 1/k = mean of ln x over the failures.
 * Undefined without failures of different lives.
 * @see NIST/SEMATECH e-Handbook of Statistical Methods, 8.4.1.2
 */
export function fitWeibull(
  observed: readonly ObservedLife[],
): { readonly shape: number; readonly scale: number } | undefined {
  // In one order, whatever order they come in: sums of fractions differ in their last bits.
  const lives = observed.filter(({ life }) => life > 0).sort((a, b) => a.life - b.life);
  const failed = lives.filter(({ hasFailed }) => hasFailed).map(({ life }) => life);
  if (new Set(failed).size < 2) return undefined;
  // Scaled to a middling life, so that high powers stay finite.
  const unit = medianOf(failed);
  const logs = lives.map(({ life }) => Math.log(life / unit));
  const meanLog = failed.reduce((sum, life) => sum + Math.log(life / unit), 0) / failed.length;
  const excess = (shape: number): number => {
    const weights = logs.map((log) => Math.exp(shape * log));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const weighted = weights.reduce((sum, weight, at) => sum + weight * (logs[at] ?? 0), 0);
    return weighted / total - 1 / shape - meanLog;
  };
  const shape = rootOf(excess, 0.01, 100);
  const powers = logs.reduce((sum, log) => sum + Math.exp(shape * log), 0);
  return { shape, scale: unit * (powers / failed.length) ** (1 / shape) };
}

/** Of a rising function, by bisection. */
function rootOf(rising: (x: number) => number, least: number, most: number): number {
  let [low, high] = [least, most];
  for (let step = 0; step < 100; step += 1) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
