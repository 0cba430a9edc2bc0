import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Journal } from "../../journal/journal.ts";
import type { StoreStats, TelemetryStore } from "../store.ts";
import { callWorker } from "./rpc.ts";
import type { WriteWorkerData } from "./write-worker.ts";

export interface SqliteStoreOptions {
  readonly path: string;
  readonly journal: Journal;
  readonly log: Logger;
  /** A machine with so many samples not yet sealed is sealed at once. Default 20,000. */
  readonly sealSamples?: number;
  /** Nothing waits longer than this to be sealed. Default one hour. */
  readonly sealAfterMs?: number;
  /** Older samples are dropped; default null: nothing is. */
  readonly retainDays?: number | null;
}

/** The embedded store: a consumer of the journal with its own reader, in one thread for writing and one for questions. */
export interface SqliteStore extends TelemetryStore {
  /** As of the last commit that was told; exact enough for trimming and lag. */
  readonly committed: number;
  /** Resolves when everything on disk at the call is stored. */
  caughtUp(): Promise<void>;
  /** Seals everything now. For maintenance and measurement. */
  sealAll(): Promise<void>;
}

/** @throws CodedError STORE_OPEN when the file cannot be opened; the cause says why. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, journal, log } = options;
  const writer = start("./write-worker.ts", {
    path,
    journalFolder: journal.folder,
    synced: journal.synced,
    sealSamples: options.sealSamples ?? 20_000,
    sealAfterMs: options.sealAfterMs ?? 3_600_000,
    retainDays: options.retainDays ?? null,
    logLevel: log.level,
  } satisfies WriteWorkerData);
  let committed = (await ready(writer)).offset ?? 0;
  const reader = start("./query-worker.ts", { path });
  await ready(reader);

  writer.on("message", (message: { offset?: number }) => {
    if (message.offset !== undefined) committed = message.offset;
  });
  const fail = (err: unknown) => log.fatal({ err }, "a thread of the telemetry store ended");
  writer.on("error", fail);
  reader.on("error", fail);
  const write = callWorker(writer);
  const read = callWorker(reader);
  const stopTelling = journal.onSynced(() => writer.postMessage({ synced: journal.synced }));
  const leave = journal.addConsumer("store", () => committed);

  return {
    get committed() {
      return committed;
    },
    machines: () => read("machines"),
    signals: (machineId) => read("signals", machineId),
    raw: (query) => read("raw", query),
    buckets: (query) => read("buckets", query),
    storedSamples: (machineId) => read("storedSamples", machineId),
    offset: () => read("offset"),
    async stats() {
      const [stats, lastError] = await Promise.all([
        read<Omit<StoreStats, "lastError">>("stats"),
        write<StoreStats["lastError"]>("lastError"),
      ]);
      return { ...stats, lastError };
    },
    caughtUp: () => write("caughtUp", journal.synced),
    sealAll: () => write("sealAll"),
    async close() {
      stopTelling();
      await Promise.all([close(writer, write), close(reader, read)]);
      leave();
    },
  };
}

function start(file: string, workerData: unknown): Worker {
  // Flags of the main thread (test runners, loaders) are not the worker's.
  const resourceLimits = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 512 };
  return new Worker(new URL(file, import.meta.url), { workerData, execArgv: [], resourceLimits });
}

async function ready(worker: Worker): Promise<{ offset?: number }> {
  try {
    const [message] = (await once(worker, "message")) as [{ offset?: number }];
    return message;
  } catch (error) {
    throw notOpened(error);
  }
}

const notOpened = (cause: unknown) =>
  new CodedError("STORE_OPEN", "the telemetry store cannot be opened", { cause });

async function close(worker: Worker, call: (method: string) => Promise<unknown>): Promise<void> {
  const ended = once(worker, "exit");
  await call("close").catch(() => undefined);
  await ended;
}
