import { compare, type RawRow, rawPage, type Span } from "../raw-page.ts";
import type { RawOptions, RawSeries, SeriesQuery } from "../store.ts";
import type { Piece, SeriesReader, SeriesRow } from "./series-reader.ts";

interface Row extends RawRow {
  /** Order of arrival among equal times. */
  readonly order: number;
}

/** Samples by (time, arrival). Loads only as many blocks as the page needs. */
export function readRaw(
  reader: SeriesReader,
  query: SeriesQuery & RawOptions,
  check: () => void,
): RawSeries {
  const page = rawPage(query);
  return page.answer(collect(reader, query, { ...page, check }));
}

/** At least `enough` of the first samples in the span, in order, or all there are. */
function collect(
  reader: SeriesReader,
  query: SeriesQuery,
  {
    span,
    enough,
    check,
  }: { readonly span: Span; readonly enough: number; readonly check: () => void },
): Row[] {
  const machine = reader.machineId(query.machineId);
  if (machine === undefined) return [];
  const series = reader.seriesOf(machine, query.signal);
  const byId = new Map(series.map((one) => [one.id, one]));
  const rows: Row[] = [];
  for (const { signal, piece } of reader.hotOf(machine))
    if (signal.name === query.signal) append(rows, piece, span, Number.MAX_SAFE_INTEGER);
  let complete = rows.length;
  for (const sealed of reader.sealedIn(series, span)) {
    check();
    if (complete >= enough) {
      // Everything before the start of the next block is known.
      rows.sort(byTime);
      if ((rows[enough - 1]?.timeNs ?? sealed.t_min) < sealed.t_min) break;
    }
    const owner = byId.get(sealed.series) as SeriesRow;
    append(rows, reader.load(sealed, owner), span, Number(sealed.id));
    complete = rows.length;
  }
  return rows.sort(byTime);
}

/** Array sort is stable: within one piece the order stays as it is. */
const byTime = (one: Row, other: Row): number =>
  compare(one.timeNs, other.timeNs) || one.order - other.order;

function append(rows: Row[], { baseNs, columns }: Piece, span: Span, order: number): void {
  for (let at = 0; at < columns.offsetNs.length; at++) {
    const timeNs = baseNs + BigInt(columns.offsetNs[at] ?? 0);
    if (timeNs < span.fromNs || timeNs >= span.toNs) continue;
    const value = columns.value[at] ?? Number.NaN;
    rows.push({ timeNs, value, quality: columns.quality[at] ?? 0, order });
  }
}
