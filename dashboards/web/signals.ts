import type { Series, SignalNow } from "./types.ts";

/** A signal of one control unit: the same name may come from two source addresses. */
export const signalKey = ({ name, sa }: Pick<SignalNow, "name" | "sa">): string =>
  sa === undefined ? name : `${name}@${sa}`;

/** What the plan says of a signal; live news know no plan. */
const plannedOf = ({ title, staleAfterSeconds, decimals }: SignalNow) => ({
  title,
  staleAfterSeconds,
  decimals,
});

/** The rows with newer values put in; what the plan says stays. A new signal goes to the end. Pure. */
export function mergeSignals(rows: readonly SignalNow[], news: readonly SignalNow[]): SignalNow[] {
  const fresh = new Map(news.map((one) => [signalKey(one), one]));
  const names = new Set(news.map((one) => one.name));
  const kept = rows
    .filter((row) => row.t !== null || fresh.has(signalKey(row)) || !names.has(row.name))
    .map((row) => {
      const one = fresh.get(signalKey(row));
      fresh.delete(signalKey(row));
      if (one === undefined) return row;
      return { ...one, ...plannedOf(row) };
    });
  const planned = new Map(rows.map((row) => [row.name, plannedOf(row)]));
  const added = [...fresh.values()].map((one) => ({ ...one, ...planned.get(one.name) }));
  return [...kept, ...added];
}

/** Columns for the chart: seconds since the Unix epoch and values, null where the sample was not good. */
export interface ChartColumns {
  readonly t: number[];
  readonly value: (number | null)[];
}

/** A stored series as chart columns. Pure. */
export const toColumns = ({ t, value }: Series): ChartColumns => ({
  t: t.map((stamp) => Date.parse(stamp) / 1000),
  value: [...value],
});

const mostPoints = 20_000;
/** Stretches that a full chart is thinned to; a screen shows no more. */
const mostStretches = 2_000;

/**
 * The columns with one more sample; unchanged when it is not newer. What is older than `fromSeconds` goes. Where there are
 * too many, each short stretch keeps its least and its greatest value, so that the chart reaches back as far as it did.
 * Pure.
 */
export function appendSample(
  columns: ChartColumns,
  sample: Pick<SignalNow, "t" | "value">,
  fromSeconds: number,
): ChartColumns {
  if (sample.t === null) return columns;
  const at = Date.parse(sample.t) / 1000;
  const last = columns.t.at(-1);
  if (Number.isNaN(at) || (last !== undefined && at <= last)) return columns;
  const firstKept = columns.t.findIndex((one) => one >= fromSeconds);
  const start = firstKept === -1 ? columns.t.length : firstKept;
  const kept = {
    t: [...columns.t.slice(start), at],
    value: [...columns.value.slice(start), sample.value],
  };
  return kept.t.length > mostPoints ? thinned(kept, (at - fromSeconds) / mostStretches) : kept;
}

function thinned({ t, value }: ChartColumns, stretchSeconds: number): ChartColumns {
  const stretchOf = (row: number) => Math.floor((t[row] ?? 0) / stretchSeconds);
  const rows: number[] = [];
  for (let begin = 0, end = 0; begin < t.length; begin = end) {
    while (end < t.length && stretchOf(end) === stretchOf(begin)) end++;
    rows.push(...extremesOf(value, begin, end));
  }
  return { t: rows.map((row) => t[row] ?? 0), value: rows.map((row) => value[row] ?? null) };
}

/** Rows of the least and the greatest value within [begin, end), and of the first without one. */
function extremesOf(value: ChartColumns["value"], begin: number, end: number): number[] {
  let [low, high, none]: (number | undefined)[] = [];
  for (let row = begin; row < end; row++) {
    const one = value[row] ?? null;
    if (one === null) none ??= row;
    else {
      if (low === undefined || one < (value[low] ?? one)) low = row;
      if (high === undefined || one > (value[high] ?? one)) high = row;
    }
  }
  const found = [low, high, none].filter((row) => row !== undefined);
  return [...new Set(found)].sort((one, other) => one - other);
}
