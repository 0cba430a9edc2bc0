import type { Logger } from "@firebreak/kit/logger.ts";
import type { Journal } from "../../journal/journal.ts";
import { followJournal } from "../follow-journal.ts";
import { checkEdges } from "../grid.ts";
import { nothingRefused } from "../refused.ts";
import type { FollowingStore, StoreFault, StoreStats } from "../store.ts";
import { startStoreThread } from "../store-thread.ts";
import {
  type PackedBuckets,
  type PackedRaw,
  type PackedSums,
  unpackBuckets,
  unpackRaw,
  unpackSums,
} from "./packed.ts";
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
  /** Files of other stores of the hub, to learn dictionaries from at the first start. */
  readonly otherBooks?: readonly string[];
}

/** The embedded store: a consumer of the journal with its own reader, in one thread for writing and one for questions. */
export interface SqliteStore extends FollowingStore {
  /** Seals everything now. For maintenance and measurement. */
  sealAll(): Promise<void>;
}

/** @throws CodedError STORE_OPEN when the file cannot be opened; the cause says why. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const { path, journal, log } = options;
  const data: WriteWorkerData = {
    path,
    journalFolder: journal.folder,
    synced: journal.synced,
    sealSamples: options.sealSamples ?? 20_000,
    sealAfterMs: options.sealAfterMs ?? 3_600_000,
    retainDays: options.retainDays ?? null,
    otherBooks: options.otherBooks ?? [],
    logLevel: log.level,
  };
  const writer = await startStoreThread(new URL("./write-worker.ts", import.meta.url), data, log);
  const query = new URL("./query-worker.ts", import.meta.url);
  const reader = await startStoreThread(query, { path }, log);
  const follower = followJournal(journal, writer);
  const { call: write } = writer;
  const { call: read, ask } = reader;
  const lastError = () => write<StoreFault | null>("lastError");
  return {
    get committed() {
      return follower.committed;
    },
    delay: follower.delay,
    get isRunning() {
      return writer.isRunning && reader.isRunning;
    },
    machines: () => read("machines"),
    signals: (machineId) => read("signals", machineId),
    raw: async (query, asking) => unpackRaw(await ask<PackedRaw>("raw", query, asking)),
    buckets: async (query, asking) =>
      unpackBuckets(await ask<PackedBuckets>("buckets", query, asking)),
    async stretches(query, asking) {
      checkEdges(query);
      return unpackSums(await ask<PackedSums>("stretches", query, asking));
    },
    fleetHours: (query, asking) => ask("fleetHours", query, asking),
    storedSamples: (machineId) => read("storedSamples", machineId),
    aside: () => read("aside"),
    offset: () => read("offset"),
    async stats() {
      const [stats, fault] = await Promise.all([
        read<Omit<StoreStats, "lastError">>("stats"),
        lastError(),
      ]);
      return { ...stats, lastError: fault };
    },
    ...nothingRefused,
    lastError,
    caughtUp: follower.caughtUp,
    takeMadeHours: (hours) => write("takeMadeHours", hours),
    sealAll: () => write("sealAll"),
    async close() {
      follower.stopTelling();
      await Promise.all([writer.close(), reader.close()]);
      follower.leave();
    },
  };
}
