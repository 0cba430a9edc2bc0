import type { ChartColumns } from "./signals.ts";
import type { Interruption } from "./types.ts";

/** A time without samples, seconds since the Unix epoch; `cause` undefined where nothing explains it. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly cause: Interruption | undefined;
}

/** Gaps narrower than this share of a chart cannot be seen. */
const narrowest = 1 / 150;

/** Samples further apart than this are not joined, seconds. Pure. */
export const longestStep = (staleAfterSeconds: number, shownSeconds: number): number =>
  Math.max(staleAfterSeconds, shownSeconds * narrowest);

/** The columns with an empty point in every gap, so that no line crosses it. Pure. */
export function broken({ t, value }: ChartColumns, step: number): ChartColumns {
  const out: ChartColumns = { t: [], value: [] };
  t.forEach((at, index) => {
    const before = t[index - 1];
    if (before !== undefined && at - before > step) {
      out.t.push((before + at) / 2);
      out.value.push(null);
    }
    out.t.push(at);
    out.value.push(value[index] ?? null);
  });
  return out;
}

/** Rows of values that have none on either side: a line through them has no length. Pure. */
export function lonely(values: ArrayLike<number | null | undefined>): number[] {
  const isThere = (row: number) => (values[row] ?? null) !== null;
  return Array.from(values, (_value, row) => row).filter(
    (row) => isThere(row) && !isThere(row - 1) && !isThere(row + 1),
  );
}

/** What is told of where there are several causes: what is gone for good before what is still to come. */
const order: readonly Interruption["cause"][] = ["lost", "gateway-off", "bus", "device", "link"];

/** Times without any sample in what is shown, up to now, each with what explains the most of it. Pure. */
export function gapsOf(
  columns: ChartColumns,
  { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
  interruptions: readonly Interruption[],
): Gap[] {
  const seen = columns.t.filter((at) => at >= from && at <= to);
  const edges = [from, ...seen, to];
  const gaps: Gap[] = [];
  for (const [index, end] of edges.entries()) {
    const start = edges[index - 1];
    if (start === undefined || end - start <= step) continue;
    gaps.push({ from: start, to: end, cause: causeOf(start, end, interruptions) });
  }
  return gaps;
}

function causeOf(from: number, to: number, all: readonly Interruption[]): Interruption | undefined {
  const overlap = (one: Interruption): number =>
    Math.min(to, one.to === null ? to : Date.parse(one.to) / 1000) -
    Math.max(from, Date.parse(one.from) / 1000);
  return all
    .filter((one) => overlap(one) > 0)
    .sort((a, b) => order.indexOf(a.cause) - order.indexOf(b.cause) || overlap(b) - overlap(a))[0];
}
