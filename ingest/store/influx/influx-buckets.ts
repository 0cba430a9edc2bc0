import { floorDivide, hourOf } from "../book/book.ts";
import { bucketWidth, hourNs } from "../bucket-width.ts";
import { type Buckets, bucketAt, toBucketSeries, toRollup } from "../buckets.ts";
import { higher, lower, type Span, spanOf } from "../raw-page.ts";
import { addRollup } from "../sqlite/rollup.ts";
import type { BucketSeries, SeriesQuery } from "../store.ts";
import type { DueHours } from "./hour-book.ts";
import type { InfluxTable } from "./influx-client.ts";
import { ofMachine } from "./influx-lookups.ts";
import { parseTime, within } from "./influx-times.ts";
import { hourMeasurement, literal, measurement, toTag } from "./line-protocol.ts";

export type Ask = (text: string) => Promise<readonly InfluxTable[]>;

/** More pieces than this are not worth more than reading all samples at once. */
const maxPieces = 20;

export const conditions = ({ machineId, signal }: SeriesQuery): string =>
  `${ofMachine(machineId)} and signal = ${literal(toTag(signal))}`;

interface Asked {
  /** Condition of InfluxQL without times. */
  readonly where: string;
  readonly span: Span;
  readonly bucketNs: bigint;
}

/** From the sums of hours where a bucket is whole hours and they are up to date, else from the samples. */
export function createBucketReader(ask: Ask, dueHours: DueHours) {
  return async (query: SeriesQuery & { readonly points: number }): Promise<BucketSeries> => {
    const where = conditions(query);
    const buckets: Buckets = new Map();
    const span = await clip(ask, where, spanOf(query));
    if (!span) return toBucketSeries(buckets, 1n);
    const bucketNs = bucketWidth(span, query.points);
    const first = hourOf(span.fromNs);
    const end = hourOf(span.toNs - 1n) + 1;
    const isHours = bucketNs % hourNs === 0n;
    const due = isHours ? dueHours(query.machineId, first, end) : [];
    const pieces = toPieces(due);
    if (!isHours || pieces.length > maxPieces) {
      await addSamples(ask, buckets, { where, span, bucketNs });
      return toBucketSeries(buckets, bucketNs);
    }
    const whole = { where, span: ofHours(first, end), bucketNs };
    await addHours(ask, buckets, { ...whole, due: new Set(due) });
    for (const [from, to] of pieces)
      await addSamples(ask, buckets, { where, span: ofHours(from, to), bucketNs });
    return toBucketSeries(buckets, bucketNs);
  };
}

async function addSamples(ask: Ask, into: Buckets, { where, span, bucketNs }: Asked) {
  const [table] = await ask(
    `select count(value), count(quality), min(value), max(value), sum(value), first(value), last(value) from ${measurement} where ${where}${within(span)} group by time(${bucketNs}ns) fill(none)`,
  );
  for (const [time, ...sums] of table?.values ?? [])
    add(into, bucketNs, { atNs: higher(parseTime(String(time)), span.fromNs), sums });
}

async function addHours(
  ask: Ask,
  into: Buckets,
  { where, span, bucketNs, due }: Asked & { readonly due: ReadonlySet<number> },
) {
  const [table] = await ask(
    `select count, errors, min, max, sum, first, last from ${hourMeasurement} where ${where}${within(span)}`,
  );
  for (const [time, ...sums] of table?.values ?? []) {
    const atNs = parseTime(String(time));
    if (!due.has(hourOf(atNs))) add(into, bucketNs, { atNs, sums });
  }
}

/** `atNs` says which of several parts of a bucket has its first and last value; they do not overlap. */
function add(
  into: Buckets,
  bucketNs: bigint,
  { atNs, sums }: { readonly atNs: bigint; readonly sums: readonly unknown[] },
): void {
  const [count, errors, min, max, sum, first, last] = sums;
  if (Number(count) + Number(errors) === 0) return;
  const sinceNs = Number(atNs - floorDivide(atNs, bucketNs) * bucketNs);
  const times = { first_ns: sinceNs, last_ns: sinceNs };
  const good = Number(count) > 0 ? { min, max, first, last } : noneGood;
  addRollup(bucketAt(into, atNs, bucketNs), toRollup({ count, errors, sum, ...good, ...times }));
}

const noneGood = { min: null, max: null, first: null, last: null };

const ofHours = (from: number, end: number): Span => ({
  fromNs: BigInt(from) * hourNs,
  toNs: BigInt(end) * hourNs,
});

/** Ascending hours as stretches, their end exclusive. */
function toPieces(hours: readonly number[]): [from: number, end: number][] {
  const pieces: [number, number][] = [];
  for (const hour of hours) {
    const last = pieces.at(-1);
    if (last && last[1] === hour) last[1]++;
    else pieces.push([hour, hour + 1]);
  }
  return pieces;
}

/** The asked span, no wider than what there is. */
async function clip(ask: Ask, where: string, span: Span): Promise<Span | undefined> {
  const end = async (order: "asc" | "desc") => {
    const [table] = await ask(
      `select value, quality from ${measurement} where ${where}${within(span)} order by time ${order} limit 1`,
    );
    const time = table?.values[0]?.[0];
    return time === undefined ? undefined : parseTime(String(time));
  };
  const first = await end("asc");
  const last = await end("desc");
  if (first === undefined || last === undefined) return undefined;
  return { fromNs: higher(span.fromNs, first), toNs: lower(span.toNs, last + 1n) };
}
