import { statSync } from "node:fs";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import { isoNs } from "../../iso-ns.ts";
import { createBookQueries } from "../book/book-queries.ts";
import type { Reading } from "../reading.ts";
import type {
  FleetQuery,
  LatestSignal,
  RawOptions,
  SeriesQuery,
  StoreStats,
  StretchQuery,
} from "../store.ts";
import { createBucketQuery } from "./bucket-query.ts";
import { createFleetQuery } from "./fleet-query.ts";
import { packBuckets, packRaw, packSums } from "./packed.ts";
import { readRaw } from "./raw-query.ts";
import { createSeriesReader, type SeriesReader } from "./series-reader.ts";
import { openTelemetryReader } from "./telemetry-schema.ts";

interface Newest {
  readonly name: string;
  readonly unit: string;
  readonly spn: number | undefined;
  readonly sa: number | undefined;
  readonly timeNs: bigint;
  readonly value: number;
  readonly quality: number;
}

/**
 * Everything that can be asked, on a read-only handle; synchronous, so it lives in a thread of its own. One question at
 * a time: each reads from one snapshot.
 */
export function createTelemetryQueries(path: string, { cacheKiB }: { readonly cacheKiB: number }) {
  const database = openTelemetryReader(path, cacheKiB);
  const reader = createSeriesReader(database);
  const sums = createBucketQuery(database, reader);
  const readFleet = createFleetQuery(database, reader);
  const machines = database.prepare("select name from machine order by name");
  const book = createBookQueries(database);
  const totals = database.prepare(
    `select (select count(*) from hot) as hotBatches,
       (select coalesce(sum(samples), 0) from hot) as hotSamples,
       (select coalesce(sum(samples), 0) from sealed) as sealedSamples,
       (select coalesce(sum(length(block)), 0) from sealed) as blockBytes,
       (select coalesce(sum(length(minutes) + 60), 0) from rollup)
         + (select coalesce(sum(length(hours)), 0) from day) as rollupBytes,
       (select coalesce(sum(samples), 0) from stored) as samples,
       (select count(*) from poison) as poisoned`,
  );

  const inSnapshot = function* <Result>(work: () => Reading<Result>): Reading<Result> {
    database.exec("begin");
    try {
      return yield* work();
    } finally {
      database.exec("commit");
    }
  };
  const atOnce = function* <Result>(work: () => Result): Reading<Result> {
    yield;
    return work();
  };
  const stats = (): Omit<StoreStats, "lastError"> => {
    const found = totals.get() as Record<string, number>;
    const { blockBytes = 0, rollupBytes = 0, hotBatches = 0, hotSamples = 0 } = found;
    const { sealedSamples = 0, samples = 0, poisoned = 0 } = found;
    const sealedBytes = blockBytes + rollupBytes;
    const fileBytes = statSync(path).size;
    return {
      ...{ samples, poisoned, refused: 0, offset: book.offset() },
      file: { hotBatches, hotSamples, sealedSamples, sealedBytes, fileBytes },
    };
  };

  return {
    machines: () => atOnce(() => machines.all().map(({ name }) => String(name))),
    signals: (machineId: string) => inSnapshot(() => latest(reader, machineId)),
    raw: (query: SeriesQuery & RawOptions) => packRaw(inSnapshot(() => readRaw(reader, query))),
    buckets: (query: SeriesQuery & { points: number }) =>
      packBuckets(inSnapshot(() => sums.buckets(query))),
    stretches: (query: StretchQuery) => packSums(inSnapshot(() => sums.stretches(query))),
    fleetHours: (query: FleetQuery) => inSnapshot(() => readFleet(query)),
    storedSamples: (machineId: string) =>
      inSnapshot(() => atOnce(() => book.storedSamples(machineId))),
    offset: () => atOnce(book.offset),
    aside: () => atOnce(book.aside),
    stats: () => atOnce(stats),
    close: () => database.close(),
  };
}

/** The newest sample of each name and source address; of equal times the last to arrive. */
function* latest(reader: SeriesReader, machineId: string): Reading<LatestSignal[]> {
  const machine = reader.machineId(machineId);
  if (machine === undefined) return [];
  const newest = new Map<string, Newest>();
  const offer = (one: Newest) => {
    const key = `${one.name}@${one.sa ?? ""}`;
    const known = newest.get(key);
    if (!known || one.timeNs >= known.timeNs) newest.set(key, one);
  };
  for (const row of reader.seriesOf(machine))
    offer({
      name: row.name,
      unit: row.unit,
      spn: row.spn === null ? undefined : Number(row.spn),
      sa: row.sa === null ? undefined : Number(row.sa),
      timeNs: row.last_ns,
      value: row.last_value ?? Number.NaN,
      quality: Number(row.last_quality),
    });
  for (const { signal, piece } of yield* reader.hotOf(machine)) {
    const { offsetNs, value, quality } = piece.columns;
    const end = offsetNs.length - 1;
    const { name, unit, spn, sa } = signal;
    const timeNs = piece.baseNs + BigInt(offsetNs[end] ?? 0);
    offer({ name, unit, spn, sa, timeNs, value: value[end] ?? 0, quality: quality[end] ?? 0 });
  }
  return [...newest.values()].sort(byNameAndAddress).map(toLatest);
}

const byNameAndAddress = (one: Newest, other: Newest): number =>
  one.name < other.name ? -1 : one.name > other.name ? 1 : (one.sa ?? -1) - (other.sa ?? -1);

const toLatest = ({ name, unit, spn, sa, timeNs, value, quality }: Newest): LatestSignal => ({
  name,
  unit,
  ...(spn === undefined ? {} : { spn }),
  ...(sa === undefined ? {} : { sa }),
  value: quality === Quality.good ? value : null,
  quality: qualityName(quality),
  t: isoNs(timeNs),
});
