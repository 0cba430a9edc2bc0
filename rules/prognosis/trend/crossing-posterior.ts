import type { CleanSignal } from "./clean-signal.ts";
import { growthShapes } from "./growth-shapes.ts";

/** What is believed of the time of crossing, in samples from now. */
export interface CrossingBelief {
  /** Chance of a crossing by `samples` from now, 0 to 1. */
  chanceWithin(samples: number): number;
  /** Quantile of the time of crossing if there is one, 1 sample to four horizons. */
  quantile(share: number): number;
}

/** Belief in "never" before any sample was seen. Engineering default. */
const neverPrior = 0.2;
const logNever = Math.log(neverPrior);
/** Times of crossing grow by 6 %, well below any error that could be made; the last is four horizons away. */
const timeStep = 1.06;
const farthest = 4;
/**
 * The chance that a time of crossing falls into an interval goes with the logarithm of its ends (Jeffreys 1946, the prior
 * of a scale), evened out below a thirtieth of the horizon. Engineering default.
 */
const evenBelow = 1 / 30;

interface Table {
  /** `past[shape][k]`: growth k samples ago. */
  readonly past: readonly Float64Array[];
  /** `future[shape][j]`: growth at time of crossing j. */
  readonly future: readonly Float64Array[];
  /** Times of crossing, samples from now. */
  readonly times: readonly number[];
  /** Logarithm of the prior of a shape and a time, by shape and within it by time. */
  readonly logPrior: Float64Array;
}

/**
 * Signal = level + growth × shape + noise, where the growth is such that the limit is reached after h samples. So shape
 * and h leave one unknown, the distance D of the level from the limit: distance(t) = D (1 − f(t) / f(h)), a regression
 * through the origin, integrated over D (prior 1/D) and over the noise (prior 1/σ) in closed form.
 * @see Gebraeel et al. 2005, "Residual-life distributions from component degradation signals: a Bayesian approach";
 *   Hoeting et al. 1999, "Bayesian model averaging: a tutorial"
 */
export function createCrossingPosterior(horizon: number, window: number) {
  const table = createTable(horizon, window);
  /** `evidenceShare`: power to which the likelihood is taken. */
  return (signal: CleanSignal): ((evidenceShare: number) => CrossingBelief) => {
    const fits = fitAll(table, signal);
    return (evidenceShare) => believe(table, fits, evidenceShare * signal.worth);
  };
}

function createTable(horizon: number, window: number): Table {
  const shapes = growthShapes(horizon);
  const times: number[] = [];
  for (let time = 1; time <= farthest * horizon; time = Math.max(time + 1, time * timeStep))
    times.push(time);
  const weights = times.map((time, at) => {
    const from = ((times[at - 1] ?? time) + time) / 2;
    const to = (time + (times[at + 1] ?? time)) / 2;
    return (to - from || 1) / (time + evenBelow * horizon);
  });
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    past: shapes.map(({ at }) => Float64Array.from({ length: window }, (_, ago) => at(-ago))),
    future: shapes.map(({ at }) => Float64Array.from(times, at)),
    times,
    logPrior: Float64Array.from(
      shapes.flatMap(({ prior }) =>
        weights.map((weight) => Math.log((prior * (1 - neverPrior) * weight) / whole)),
      ),
    ),
  };
}

/**
 * Fits of "distance = D × regressor", by shape and within it by time of crossing; the last stands for never. `likelihood`
 * is its logarithm for one independent sample, `occam` what integrating over D leaves; -∞ where D would not be positive.
 */
interface Fits {
  readonly samples: number;
  readonly likelihood: Float64Array;
  readonly occam: Float64Array;
}

function fitAll(table: Table, { distances, noise }: CleanSignal): Fits {
  let sum = 0;
  let squares = 0;
  for (const distance of distances) {
    sum += distance;
    squares += distance * distance;
  }
  const count = distances.length;
  // A sum of squares below it is rounding, or the steps of the signal.
  const least = Math.max(1e-6 * count * noise ** 2, 1e-12 * squares, Number.MIN_VALUE);
  const likelihood = new Float64Array(table.past.length * table.times.length + 1);
  const occam = new Float64Array(likelihood.length);
  const fit = (at: number, withSelf: number, withDistance: number) => {
    const isAbove = withDistance > 0 && withSelf > 0;
    const rest = Math.max(squares - withDistance ** 2 / withSelf, least);
    likelihood[at] = isAbove ? -0.5 * Math.log(rest) : 0;
    // √(withSelf) of the integral times the prior 1/D.
    occam[at] = isAbove ? Math.log(Math.sqrt(withSelf) / withDistance) : Number.NEGATIVE_INFINITY;
  };
  table.past.forEach((past, shape) => {
    const { self, growth, cross } = growthSums(past, distances);
    for (let time = 0; time < table.times.length; time++) {
      const part = 1 / (table.future[shape]?.[time] ?? 1);
      const withSelf = count - 2 * growth * part + self * part * part;
      fit(shape * table.times.length + time, withSelf, sum - cross * part);
    }
  });
  fit(likelihood.length - 1, count, sum);
  return { samples: count, likelihood, occam };
}

function believe(table: Table, fits: Fits, worth: number): CrossingBelief {
  const { likelihood, occam } = fits;
  const exponent = worth * (fits.samples - 1);
  const never = likelihood.length - 1;
  const logs = new Float64Array(likelihood.length);
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < logs.length; at++) {
    const prior = at === never ? logNever : (table.logPrior[at] ?? 0);
    const log = prior + exponent * (likelihood[at] ?? 0) + (occam[at] ?? 0);
    logs[at] = log;
    most = Math.max(most, log);
  }
  // All of it beyond the limit: no way back is known here, so it is passed at once.
  if (most === Number.NEGATIVE_INFINITY) return { chanceWithin: () => 1, quantile: () => 1 };
  const weights = new Float64Array(table.times.length);
  for (let at = 0; at < never; at++) {
    const time = at % weights.length;
    weights[time] = (weights[time] ?? 0) + Math.exp((logs[at] ?? 0) - most);
  }
  return createBelief(table.times, weights, Math.exp((logs[never] ?? 0) - most));
}

/** Sums of the shape squared, the shape, and shape × distance over the samples there are. */
function growthSums(past: Float64Array, distances: Float64Array) {
  let self = 0;
  let growth = 0;
  let cross = 0;
  for (let ago = 0; ago < distances.length; ago++) {
    const grown = past[ago] ?? 0;
    self += grown * grown;
    growth += grown;
    cross += grown * (distances[ago] ?? 0);
  }
  return { self, growth, cross };
}

function createBelief(
  times: readonly number[],
  weights: Float64Array,
  never: number,
): CrossingBelief {
  const sum = weights.reduce((a, b) => a + b, 0);
  return {
    chanceWithin(samples) {
      const within = weights.reduce((a, b, at) => ((times[at] ?? 0) <= samples ? a + b : a), 0);
      return within / (sum + never);
    },
    quantile(share) {
      let passed = 0;
      let before = 0;
      for (const [at, weight] of weights.entries()) {
        const time = times[at] ?? 0;
        // Within a step the chance is even, so that an answer moves by as little as what it rests on.
        if (passed + weight >= share * sum && weight > 0)
          return Math.max(1, before + ((share * sum - passed) / weight) * (time - before));
        passed += weight;
        before = time;
      }
      return times.at(-1) ?? 1;
    },
  };
}
