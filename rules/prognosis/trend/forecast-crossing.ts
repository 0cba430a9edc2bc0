import { cleanSignal } from "./clean-signal.ts";
import { createCrossingPosterior } from "./crossing-posterior.ts";

/** A signal with one sample per cycle up to now, and a limit that it has not passed for good. */
export interface LimitTask {
  /** Oldest first, finite; at least 8 for an answer that means something. Only the last four horizons are looked at. */
  readonly values: readonly number[];
  readonly limit: number;
  /** From which side the limit is passed. */
  readonly direction: "up" | "down";
}

export interface CrossingForecast {
  /** Samples from now to the crossing; null where "not within the horizon" is the likelier answer. */
  readonly eta: number | null;
  /**
   * 80 % of the chances, samples from now; null with `eta`. `hi` ends at four horizons, where it means "or never".
   */
  readonly lo: number | null;
  readonly hi: number | null;
  /** Chance of a crossing within the horizon, 0 to 1. */
  readonly chance: number;
  /** The same with the evidence taken in full: how sure the interval is that there is one. */
  readonly confidence: number;
}

export interface CrossingForecaster {
  /** Samples. */
  readonly horizon: number;
  /** Depends on the task alone, and is the same for every scale and shift of values and limit. */
  forecast(task: LimitTask): CrossingForecast;
}

/**
 * How much of the evidence counts for the estimate. Growth of real machines follows none of the shapes exactly, and
 * evidence taken in full makes one of them win too soon: the power posterior of Grünwald 2012 ("The safe Bayesian") is
 * the answer. Engineering default: errors stay the same from 0.2 to 0.4 and grow outside.
 */
const evidenceShare = 0.3;
/** The interval takes evidence in full: the tempered one would be twice as wide as it must. */
const fullEvidence = 1;
/** Engineering default: as likely as not. */
const leastChance = 0.5;
const window = 4;
/** No estimate is surer than a fifth of itself: shapes stand that far apart in the tables. */
const surest = 0.2;

/**
 * Forecasts when signals pass limits: a Bayesian average over the shapes of growth and the times of crossing, and never
 * crossing as one of them. Keeps the tables of its horizon: some 100 kB for one of 120 samples, in proportion.
 * `horizon`: samples, a whole number from 1.
 */
export function createCrossingForecaster(horizon: number): CrossingForecaster {
  const posterior = createCrossingPosterior(horizon, window * horizon);
  return {
    horizon,
    forecast({ values, limit, direction }) {
      const signal = cleanSignal(distancesOf(values.slice(-window * horizon), limit, direction));
      const belief = posterior(signal);
      const estimate = belief(evidenceShare);
      const chance = estimate.chanceWithin(horizon);
      const sharp = belief(fullEvidence);
      const confidence = sharp.chanceWithin(horizon);
      if (chance < leastChance) return { eta: null, lo: null, hi: null, chance, confidence };
      const eta = estimate.quantile(0.5);
      return {
        eta,
        lo: Math.max(1, Math.min(eta * (1 - surest), sharp.quantile(0.1))),
        hi: Math.max(eta * (1 + surest), sharp.quantile(0.9)),
        chance,
        confidence,
      };
    },
  };
}

/** Distances below the limit, in parts of the largest number there is: squares of it must not overflow. */
function distancesOf(
  values: readonly number[],
  limit: number,
  direction: "up" | "down",
): Float64Array {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), Math.abs(limit));
  const unit = (direction === "up" ? 1 : -1) * (largest || 1);
  return Float64Array.from(values, (value) => limit / unit - value / unit);
}
