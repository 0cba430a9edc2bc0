import { compare, type RawPage, type RawRow, rawPage, type Span } from "../raw-page.ts";
import type { Reading } from "../reading.ts";
import type { RawOptions, RawSeries, SeriesQuery } from "../store.ts";
import type { Piece, SealedRow, SeriesReader } from "./series-reader.ts";

interface Row extends RawRow {
  /** Order of arrival among equal times. */
  readonly order: number;
}

/** Samples by (time, arrival). Loads only as many blocks as the page needs. */
export function* readRaw(
  reader: SeriesReader,
  query: SeriesQuery & RawOptions,
): Reading<RawSeries> {
  const page = rawPage(query);
  const machine = reader.machineId(query.machineId);
  if (machine === undefined) return yield* page.answer([]);
  const series = reader.seriesOf(machine, query.signal);
  const sealed = reader.sealedIn(series, page.span);
  // Of most long spans it is known without a look into any block.
  const samples = reader.isMadeIn(series, page.span)
    ? Number.MAX_SAFE_INTEGER
    : samplesWithin(sealed, page.span);
  if (page.isNoneOf(samples)) return page.none;
  const rows: Row[] = [];
  for (const { signal, piece } of yield* reader.hotOf(machine))
    if (signal.name === query.signal) append(rows, piece, page, Number.MAX_SAFE_INTEGER);
  const byId = new Map(series.map((one) => [one.id, one]));
  for (const block of sealed) {
    yield;
    if (page.isNoneOf(rows.length)) return page.none;
    if (rows.length >= page.enough) {
      // Everything before the start of the next block is known.
      rows.sort(byTime);
      if ((rows[page.enough - 1]?.timeNs ?? block.t_min) < block.t_min) break;
    }
    const owner = byId.get(block.series);
    if (owner) append(rows, reader.load(block, owner), page, Number(block.id));
  }
  if (page.isNoneOf(rows.length)) return page.none;
  yield;
  return yield* page.answer(rows.sort(byTime));
}

/** In the blocks that the span holds whole. */
const samplesWithin = (blocks: readonly SealedRow[], { fromNs, toNs }: Span): number =>
  blocks.reduce(
    (sum, { t_min, t_max, samples }) =>
      t_min >= fromNs && t_max < toNs ? sum + Number(samples) : sum,
    0,
  );

/** Array sort is stable: within one piece the order stays as it is. */
const byTime = (one: Row, other: Row): number =>
  compare(one.timeNs, other.timeNs) || one.order - other.order;

/** Of one piece, which is in order of time, no more than the page needs. */
function append(
  rows: Row[],
  { baseNs, columns }: Piece,
  { span, enough }: Pick<RawPage, "span" | "enough">,
  order: number,
): void {
  const { offsetNs, value, quality } = columns;
  const high = Number(span.toNs - baseNs);
  const first = firstFrom(offsetNs, Number(span.fromNs - baseNs));
  const end = Math.min(offsetNs.length, first + enough);
  for (let at = first; at < end; at++) {
    const offset = offsetNs[at] ?? high;
    if (offset >= high) return;
    rows.push({
      timeNs: baseNs + BigInt(offset),
      value: value[at] ?? Number.NaN,
      quality: quality[at] ?? 0,
      order,
    });
  }
}

/** Place of the first that is not before `low`; offsets ascend. */
export function firstFrom(offsetNs: Float64Array, low: number): number {
  let [from, to] = [0, offsetNs.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((offsetNs[middle] ?? low) < low) from = middle + 1;
    else to = middle;
  }
  return from;
}
