import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Outage } from "../influx/deliver.ts";
import { influxStatePath, type TelemetryAccess } from "../open-store.ts";
import { describeTarget } from "../telemetry-url.ts";
import { openInfluxSink } from "./influx-sink.ts";
import { openInfluxSource } from "./influx-source.ts";
import type { MigrationSink, MigrationSource } from "./migration-source.ts";
import { openSqliteSink } from "./sqlite-sink.ts";
import { openSqliteSource } from "./sqlite-source.ts";

/** What is read and written as one step; also what is done again after an interruption. */
const stepNs = 6n * 3_600_000_000_000n;

export interface MigrationOptions {
  readonly from: TelemetryAccess;
  readonly to: TelemetryAccess;
  /** Of the hub that uses them, which must not run: what it keeps about an InfluxDB is in there. */
  readonly dataFolder: string;
  readonly onProgress: (progress: MigrationProgress) => void;
  /** The database to be filled is away; it is waited for. */
  readonly onOutage: (outage: Outage) => void;
  /** Ends between two steps; the same call goes on from there. */
  readonly signal: AbortSignal;
}

export interface MigrationProgress {
  readonly samples: number;
  readonly total: number;
}

/**
 * Copies all telemetry and what belongs to it into an empty store, from where it was interrupted. Resolves to the number
 * of samples. @throws CodedError MIGRATION_INTERRUPTED, MIGRATION_NO_SOURCE, MIGRATION_SOURCE_CHANGED, STORE_NOT_EMPTY and
 * those of the stores
 */
export async function migrateStore(options: MigrationOptions): Promise<number> {
  if (bookOf(options, "from") === bookOf(options, "to")) throw sameStore();
  const source = openSource(options);
  try {
    const sink = await openSink(options, source);
    try {
      return await copy(source, sink, options);
    } finally {
      sink.close();
    }
  } catch (error) {
    // Waiting for a server ends so.
    throw errorCode(error) === "STORE_STOPPED" ? interrupted() : error;
  } finally {
    source.close();
  }
}

/** The file in which the hub keeps what belongs to a store. */
function bookOf(options: MigrationOptions, end: "from" | "to"): string {
  const { target } = options[end];
  return target.kind === "sqlite"
    ? resolve(target.path)
    : influxStatePath(options.dataFolder, target);
}

const sameStore = () =>
  new CodedError(
    "BAD_CONFIGURATION",
    "--from and --to are the same store to this hub; a database on another server needs another name",
  );

async function copy(
  source: MigrationSource,
  sink: MigrationSink,
  { onProgress, signal }: MigrationOptions,
): Promise<number> {
  const list = await source.series();
  const total = list.reduce((sum, { samples }) => sum + samples, 0);
  let samples = 0;
  for (const series of list) {
    const before = sink.through(series);
    samples += before?.samples ?? 0;
    for (let atNs = before?.atNs ?? -(2n ** 63n); ; ) {
      if (signal.aborted) throw interrupted();
      const fromNs = await source.nextNs(series, atNs);
      if (fromNs === undefined) break;
      const toNs = fromNs + stepNs;
      const rows = await source.read(series, { fromNs, toNs });
      await sink.take(series, rows, toNs);
      samples += rows.length;
      atNs = toNs;
      onProgress({ samples, total });
    }
  }
  sink.finish(source.database, source.offset);
  return samples;
}

const interrupted = () =>
  new CodedError("MIGRATION_INTERRUPTED", "interrupted; the same command goes on from here");

function openSource(options: MigrationOptions): MigrationSource {
  const { target, secret } = options.from;
  const book = bookOf(options, "from");
  if (!existsSync(book)) throw noSource(book);
  if (target.kind === "sqlite") return openSqliteSource(target.path);
  return openInfluxSource({ target, secret }, book);
}

const noSource = (book: string) =>
  new CodedError(
    "MIGRATION_NO_SOURCE",
    `${book} is not there: name the hub's data folder with --data, and with --from where its telemetry is`,
  );

async function openSink(options: MigrationOptions, from: MigrationSource): Promise<MigrationSink> {
  const { target, secret } = options.to;
  const source = `${describeTarget(options.from.target)} at ${from.offset}`;
  if (target.kind === "sqlite") return openSqliteSink(target.path, source);
  const { onOutage, signal } = options;
  const statePath = influxStatePath(options.dataFolder, target);
  return openInfluxSink({ access: { target, secret }, statePath, source, onOutage, signal });
}
