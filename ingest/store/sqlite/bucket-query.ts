import type { DatabaseSync } from "node:sqlite";
import { floorDivide } from "../book/book.ts";
import { bucketWidth, hourNs, minuteNs } from "../bucket-width.ts";
import { type Buckets, bucketFrom, bucketSeriesOf, sumsOf, toRollup } from "../buckets.ts";
import { edgeGrid, evenGrid, type Grid, holds } from "../grid.ts";
import { higher, lower, type Span, spanOf } from "../raw-page.ts";
import type { Reading } from "../reading.ts";
import type { BucketSeries, SeriesQuery, StretchQuery, Sums } from "../store.ts";
import { createMadeExtents } from "./made-extents.ts";
import { firstFrom } from "./raw-query.ts";
import {
  addRollup,
  addSample,
  decodeMinutes,
  emptyRollup,
  type HourOfMinutes,
  type Rollup,
} from "./rollup.ts";
import type { Piece, SeriesReader, SeriesRow } from "./series-reader.ts";

/** Reads hours, minutes or samples, whichever is coarsest and still finer than a bucket; hot samples always singly. */
export function createBucketQuery(database: DatabaseSync, reader: SeriesReader) {
  const statement = (sql: string) => {
    const made = database.prepare(sql);
    made.setReadBigInts(true);
    return made;
  };
  const hours = statement(
    "select * from rollup where series = ? and hour >= ? and hour <= ? order by hour",
  );
  const extent = statement(
    "select min(t_min) as low, max(t_max) as high from sealed where series = ?",
  );
  const madeExtent = createMadeExtents(database);

  const addHours = function* (
    into: Buckets,
    one: SeriesRow,
    span: Span,
    grid: Grid,
  ): Reading<void> {
    const first = floorDivide(span.fromNs, hourNs);
    const last = floorDivide(span.toNs - 1n, hourNs);
    for (const row of hours.iterate(one.id, first, last)) {
      yield;
      const startNs = (row.hour as bigint) * hourNs;
      const bytes = row.minutes as Uint8Array;
      // A made hour has no minutes: it counts where it begins, and not where an edge of the question cuts it.
      if (bytes.length === 0 && startNs < span.fromNs) continue;
      if (bytes.length === 0 || holds(grid, { fromNs: startNs, toNs: startNs + hourNs })) {
        addHour(into, grid, startNs, toRollup(row));
        continue;
      }
      const minutes = decodeMinutes(bytes, one);
      addMinutesOf(startNs, minutes, { into, span, grid });
    }
  };

  const find = function* (
    machine: bigint,
    signal: string,
  ): Reading<{ series: SeriesRow[]; hot: Piece[] }> {
    const hot = yield* reader.hotOf(machine);
    return {
      series: reader.seriesOf(machine, signal),
      hot: hot.filter((one) => one.signal.name === signal).map(({ piece }) => piece),
    };
  };

  return {
    *buckets(query: SeriesQuery & { readonly points: number }): Reading<BucketSeries> {
      const machine = reader.machineId(query.machineId);
      if (machine === undefined) return yield* bucketSeriesOf(new Map(), 1n);
      const { series, hot } = yield* find(machine, query.signal);
      const extents = [
        ...series.flatMap(({ id }) => [extent.get(id), madeExtent(id)]),
        ...hot.map(extentOf),
      ];
      const span = clip(spanOf(query), extents as { low: bigint | null; high: bigint | null }[]);
      if (!span) return yield* bucketSeriesOf(new Map(), 1n);
      const bucketNs = bucketWidth(span, query.points);
      const grid = evenGrid(bucketNs);
      const buckets: Buckets = new Map();
      if (bucketNs % minuteNs === 0n)
        for (const one of series) yield* addHours(buckets, one, span, grid);
      else {
        const byId = new Map(series.map((one) => [one.id, one]));
        for (const row of reader.sealedIn(series, span)) {
          yield;
          const owner = byId.get(row.series);
          if (owner) addPiece(buckets, reader.load(row, owner), span, grid);
        }
      }
      for (const piece of hot) addPiece(buckets, piece, span, grid);
      return yield* bucketSeriesOf(buckets, bucketNs);
    },

    /** Whole hours where a stretch holds them, minutes of those that an edge cuts. */
    *stretches({ machineId, signal, edgesNs }: StretchQuery): Reading<Sums> {
      const machine = reader.machineId(machineId);
      const grid = edgeGrid(edgesNs);
      const { fromNs } = grid.stretches[0] ?? {};
      const { toNs } = grid.stretches.at(-1) ?? {};
      const sums: Buckets = new Map();
      if (machine === undefined || fromNs === undefined || toNs === undefined)
        return yield* sumsOf(sums);
      const { series, hot } = yield* find(machine, signal);
      for (const one of series) yield* addHours(sums, one, { fromNs, toNs }, grid);
      for (const piece of hot) addPiece(sums, piece, { fromNs, toNs }, grid);
      return yield* sumsOf(sums);
    },
  };
}

