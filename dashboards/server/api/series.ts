import type { BucketSeries } from "@firebreak/ingest/store/store.ts";
import type { TelemetryReader } from "../ports.ts";
import { HttpError } from "./error-reply.ts";
import { parseInstantNs, toIsoNs } from "./instants.ts";
import type { Series } from "./schemas.ts";

/** The most samples one answer without `points` may hold. */
export const maxRawSamples = 1_000_000;
const pageSamples = 100_000;

export interface SeriesRequest {
  readonly machineId: string;
  readonly signal: string;
  readonly fromNs?: bigint;
  readonly toNs?: bigint;
  readonly points?: number;
}

/**
 * Without `points` every stored sample. With them a reduced series that keeps each minimum and maximum; where there
 * are no more samples than points, the samples themselves.
 */
export async function readSeries(
  telemetry: TelemetryReader,
  request: SeriesRequest,
  isGone: () => boolean,
): Promise<Series> {
  const { points, ...query } = request;
  if (points === undefined) return readAll(telemetry, query, isGone);
  const few = await telemetry.raw({ ...query, limit: Math.min(points, pageSamples) });
  if (few.next === undefined) return toSeries(few);
  return fromBuckets(await telemetry.buckets({ ...query, points: Math.max(1, points >> 1) }));
}

const toSeries = ({ t, value, quality }: Pick<Series, keyof Series> | ReadonlySeries): Series => ({
  t: [...t],
  value: [...value],
  quality: [...quality],
});

interface ReadonlySeries {
  readonly t: readonly string[];
  readonly value: readonly (number | null)[];
  readonly quality: readonly Series["quality"][number][];
}

async function readAll(
  telemetry: TelemetryReader,
  query: Omit<SeriesRequest, "points">,
  isGone: () => boolean,
): Promise<Series> {
  const pages: ReadonlySeries[] = [];
  let count = 0;
  let cursor: string | undefined;
  do {
    const page = await telemetry.raw({
      ...query,
      limit: pageSamples,
      ...(cursor === undefined ? {} : { cursor }),
    });
    pages.push(page);
    count += page.t.length;
    cursor = page.next;
    if (count > maxRawSamples) throw tooLong(page.t.at(-1));
  } while (cursor !== undefined && !isGone());
  return {
    t: pages.flatMap((page) => page.t),
    value: pages.flatMap((page) => page.value),
    quality: pages.flatMap((page) => page.quality),
  };
}

const tooLong = (last: string | undefined) =>
  new HttpError(
    "SERIES_TOO_LONG",
    `more than ${maxRawSamples} samples: ask for \`points\`, or end the range by ${last}`,
    "to",
  );

/**
 * Two points per bucket, its minimum at the start and its maximum in the middle, so that no peak is lost. A bucket
 * without any good sample is one point without a value, quality `error`. Pure.
 */
export function fromBuckets(buckets: BucketSeries): Series {
  const series: Series = { t: [], value: [], quality: [] };
  const halfNs = BigInt(buckets.bucketNs) / 2n;
  const push = (t: string, value: number | null) => {
    series.t.push(t);
    series.value.push(value);
    series.quality.push(value === null ? "error" : "good");
  };
  buckets.t.forEach((t, index) => {
    const min = buckets.min[index] ?? null;
    const max = buckets.max[index] ?? null;
    push(t, min);
    if (max !== min) push(toIsoNs(parseInstantNs(t, "t") + halfNs), max);
  });
  return series;
}
