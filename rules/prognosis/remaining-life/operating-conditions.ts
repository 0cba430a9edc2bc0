import { type ConditionBins, conditionBins } from "./condition-bins.ts";
import { type History, thinned, thinning } from "./history.ts";
import { earlyRows, learnScaling, leastEvidence } from "./signal-scaling.ts";

/** A signal that tells how a unit was run (load, speed, altitude), and how the others go with it. Plain JSON. */
export interface OperatingCondition {
  /** Place of the signal that tells, in the histories. */
  readonly signal: number;
  /** Its values, ascending, at which the others are known; between them they are interpolated. */
  readonly points: readonly number[];
  /** By signal, at each point; undefined for signals that tell themselves. */
  readonly usual: readonly (Usual | null)[];
}

interface Usual {
  /** Means in early life. */
  readonly levels: readonly number[];
  /** Standard deviations in early life, in parts of that of all points together. */
  readonly spreads: readonly number[];
}

type Columns = readonly Float64Array[];

/** A signal is a condition if it explains half of what the median signal does in early life. Engineering default. */
const leastExplained = 0.5;
/** Fewer signals beside it do not tell a condition from a twin. Engineering default. */
const fewestOthers = 3;
const mostConditions = 3;
/** Enough for bins of means. Engineering default. */
const mostRows = 3_000;
/** The common spread steadies that of a point as so many rows would. Engineering default. */
const steadyingRows = 8;
/** What is less than this share of a level is an error of rounding. */
const rounding = 1e-9;

/**
 * The signals that others follow row by row in early life, when wear cannot be the reason, and that do not change over a
 * life themselves: first the one that explains most of the median signal, then what explains as much of what is left.
 * None where a fleet is run in one way.
 */
export function learnConditions(histories: readonly History[]): readonly OperatingCondition[] {
  const found: OperatingCondition[] = [];
  const ageing = learnScaling(histories).filter(({ evidence }) => evidence > leastEvidence);
  const isAgeing = new Set(ageing.map(({ signal }) => signal));
  let columns: Columns = earlyColumns(histories);
  while (found.length < mostConditions) {
    const taken = new Set(found.map(({ signal }) => signal));
    const best = bestCondition(columns, taken, isAgeing);
    if (best === undefined) break;
    found.push(best);
    columns = withoutAll(columns, [best]);
  }
  return found;
}

/** The signals as differences from what is usual under the conditions of each row; the history itself without any. */
export function withoutConditions(
  history: History,
  conditions: readonly OperatingCondition[],
): History {
  if (conditions.length === 0) return history;
  return { ...history, signals: withoutAll(history.signals, conditions) };
}

/** The early rows of all histories, signal by signal. */
function earlyColumns(histories: readonly History[]): Columns {
  const step = thinning(histories, mostRows);
  const rows = histories.map((history) => {
    const early = earlyRows(history.cycles.length);
    return thinned(history, step).filter((row) => row < early);
  });
  return (histories[0]?.signals ?? []).map((_, signal) =>
    Float64Array.from(
      histories.flatMap(({ signals }, at) =>
        (rows[at] ?? []).map((row) => signals[signal]?.[row] ?? 0),
      ),
    ),
  );
}

function bestCondition(
  columns: Columns,
  taken: ReadonlySet<number>,
  isAgeing: ReadonlySet<number>,
): OperatingCondition | undefined {
  const totals = columns.map((column, signal) => (taken.has(signal) ? 0 : squaresOf(column)));
  let best: { signal: number; bins: ConditionBins; explained: number } | undefined;
  columns.forEach((column, signal) => {
    if (taken.has(signal) || isAgeing.has(signal)) return;
    const bins = conditionBins(column);
    if (bins === undefined) return;
    const shares = columns.flatMap((other, at) => {
      const total = totals[at] ?? 0;
      return at === signal || total === 0 ? [] : [explainedShare(other, bins, total)];
    });
    if (shares.length < fewestOthers) return;
    const explained = shares.sort((a, b) => a - b)[shares.length >> 1] ?? 0;
    if (explained >= (best?.explained ?? leastExplained)) best = { signal, bins, explained };
  });
  if (best === undefined) return undefined;
  const { signal, bins } = best;
  return {
    signal,
    points: bins.points.map(({ at }) => at),
    usual: columns.map((column, at) =>
      at === signal || taken.has(at) ? null : usualOf(column, bins),
    ),
  };
}

/** Sum of squares about the mean; 0 for what moves by no more than rounding. */
function squaresOf(column: Float64Array): number {
  const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
  const squares = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares > column.length * (rounding * mean) ** 2 ? squares : 0;
}

/** Share of the variance that bins explain, what they would of noise taken off. */
function explainedShare(column: Float64Array, bins: ConditionBins, total: number): number {
  const within = binMoments(column, bins).reduce((sum, { squares }) => sum + squares, 0);
  const free = column.length - bins.count;
  return free > 0 ? 1 - within / free / (total / (column.length - 1)) : 0;
}

function binMoments(column: Float64Array, { binOf, count }: ConditionBins) {
  const moments = Array.from({ length: count }, () => ({ rows: 0, mean: 0, squares: 0 }));
  column.forEach((value, row) => {
    const bin = moments[binOf[row] ?? 0];
    if (bin === undefined) return;
    const off = value - bin.mean;
    bin.mean += off / ++bin.rows;
    bin.squares += off * (value - bin.mean);
  });
  return moments;
}

function usualOf(column: Float64Array, bins: ConditionBins): Usual {
  const moments = binMoments(column, bins);
  const within = moments.reduce((sum, { squares }) => sum + squares, 0);
  const variance = within / Math.max(1, column.length - bins.count);
  const at = bins.points.map(({ bin }) => moments[bin] ?? { rows: 0, mean: 0, squares: 0 });
  return {
    levels: at.map(({ mean }) => mean),
    spreads: at.map(({ rows, squares }) =>
      variance > 0 ? Math.sqrt((squares / variance + steadyingRows) / (rows + steadyingRows)) : 1,
    ),
  };
}

function withoutAll(columns: Columns, conditions: readonly OperatingCondition[]): Columns {
  return conditions.reduce((before: Columns, { signal, points, usual }) => {
    const places = Array.from(before[signal] ?? [], (value) => placeAmong(points, value));
    return before.map((column, at) => {
      const known = usual[at];
      if (!known) return column;
      return column.map((value, row) => {
        const place = places[row] ?? { point: 0, share: 0 };
        const level = valueAt(known.levels, place);
        const off = value - level;
        return Math.abs(off) <= rounding * Math.abs(level)
          ? 0
          : off / valueAt(known.spreads, place);
      });
    });
  }, columns);
}

interface Place {
  readonly point: number;
  /** From that point to the next, 0 to 1. */
  readonly share: number;
}

/** As at the ends beyond them. */
function placeAmong(points: readonly number[], value: number): Place {
  const above = points.findIndex((point) => point >= value);
  if (above === 0) return { point: 0, share: 0 };
  if (above < 0) return { point: points.length - 1, share: 0 };
  const [from = 0, to = 0] = [points[above - 1], points[above]];
  return { point: above - 1, share: (value - from) / (to - from) };
}

function valueAt(values: readonly number[], { point, share }: Place): number {
  const from = values[point] ?? 0;
  return share === 0 ? from : from + share * ((values[point + 1] ?? from) - from);
}
