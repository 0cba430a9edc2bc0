import { throwIfGone } from "@firebreak/ingest/store/asking.ts";
import type { Asking, RawSeries } from "@firebreak/ingest/store/store.ts";
import type { TelemetryReader } from "../ports.ts";
import { HttpError } from "./error-reply.ts";
import { inPieces } from "./in-pieces.ts";
import { bucketsFor, fromBuckets, fromRaw, marksOfRaw } from "./reduce-series.ts";
import type { Series } from "./schemas.ts";

/** The most samples one answer without `points` may hold. */
const maxRawSamples = 1_000_000;
/** So many at a time: what holds up others by some milliseconds. */
const pageSamples = 5_000;

export interface SeriesRequest {
  readonly machineId: string;
  readonly signal: string;
  readonly fromNs?: bigint;
  readonly toNs?: bigint;
  /** Longer without a sample is a gap. */
  readonly gapNs: bigint;
}

/**
 * A reduced series of at most `points`, that keeps each minimum and maximum, the first and the last value; where there
 * are no more samples than points, the samples themselves.
 */
export async function readReduced(
  telemetry: TelemetryReader,
  { gapNs, ...query }: SeriesRequest,
  points: number,
  asking: Asking,
): Promise<Series> {
  const few = await telemetry.raw({ ...query, limit: points, orNone: true }, asking);
  if (few.next === undefined) return inPieces(fromRaw(few, { gapNs }), asking.abort);
  const buckets = await telemetry.buckets({ ...query, points: bucketsFor(points) }, asking);
  return inPieces(fromBuckets(buckets, { gapNs, withEnds: points >= 4 }), asking.abort);
}

/** Every stored sample as the JSON text of a `Series`, made page by page so that nothing else waits for long. */
export async function readWhole(
  telemetry: TelemetryReader,
  { gapNs, ...query }: SeriesRequest,
  asking: Asking,
): Promise<Buffer[]> {
  const columns: Record<"t" | "value" | "quality", Buffer[]> = { t: [], value: [], quality: [] };
  const marks: Pick<Series, "gaps" | "bad"> = { gaps: [], bad: [] };
  let count = 0;
  let before: string | undefined;
  let page: RawSeries | undefined;
  do {
    const cursor = page?.next === undefined ? {} : { cursor: page.next };
    page = await telemetry.raw({ ...query, limit: pageSamples, ...cursor }, asking);
    throwIfGone(asking.abort);
    count += page.t.length;
    if (count > maxRawSamples) throw tooLong(page.t.at(maxRawSamples - count));
    for (const name of ["t", "value", "quality"] as const) addItems(columns[name], page[name]);
    marksOfRaw(page, marks, { gapNs, before });
    before = page.t.at(-1);
  } while (page.next !== undefined);
  const text = (piece: string) => Buffer.from(piece);
  const rest = JSON.stringify({ ...marks, bucketSeconds: null }).slice(1);
  return [
    ...[text('{"t":['), ...columns.t, text('],"value":['), ...columns.value],
    ...[text('],"quality":['), ...columns.quality, text(`],${rest}`)],
  ];
}

function addItems(into: Buffer[], items: readonly unknown[]): void {
  if (items.length === 0) return;
  const text = JSON.stringify(items).slice(1, -1);
  into.push(Buffer.from(into.length > 0 ? `,${text}` : text));
}

/** `first`: of the first sample that is one too many. */
const tooLong = (first: string | undefined) =>
  new HttpError(
    "SERIES_TOO_LONG",
    `more than ${maxRawSamples} samples: ask for \`points\`, end the range by ${first}, or start an export`,
    "to",
  );
