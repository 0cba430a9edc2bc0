import { isoNs, nsOfIso } from "@firebreak/ingest/iso-ns.ts";
import { throwIfGone } from "@firebreak/ingest/store/asking.ts";
import type { Asking, BucketSeries, RawSeries } from "@firebreak/ingest/store/store.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import {
  DerivedSeries,
  leadSeconds,
  measuredBases,
} from "@firebreak/rules/engine/derived-series.ts";
import { type QualityName, qualityCodes, qualityName } from "@firebreak/wire/quality.ts";
import type { TelemetryReader } from "../ports.ts";
import { HttpError } from "./error-reply.ts";
import { inPieces, type Pieces } from "./in-pieces.ts";
import { bucketsFor, fromBuckets, fromRaw } from "./reduce-series.ts";
import type { Series } from "./schemas.ts";

/** Most samples that one series is reckoned from: some 0.3 s of computing. Engineering default. */
export const mostBaseSamples = 200_000;
const pageSamples = 5_000;
const rowsAtOnce = 200;

export interface DerivedRequest {
  readonly machineId: string;
  /** A derived signal of the plan. */
  readonly signal: string;
  readonly plan: Plan;
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Longer without a value is a gap. */
  readonly gapNs: bigint;
  /** Of its bases together; default `mostBaseSamples`. */
  readonly mostSamples?: number;
}

/** Samples or values, oldest first; offsets are from the begin of what is read. */
interface Columns {
  readonly offsetNs: number[];
  readonly value: (number | null)[];
  readonly quality: QualityName[];
}

/**
 * A derived signal over a span, reckoned as the rules do it from what is stored of its bases; with `points` at most that
 * many, extremes kept. What it rests on from before the span is read too, of integrals and durations the last 12 hours.
 * @throws HttpError QUERY_TOO_LARGE, which says how long a span may be
 */
export async function readDerived(
  telemetry: Pick<TelemetryReader, "raw">,
  asked: DerivedRequest,
  points: number | undefined,
  asking: Asking,
): Promise<Series> {
  const { plan, signal, fromNs, toNs, gapNs } = asked;
  const beginNs = fromNs - BigInt(Math.ceil(leadSeconds(plan, signal))) * 1_000_000_000n;
  const bases = measuredBases(plan, signal);
  const columns = await loadBases(telemetry, { ...asked, bases, beginNs }, asking);
  const span = { bases, columns, beginNs, fromNs };
  const found = await inPieces(reckon(plan, signal, span), asking.abort);
  if (points !== undefined && found.offsetNs.length > points) {
    const buckets = await inPieces(
      bucketsOf(found, { beginNs, fromNs, toNs, points }),
      asking.abort,
    );
    return inPieces(fromBuckets(buckets, { gapNs, withEnds: points >= 4 }), asking.abort);
  }
  const t = found.offsetNs.map((offsetNs) => isoNs(beginNs + BigInt(offsetNs)));
  const { value, quality } = found;
  return inPieces(fromRaw({ t, value, quality }, { gapNs }), asking.abort);
}

async function loadBases(
  telemetry: Pick<TelemetryReader, "raw">,
  span: DerivedRequest & { readonly bases: readonly string[]; readonly beginNs: bigint },
  asking: Asking,
): Promise<Columns[]> {
  const { machineId, bases, beginNs, toNs, mostSamples = mostBaseSamples } = span;
  const all: Columns[] = [];
  let count = 0;
  for (const base of bases) {
    const columns: Columns = { offsetNs: [], value: [], quality: [] };
    all.push(columns);
    let page: RawSeries | undefined;
    do {
      const cursor = page?.next === undefined ? {} : { cursor: page.next };
      const query = { machineId, signal: base, fromNs: beginNs, toNs, limit: pageSamples };
      page = await telemetry.raw({ ...query, ...cursor }, asking);
      throwIfGone(asking.abort);
      for (const [row, stamp] of page.t.entries()) {
        columns.offsetNs.push(Number(nsOfIso(stamp) - beginNs));
        columns.value.push(page.value[row] ?? null);
        columns.quality.push(page.quality[row] ?? "reserved");
      }
      count += page.t.length;
      if (count > mostSamples) throw tooLong({ ...span, mostSamples }, all);
    } while (page.next !== undefined);
  }
  return all;
}

