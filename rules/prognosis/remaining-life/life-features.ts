import type { History } from "./history.ts";
import { type OperatingCondition, withoutConditions } from "./operating-conditions.ts";
import { type SignalScaling, scaled } from "./signal-scaling.ts";

/** What features are made of; the same for training and answers. */
export interface FeaturePlan {
  /** Taken out of the signals before they are scaled. */
  readonly conditions: readonly OperatingCondition[];
  readonly scalings: readonly SignalScaling[];
  /** Rows that means and slopes look back. */
  readonly windows: readonly number[];
}

/**
 * Features of a history as it was at some of its rows, each column one feature: mean and slope over each window, of each
 * signal and of the mean of all. A row's features depend on it and rows before it only.
 */
export function featuresOf(
  history: History,
  { conditions, scalings, windows }: FeaturePlan,
  rows: readonly number[],
): Float64Array[] {
  const usual = withoutConditions(history, conditions);
  const signals = scalings.map((scaling) => scaled(usual, scaling));
  return [...signals, meanSignal(signals)].flatMap((signal) => {
    const sums = createWindowSums(signal);
    return windows.flatMap((window) => [
      Float64Array.from(rows, (row) => onGrid(sums.mean(row, window))),
      Float64Array.from(rows, (row) => onGrid(sums.slope(row, window) * window)),
    ]);
  });
}

/** Signals in coarse steps have many equal means: rounding, which differs from scale to scale, must not part them. */
const onGrid = (value: number): number => Math.round(value * 1e5) / 1e5;

function meanSignal(signals: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(signals[0]?.length ?? 0);
  for (const signal of signals)
    for (let at = 0; at < mean.length; at++)
      mean[at] = (mean[at] ?? 0) + (signal[at] ?? 0) / signals.length;
  return mean;
}

/** Means and slopes over the rows before and with `row`, each in constant time. */
export function createWindowSums(signal: Float64Array) {
  const sums = new Float64Array(signal.length + 1);
  const moments = new Float64Array(signal.length + 1);
  for (let at = 0; at < signal.length; at++) {
    sums[at + 1] = (sums[at] ?? 0) + (signal[at] ?? 0);
    moments[at + 1] = (moments[at] ?? 0) + at * (signal[at] ?? 0);
  }
  const over = (column: Float64Array, row: number, count: number) =>
    (column[row + 1] ?? 0) - (column[row + 1 - count] ?? 0);
  return {
    mean(row: number, window: number): number {
      const count = Math.min(window, row + 1);
      return over(sums, row, count) / count;
    },
    /**
     * Least-squares slope per row; where there are fewer rows than the window has, it is pulled to 0 as much as it is
     * uncertain.
     */
    slope(row: number, window: number): number {
      const count = Math.min(window, row + 1);
      const middle = row - (count - 1) / 2;
      const moment = over(moments, row, count) - middle * over(sums, row, count);
      return (12 * moment) / Math.max(1, window * (window * window - 1));
    },
  };
}
