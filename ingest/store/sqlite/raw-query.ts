import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { isoNs } from "../../iso-ns.ts";
import type { RawOptions, RawSeries, SeriesQuery } from "../store.ts";
import {
  higher,
  lower,
  type Piece,
  type SeriesReader,
  type SeriesRow,
  type Span,
} from "./series-reader.ts";

const maxLimit = 100_000;
const minNs = -(2n ** 63n);
const maxNs = 2n ** 63n - 1n;

interface Row {
  readonly timeNs: bigint;
  readonly value: number;
  readonly quality: number;
  /** Order of arrival among equal times. */
  readonly order: number;
}

/** Cut to what 64 bits hold. */
export const spanOf = ({ fromNs = minNs, toNs = maxNs }: SeriesQuery): Span => ({
  fromNs: clamp(fromNs),
  toNs: clamp(toNs),
});
const clamp = (timeNs: bigint) => lower(higher(timeNs, minNs), maxNs);

/** Samples by (time, arrival). Loads only as many blocks as the page needs. */
export function readRaw(reader: SeriesReader, query: SeriesQuery & RawOptions): RawSeries {
  const limit = Math.min(Math.max(1, query.limit ?? maxLimit), maxLimit);
  const { atNs, skip } = parseCursor(query.cursor);
  const asked = spanOf(query);
  const span = { ...asked, fromNs: higher(atNs, asked.fromNs) };
  const rows = collect(reader, query, { span, enough: limit + skip + 1 });
  const page = rows.slice(skip, skip + limit);
  const following = rows[skip + limit];
  const answer = {
    t: page.map(({ timeNs }) => isoNs(timeNs)),
    value: page.map(({ value, quality }) => (quality === Quality.good ? value : null)),
    quality: page.map(({ quality }) => qualityName(quality)),
  };
  if (!following) return answer;
  const sameBefore = rows
    .slice(0, skip + limit)
    .filter(({ timeNs }) => timeNs === following.timeNs).length;
  return { ...answer, next: `${following.timeNs}.${sameBefore}` };
}

/** At least `enough` of the first samples in the span, in order, or all there are. */
function collect(
  reader: SeriesReader,
  query: SeriesQuery,
  { span, enough }: { span: Span; enough: number },
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
  one.timeNs < other.timeNs ? -1 : one.timeNs > other.timeNs ? 1 : one.order - other.order;

function append(rows: Row[], { baseNs, columns }: Piece, span: Span, order: number): void {
  for (let at = 0; at < columns.offsetNs.length; at++) {
    const timeNs = baseNs + BigInt(columns.offsetNs[at] ?? 0);
    if (timeNs < span.fromNs || timeNs >= span.toNs) continue;
    const value = columns.value[at] ?? Number.NaN;
    rows.push({ timeNs, value, quality: columns.quality[at] ?? 0, order });
  }
}

/** Where the page begins and how many samples of that very stamp came before. */
function parseCursor(cursor: string | undefined): { atNs: bigint; skip: number } {
  const match = /^(-?\d{1,19})\.(\d{1,9})$/.exec(cursor ?? "");
  return match ? { atNs: BigInt(match[1] ?? 0), skip: Number(match[2]) } : { atNs: minNs, skip: 0 };
}
