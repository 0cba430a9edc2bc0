import { cyclesLeft, type History, thinned, thinning } from "./history.ts";
import { createWindowSums } from "./life-features.ts";
import { explainedShares } from "./ridge-regression.ts";
import { type SignalScaling, scaled } from "./signal-scaling.ts";

/** Knees that are tried: shares of the longest life. */
const tried = Array.from({ length: 40 }, (_, at) => (at + 1) / 40);
/** A knee may cost so much of what the best one lets the signals explain. Engineering default. */
const asGoodAs = 0.97;
/** Signals are averaged over this share of the median life. Engineering default. */
const smoothingShare = 0.1;
/** Enough for forty regressions that are only compared. Engineering default. */
const mostRows = 3_000;

/**
 * How many cycles before the end wear can first be seen. Before, the signals say nothing of how long a unit will last,
 * and a model must not be made to find it there: the target is min(cycles left, knee), the piecewise linear one of Heimes
 * 2008 ("Recurrent neural networks for remaining useful life estimation"). He set the knee by eye; here it is the longest
 * of those whose target the signals explain, linearly, about as well as any.
 */
export function visibleKnee(
  histories: readonly History[],
  scalings: readonly SignalScaling[],
): number {
  const lives = histories.map(({ cycles }) => cycles.length).sort((a, b) => a - b);
  const window = Math.max(3, Math.round((lives[lives.length >> 1] ?? 0) * smoothingShare));
  const step = thinning(histories, mostRows);
  // The first rows have no full window yet.
  const rows = histories.map((history) =>
    thinned(history, step).filter((row) => row >= window / 2),
  );
  const columns = scalings.flatMap((scaling) => {
    const sums = histories.map((history) => createWindowSums(scaled(history, scaling)));
    const over = (of: (signal: ReturnType<typeof createWindowSums>, row: number) => number) =>
      Float64Array.from(
        sums.flatMap((signal, unit) => (rows[unit] ?? []).map((row) => of(signal, row))),
      );
    return [
      over((signal, row) => signal.mean(row, window)),
      over((signal, row) => signal.slope(row, window)),
    ];
  });
  const left = histories.flatMap((history, unit) =>
    (rows[unit] ?? []).map((row) => cyclesLeft(history, row)),
  );
  const longest = left.reduce((most, cycles) => Math.max(most, cycles), 0);
  const knees = tried.map((share) => share * longest);
  const targets = knees.map((knee) => Float64Array.from(left, (cycles) => Math.min(knee, cycles)));
  const explained = explainedShares(columns, targets);
  const best = Math.max(...explained);
  return knees[explained.findLastIndex((share) => share >= asGoodAs * best)] ?? longest;
}
