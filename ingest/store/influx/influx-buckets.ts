import { hourOf } from "../book/book.ts";
import { bucketWidth, hourNs } from "../bucket-width.ts";
import { type Buckets, bucketFrom, toBucketSeries, toRollup, toSums } from "../buckets.ts";
import { checkEdges, edgeGrid, evenGrid, type Grid } from "../grid.ts";
import { higher, lower, type Span, spanOf } from "../raw-page.ts";
import { addRollup } from "../sqlite/rollup.ts";
import type { BucketSeries, SeriesQuery, StretchQuery, Sums } from "../store.ts";
import type { DueHours } from "./hour-book.ts";
import type { InfluxTable } from "./influx-client.ts";
import { ofMachine } from "./influx-lookups.ts";
import { parseTime, within } from "./influx-times.ts";
import { hourMeasurement, literal, measurement, toTag } from "./line-protocol.ts";

export type Ask = (text: string) => Promise<readonly InfluxTable[]>;
/** Refuses with QUERY_CANCELLED once nobody waits any more. */
export interface Asker {
  readonly one: Ask;
  /** The answer to each of several statements. */
  readonly each: (texts: readonly string[]) => Promise<readonly (readonly InfluxTable[])[]>;
}

/** More pieces than this are not worth more than reading all samples at once. */
const maxPieces = 20;
/** In one request. */
const maxStatements = 20;

export const conditions = ({
  machineId,
  signal,
}: Pick<SeriesQuery, "machineId" | "signal">): string =>
  `${ofMachine(machineId)} and signal = ${literal(toTag(signal))}`;

interface Asked {
  /** Condition of InfluxQL without times. */
  readonly where: string;
  readonly span: Span;
  readonly grid: Grid;
}

/** From the sums of hours where a bucket is whole hours and they are up to date, else from the samples. */
export function createBucketReader(dueHours: DueHours) {
  return async (
    ask: Ask,
    query: SeriesQuery & { readonly points: number },
  ): Promise<BucketSeries> => {
    const where = conditions(query);
    const buckets: Buckets = new Map();
    const span = await clip(ask, where, spanOf(query));
    if (!span) return toBucketSeries(buckets, 1n);
    const bucketNs = bucketWidth(span, query.points);
    const grid = evenGrid(bucketNs);
    const first = hourOf(span.fromNs);
    const end = hourOf(span.toNs - 1n) + 1;
    const isHours = bucketNs % hourNs === 0n;
    const due = isHours ? dueHours(query.machineId, first, end) : [];
    const pieces = toPieces(due);
    if (!isHours || pieces.length > maxPieces) {
      await addSamples(ask, buckets, { where, span, grid }, bucketNs);
      return toBucketSeries(buckets, bucketNs);
    }
    const whole = { where, span: ofHours(first, end), grid };
    await addHours(ask, buckets, { ...whole, singly: new Set(due) });
    for (const piece of pieces)
      await addSamples(ask, buckets, { where, span: piece, grid }, bucketNs);
    return toBucketSeries(buckets, bucketNs);
  };
}

/** From the sums of hours; hours that an edge cuts, and those whose sums are not up to date, from the samples. */
export function createStretchReader(dueHours: DueHours) {
  return async (ask: Asker, query: StretchQuery): Promise<Sums> => {
    checkEdges(query);
    const grid = edgeGrid(query.edgesNs);
    const sums: Buckets = new Map();
    const where = conditions(query);
    const fromNs = grid.stretches[0]?.fromNs;
    const toNs = grid.stretches.at(-1)?.toNs;
    if (fromNs === undefined || toNs === undefined) return toSums(sums);
    const span = await clip(ask.one, where, { fromNs, toNs });
    if (!span) return toSums(sums);
    const [first, end] = [hourOf(span.fromNs), hourOf(span.toNs - 1n) + 1];
    const due = dueHours(query.machineId, first, end);
    let pieces = grid.stretches.filter((one) => overlaps(one, span));
    if (toPieces(due).length <= maxPieces) {
      const cut = pieces.flatMap((one) => [one.fromNs, one.toNs]).filter(isWithinHour);
      const singly = new Set([...due, ...cut.map(hourOf)]);
      await addHours(ask.one, sums, { where, span: ofHours(first, end), grid, singly });
      const hours = toPieces([...singly].sort((one, other) => one - other));
      pieces = hours
        .filter((one) => overlaps(one, span))
        .flatMap((one) => partsOf(one, span, grid));
    }
    for (let at = 0; at < pieces.length; at += maxStatements) {
      const some = pieces.slice(at, at + maxStatements);
      const answers = await ask.each(some.map((one) => `${sumsOf} where ${where}${within(one)}`));
      for (const [index, [table]] of answers.entries()) {
        const atNs = some[index]?.fromNs;
        const [, ...row] = table?.values[0] ?? [];
        if (atNs !== undefined) add(sums, grid, { atNs, sums: row });
      }
    }
    return toSums(sums);
  };
}

