/**
 * A family member of growth: how far a signal has gone from its healthy level, `at(t)`, up to a factor. `t` counts
 * samples from now (0 = the newest, negative before it). Never falls, never below 0.
 */
export interface GrowthShape {
  /** Weight before any sample was seen; all shapes of a set sum to 1. */
  readonly prior: number;
  at(t: number): number;
}

/** From `first` to `last`, each the same factor above the one before. */
const spread = (first: number, last: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => first * (last / first) ** (at / (count - 1)));

/** e-folding times in horizons, from a twelfth of it (sudden) to all of it (slow). Engineering default. */
const timeConstants = spread(1 / 12, 1, 8);
/**
 * How long ago growth began, in horizons: 14 % apart, since a begin that is further off than that misses more of a clear
 * signal than its noise, and makes the interval too narrow. Engineering default.
 */
const onsets = spread(1 / 12, 3, 28);

/**
 * Shares of the families before any sample was seen. Wear that feeds on itself is by far the commonest; a straight or
 * bent line needs a signal clear enough to show it. Engineering default.
 */
const shares = { exponential: 0.93, root: 0.01, linear: 0.02, quadratic: 0.02, cubic: 0.02 };

/**
 * Growth from a level that holds: exponential with eight rates, and root, linear, quadratic and cubic from 28 onsets.
 * `horizon`: samples. Linear and exponential are the two degradation laws of Gebraeel et al. 2005 ("Residual-life
 * distributions from component degradation signals: a Bayesian approach", IIE Transactions 37); the powers stand for
 * wear that speeds up without doubling at a steady pace, the root for what slows down as it goes (running in, diffusion,
 * a filter that fills).
 */
export function growthShapes(horizon: number): readonly GrowthShape[] {
  const exponentials = timeConstants.map((horizons) => {
    const samples = horizons * horizon;
    return {
      prior: shares.exponential / timeConstants.length,
      at: (t: number) => Math.exp(t / samples),
    };
  });
  const powers = (
    [
      [1 / 2, shares.root],
      [1, shares.linear],
      [2, shares.quadratic],
      [3, shares.cubic],
    ] as const
  ).flatMap(([power, share]) =>
    onsets.map((horizons) => {
      const since = horizons * horizon;
      return {
        prior: share / onsets.length,
        at: (t: number) => Math.max(0, 1 + t / since) ** power,
      };
    }),
  );
  return [...exponentials, ...powers];
}