/** The asked span, no wider than what there is. */
function clip(span: Span, extents: readonly { low: bigint | null; high: bigint | null }[]) {
  const lows = extents.map(({ low }) => low).filter((time) => time !== null);
  const highs = extents.map(({ high }) => high).filter((time) => time !== null);
  if (lows.length === 0) return undefined;
  const low = lows.reduce(lower);
  const high = highs.reduce(higher);
  const fromNs = higher(span.fromNs, low);
  const toNs = lower(span.toNs, high + 1n);
  return fromNs < toNs ? { fromNs, toNs } : undefined;
}

function addHour(into: Buckets, grid: Grid, startNs: bigint, hour: Rollup): void {
  const stretch = grid.stretchAt(startNs);
  if (stretch) addFrom(bucketFrom(into, stretch.fromNs), hour, Number(startNs - stretch.fromNs));
}

/** Of the hour that begins at `startNs`, what is in the span; times count from there, which needs no big numbers. */
function addMinutesOf(
  startNs: bigint,
  minutes: HourOfMinutes,
  { into, span, grid }: { readonly into: Buckets; readonly span: Span; readonly grid: Grid },
): void {
  const low = Number(span.fromNs - startNs);
  const high = Number(span.toNs - startNs);
  const length = Number(minuteNs);
  let [from, to] = [0, 0];
  let bucket = emptyRollup();
  for (const [minute, rollup] of minutes) {
    const at = minute * length;
    if (at + length <= low || at >= high) continue;
    if (at < from || at >= to) {
      const stretch = grid.stretchAt(startNs + BigInt(at));
      if (!stretch) continue;
      [from, to] = [Number(stretch.fromNs - startNs), Number(stretch.toNs - startNs)];
      bucket = bucketFrom(into, stretch.fromNs);
    }
    addFrom(bucket, rollup, -from);
  }
}

/** `shiftNs`: from the start of the bucket to where the times of `later`, which is the caller's, count from. */
function addFrom(bucket: Rollup, later: Rollup, shiftNs: number): void {
  later.firstNs += shiftNs;
  later.lastNs += shiftNs;
  addRollup(bucket, later);
}

function addPiece(into: Buckets, { baseNs, columns }: Piece, span: Span, grid: Grid): void {
  const low = Number(span.fromNs - baseNs);
  const high = Number(span.toNs - baseNs);
  let [from, to] = [0, 0];
  let bucket = emptyRollup();
  for (let row = firstFrom(columns.offsetNs, low); row < columns.offsetNs.length; row++) {
    const time = columns.offsetNs[row] ?? high;
    if (time >= high) return;
    if (time < from || time >= to) {
      const stretch = grid.stretchAt(baseNs + BigInt(time));
      if (!stretch) continue;
      [from, to] = [Number(stretch.fromNs - baseNs), Number(stretch.toNs - baseNs)];
      bucket = bucketFrom(into, stretch.fromNs);
    }
    addSample(bucket, columns.value[row] ?? Number.NaN, columns.quality[row] ?? 0, time - from);
  }
}

function extentOf({ baseNs, columns }: Piece) {
  const last = columns.offsetNs.at(-1) ?? 0;
  return { low: baseNs + BigInt(columns.offsetNs[0] ?? 0), high: baseNs + BigInt(last) };
}