const isWithinHour = (timeNs: bigint): boolean => timeNs % hourNs !== 0n;

const overlaps = (one: Span, other: Span): boolean =>
  one.fromNs < other.toNs && other.fromNs < one.toNs;

/** A piece, no earlier than the span, cut at the edges of its stretches. */
function partsOf(piece: Span, { fromNs }: Span, grid: Grid): Span[] {
  const parts: Span[] = [];
  let atNs = higher(piece.fromNs, fromNs);
  let stretch = grid.stretchAt(atNs);
  while (stretch && atNs < piece.toNs) {
    parts.push({ fromNs: atNs, toNs: lower(stretch.toNs, piece.toNs) });
    atNs = stretch.toNs;
    stretch = grid.stretchAt(atNs);
  }
  return parts;
}

const sumsOf = `select count(value), count(quality), min(value), max(value), sum(value), first(value), last(value) from ${measurement}`;

async function addSamples(
  ask: Ask,
  into: Buckets,
  { where, span, grid }: Asked,
  bucketNs: bigint,
): Promise<void> {
  const [table] = await ask(
    `${sumsOf} where ${where}${within(span)} group by time(${bucketNs}ns) fill(none)`,
  );
  for (const [time, ...sums] of table?.values ?? [])
    add(into, grid, { atNs: higher(parseTime(String(time)), span.fromNs), sums });
}

/** `singly`: hours that are read from the samples. */
async function addHours(
  ask: Ask,
  into: Buckets,
  { where, span, grid, singly }: Asked & { readonly singly: ReadonlySet<number> },
): Promise<void> {
  const [table] = await ask(
    `select count, errors, min, max, sum, first, last from ${hourMeasurement} where ${where}${within(span)}`,
  );
  for (const [time, ...sums] of table?.values ?? []) {
    const atNs = parseTime(String(time));
    if (!singly.has(hourOf(atNs))) add(into, grid, { atNs, sums });
  }
}

/** `atNs` says which of several parts of a bucket has its first and last value; they do not overlap. */
function add(
  into: Buckets,
  grid: Grid,
  { atNs, sums }: { readonly atNs: bigint; readonly sums: readonly unknown[] },
): void {
  const [count, errors, min, max, sum, first, last] = sums;
  const stretch = grid.stretchAt(atNs);
  if (!stretch || Number(count ?? 0) + Number(errors ?? 0) === 0) return;
  const sinceNs = Number(atNs - stretch.fromNs);
  const times = { first_ns: sinceNs, last_ns: sinceNs };
  const good = Number(count) > 0 ? { min, max, first, last } : noneGood;
  addRollup(bucketFrom(into, stretch.fromNs), toRollup({ count, errors, sum, ...good, ...times }));
}

const noneGood = { min: null, max: null, first: null, last: null };

const ofHours = (from: number, end: number): Span => ({
  fromNs: BigInt(from) * hourNs,
  toNs: BigInt(end) * hourNs,
});

/** Ascending hours as spans. */
function toPieces(hours: readonly number[]): Span[] {
  const pieces: [number, number][] = [];
  for (const hour of hours) {
    const last = pieces.at(-1);
    if (last && last[1] === hour) last[1]++;
    else pieces.push([hour, hour + 1]);
  }
  return pieces.map(([from, end]) => ofHours(from, end));
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