/** Says for how long it would have worked, by how many samples there were so far. */
function tooLong(
  span: Omit<DerivedRequest, "mostSamples"> & {
    readonly bases: readonly string[];
    readonly beginNs: bigint;
    readonly mostSamples: number;
  },
  read: readonly Columns[],
): HttpError {
  const { signal, bases, beginNs, fromNs, toNs, mostSamples } = span;
  const wholeNs = Number(toNs - beginNs);
  const last = read.at(-1)?.offsetNs ?? [];
  const reachedNs = Math.max(1, last.at(-1) ?? wholeNs);
  const before = read.slice(0, -1).reduce((sum, { offsetNs }) => sum + offsetNs.length, 0);
  const each = (before + (last.length * wholeNs) / reachedNs) / read.length;
  const worksNs = (wholeNs * mostSamples) / (each * bases.length) - Number(fromNs - beginNs);
  const hours = Math.max(0.1, Math.floor((worksNs / 3.6e12) * 9) / 10);
  return new HttpError(
    "QUERY_TOO_LARGE",
    `${signal} is not stored but reckoned, from at most ${mostSamples} samples of ${bases.join(", ")}: ask for ${hours} hours at most`,
    "from",
  );
}

/** Takes the samples of all bases in the order of their time; of equal stamps in the order of the bases. */
function* reckon(
  plan: Plan,
  name: string,
  span: {
    readonly bases: readonly string[];
    readonly columns: readonly Columns[];
    readonly beginNs: bigint;
    readonly fromNs: bigint;
  },
): Pieces<Columns> {
  const { bases, columns, beginNs } = span;
  const fromOffsetNs = Number(span.fromNs - beginNs);
  const found: Columns = { offsetNs: [], value: [], quality: [] };
  const series = new DerivedSeries({ plan, name, bases }, beginNs, (point) => {
    if (point.offsetNs < fromOffsetNs) return;
    found.offsetNs.push(point.offsetNs);
    found.value.push(Number.isNaN(point.value) ? null : point.value);
    found.quality.push(qualityName(point.quality));
  });
  const next = columns.map(() => 0);
  for (let taken = 0; ; taken++) {
    if (taken % rowsAtOnce === 0) yield;
    const first = oldestOf(columns, next);
    const from = columns[first];
    if (from === undefined) break;
    const row = next[first] ?? 0;
    next[first] = row + 1;
    const quality = qualityCodes[from.quality[row] ?? "reserved"];
    const offsetNs = from.offsetNs[row] ?? 0;
    series.take(first, { offsetNs, value: from.value[row] ?? Number.NaN, quality });
  }
  series.end();
  return found;
}

/** Which column has the oldest row that was not taken yet; -1 when none has one. */
function oldestOf(columns: readonly Columns[], next: readonly number[]): number {
  let first = -1;
  let firstNs = Number.POSITIVE_INFINITY;
  for (let base = 0; base < columns.length; base++) {
    const at = columns[base]?.offsetNs[next[base] ?? 0] ?? Number.POSITIVE_INFINITY;
    if (at < firstNs) [first, firstNs] = [base, at];
  }
  return first;
}

type Sum = Record<"min" | "max" | "mean" | "first" | "last", (number | null)[]> &
  Record<"count" | "errors", number[]>;

/** Stretches of equal length with what was in them, as a store gives them. */
function* bucketsOf(
  { offsetNs, value }: Columns,
  span: {
    readonly beginNs: bigint;
    readonly fromNs: bigint;
    readonly toNs: bigint;
    readonly points: number;
  },
): Pieces<BucketSeries> {
  const { beginNs, fromNs, toNs, points } = span;
  const widthNs = Math.ceil(Number(toNs - fromNs) / bucketsFor(points));
  const startNs = Number(fromNs - beginNs);
  const t: string[] = [];
  const sums: Sum = { min: [], max: [], mean: [], first: [], last: [], count: [], errors: [] };
  let bucket = -1;
  for (const [row, at] of offsetNs.entries()) {
    if (row % rowsAtOnce === 0) yield;
    const own = Math.floor((at - startNs) / widthNs);
    if (own !== bucket) {
      bucket = own;
      t.push(isoNs(fromNs + BigInt(own * widthNs)));
      for (const name of ["min", "max", "mean", "first", "last"] as const) sums[name].push(null);
      for (const name of ["count", "errors"] as const) sums[name].push(0);
    }
    addTo(sums, t.length - 1, value[row] ?? null);
  }
  return { t, ...sums, bucketNs: String(widthNs) };
}

function addTo(
  { min, max, mean, first, last, count, errors }: Sum,
  at: number,
  one: number | null,
) {
  if (one === null) {
    errors[at] = (errors[at] ?? 0) + 1;
    return;
  }
  const seen = (count[at] ?? 0) + 1;
  count[at] = seen;
  min[at] = Math.min(min[at] ?? one, one);
  max[at] = Math.max(max[at] ?? one, one);
  mean[at] = (mean[at] ?? 0) + (one - (mean[at] ?? 0)) / seen;
  first[at] ??= one;
  last[at] = one;
}
