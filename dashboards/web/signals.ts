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

/** The columns with one more sample; unchanged when it is not newer. What is older than `fromSeconds` goes. Pure. */
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
  const start = Math.max(
    firstKept === -1 ? columns.t.length : firstKept,
    columns.t.length - mostPoints,
  );
  return {
    t: [...columns.t.slice(start), at],
    value: [...columns.value.slice(start), sample.value],
  };
}
