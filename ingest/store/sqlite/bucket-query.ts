import type { DatabaseSync } from "node:sqlite";
import { floorDivide } from "../book/book.ts";
import { bucketWidth, hourNs, minuteNs } from "../bucket-width.ts";
import { type Buckets, bucketFrom, toBucketSeries, toRollup, toSums } from "../buckets.ts";
import { edgeGrid, evenGrid, type Grid, holds } from "../grid.ts";
import { higher, lower, type Span, spanOf } from "../raw-page.ts";
import type { BucketSeries, SeriesQuery, StretchQuery, Sums } from "../store.ts";
import { addRollup, addSample, decodeMinutes, emptyRollup, type Rollup } from "./rollup.ts";
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

  const addHours = (into: Buckets, one: SeriesRow, span: Span, grid: Grid) => {
    const first = floorDivide(span.fromNs, hourNs);
    const last = floorDivide(span.toNs - 1n, hourNs);
    for (const row of hours.iterate(one.id, first, last)) {
      const startNs = (row.hour as bigint) * hourNs;
      if (holds(grid, { fromNs: startNs, toNs: startNs + hourNs })) {
        addShifted(into, grid, startNs, { rollup: toRollup(row), intoNs: 0 });
        continue;
      }
      for (const [minute, rollup] of decodeMinutes(row.minutes as Uint8Array, one)) {
        const atNs = startNs + BigInt(minute) * minuteNs;
        if (atNs + minuteNs > span.fromNs && atNs < span.toNs)
          addShifted(into, grid, atNs, { rollup, intoNs: minute * Number(minuteNs) });
      }
    }
  };

  const find = (machine: bigint, signal: string) => ({
    series: reader.seriesOf(machine, signal),
    hot: reader
      .hotOf(machine)
      .filter((one) => one.signal.name === signal)
      .map(({ piece }) => piece),
  });

  return {
    buckets(query: SeriesQuery & { readonly points: number }, check: () => void): BucketSeries {
      const machine = reader.machineId(query.machineId);
      if (machine === undefined) return toBucketSeries(new Map(), 1n);
      const { series, hot } = find(machine, query.signal);
      const extents = [...series.map(({ id }) => extent.get(id)), ...hot.map(extentOf)];
      const span = clip(spanOf(query), extents as { low: bigint | null; high: bigint | null }[]);
      if (!span) return toBucketSeries(new Map(), 1n);
      const bucketNs = bucketWidth(span, query.points);
      const grid = evenGrid(bucketNs);
      const buckets: Buckets = new Map();
      if (bucketNs % minuteNs === 0n) for (const one of series) addHours(buckets, one, span, grid);
      else {
        const byId = new Map(series.map((one) => [one.id, one]));
        for (const row of reader.sealedIn(series, span)) {
          check();
          const owner = byId.get(row.series);
          if (owner) addPiece(buckets, reader.load(row, owner), span, grid);
        }
      }
      for (const piece of hot) addPiece(buckets, piece, span, grid);
      return toBucketSeries(buckets, bucketNs);
    },

    /** Whole hours where a stretch holds them, minutes of those that an edge cuts. */
    stretches({ machineId, signal, edgesNs }: StretchQuery, check: () => void): Sums {
      const machine = reader.machineId(machineId);
      const grid = edgeGrid(edgesNs);
      const { fromNs } = grid.stretches[0] ?? {};
      const { toNs } = grid.stretches.at(-1) ?? {};
      const sums: Buckets = new Map();
      if (machine === undefined || fromNs === undefined || toNs === undefined) return toSums(sums);
      const { series, hot } = find(machine, signal);
      for (const one of series) {
        check();
        addHours(sums, one, { fromNs, toNs }, grid);
      }
      for (const piece of hot) addPiece(sums, piece, { fromNs, toNs }, grid);
      return toSums(sums);
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

/** `intoNs`: how far behind the point that the rollup's own times count from `atNs` is. */
function addShifted(
  into: Buckets,
  grid: Grid,
  atNs: bigint,
  { rollup, intoNs }: { readonly rollup: Rollup; readonly intoNs: number },
): void {
  const stretch = grid.stretchAt(atNs);
  if (!stretch) return;
  const shift = Number(atNs - stretch.fromNs) - intoNs;
  const { firstNs, lastNs } = rollup;
  const times = { firstNs: firstNs + shift, lastNs: lastNs + shift };
  addRollup(bucketFrom(into, stretch.fromNs), { ...rollup, ...times });
}

function addPiece(into: Buckets, { baseNs, columns }: Piece, span: Span, grid: Grid): void {
  const low = Number(span.fromNs - baseNs);
  const high = Number(span.toNs - baseNs);
  let [from, to] = [0, 0];
  let bucket = emptyRollup();
  for (let row = 0; row < columns.offsetNs.length; row++) {
    const time = columns.offsetNs[row] ?? 0;
    if (time < low || time >= high) continue;
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
