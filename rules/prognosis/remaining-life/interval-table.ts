/** Predictions for units that the model which made them had not seen. */
export interface UnseenPredictions {
  readonly predicted: readonly number[];
  readonly actual: readonly number[];
  /** Weight of each: a long history must not outvote a short one. */
  readonly weight: readonly number[];
  readonly unitCount: number;
}

/** Ends of the interval for a prediction, at ascending predictions; between them they are interpolated. */
export interface IntervalTable {
  readonly predicted: readonly number[];
  readonly lo: readonly number[];
  readonly hi: readonly number[];
}

const coverage = 0.8;
/** Share of the predictions, those nearest to the one in question, whose errors count. Engineering default. */
const nearShare = 0.12;
const tableRows = 40;

/**
 * Learns how far off predictions for unseen units are, depending on what was predicted: close to the end errors are
 * small, and where nothing shows yet the end may be far. Quantiles are widened for few units.
 * @see Barber et al. 2021, "Predictive inference with the jackknife+" (CV+, folds of whole units); Vovk et al. 2005,
 *   "Algorithmic learning in a random world", Mondrian (conditional) prediction
 */
export function learnIntervals({
  predicted,
  actual,
  weight,
  unitCount,
}: UnseenPredictions): IntervalTable {
  const order = predicted
    .map((_, at) => at)
    .sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0));
  const near = Math.max(1, Math.round(order.length * nearShare));
  const tail = (1 - coverage) / 2;
  // The fewer units there were, the likelier the one asked about lies outside of them all.
  const level = (tail * (unitCount - 1)) / (unitCount + 1);
  const table = { predicted: [] as number[], lo: [] as number[], hi: [] as number[] };
  for (let row = 0; row < tableRows; row++) {
    const middle = Math.round((row * (order.length - 1)) / (tableRows - 1));
    const from = Math.max(0, Math.min(order.length - near, middle - (near >> 1)));
    const around = order.slice(from, from + near);
    const errors = around
      .map((at) => ({ error: (actual[at] ?? 0) - (predicted[at] ?? 0), weight: weight[at] ?? 0 }))
      .sort((a, b) => a.error - b.error);
    const center = predicted[order[middle] ?? 0] ?? 0;
    if (center === table.predicted.at(-1)) continue;
    table.predicted.push(center);
    table.lo.push(center + weightedQuantile(errors, level));
    table.hi.push(center + weightedQuantile(errors, 1 - level));
  }
  return table;
}

function weightedQuantile(
  inOrder: readonly { readonly error: number; readonly weight: number }[],
  share: number,
): number {
  const whole = inOrder.reduce((sum, { weight }) => sum + weight, 0);
  let passed = 0;
  for (const { error, weight } of inOrder) {
    passed += weight;
    if (passed >= share * whole) return error;
  }
  return inOrder.at(-1)?.error ?? 0;
}

/** 80 % of the chances for a prediction; holds it, and never lies before now. */
export function intervalFor(table: IntervalTable, predicted: number): { lo: number; hi: number } {
  const lo = Math.max(0, interpolate(table.predicted, table.lo, predicted));
  const hi = interpolate(table.predicted, table.hi, predicted);
  return { lo: Math.min(lo, predicted), hi: Math.max(hi, predicted) };
}

/** As it is at the ends beyond them. */
function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  const above = x.findIndex((value) => value >= at);
  if (above === 0) return y[0] ?? at;
  if (above < 0) return y.at(-1) ?? at;
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = [x[above - 1], x[above], y[above - 1], y[above]];
  return y0 + ((at - x0) / (x1 - x0)) * (y1 - y0);
}
