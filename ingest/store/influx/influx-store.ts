import { DatabaseSync } from "node:sqlite";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Journal } from "../../journal/journal.ts";
import { nobodysHour } from "../book/book.ts";
import { createBookQueries } from "../book/book-queries.ts";
import { followJournal } from "../follow-journal.ts";
import type { RefusedQuery, RefusedSample } from "../refused.ts";
import type { FollowingStore, SetAside, StoreFault } from "../store.ts";
import { startStoreThread } from "../store-thread.ts";
import type { InfluxTarget } from "../telemetry-url.ts";
import { tooManyRepeats } from "./chunk.ts";
import { createDueHours } from "./hour-book.ts";
import { createInfluxClient, type InfluxSecret } from "./influx-client.ts";
import { createInfluxQueries } from "./influx-queries.ts";
import type { InfluxWorkerData } from "./write-worker.ts";

export interface InfluxStoreOptions {
  readonly target: InfluxTarget;
  readonly secret: InfluxSecret;
  /** Where the hub keeps its place in the journal and what the database refuses. */
  readonly statePath: string;
  readonly journal: Journal;
  readonly log: Logger;
  /** How often it is looked whether an hour can be summed up. Default 30 s. */
  readonly sumEveryMs?: number;
  /** How often it is looked whether the server was started anew. Default 10 s. */
  readonly restartLookMs?: number;
  /** Files of other stores of the hub, to learn dictionaries from at the first start. */
  readonly otherBooks?: readonly string[];
  /** How long a silent server is waited for. Default 30 s. */
  readonly timeoutMs?: number;
  /** Waiting between tries where the server does not say: first and longest. Default 0.25 s and 30 s. */
  readonly retryDelaysMs?: readonly [first: number, most: number];
  /** Refused samples kept aside; beyond it writing stops until somebody looks. Default 200,000. */
  readonly maxRefused?: number;
}

/**
 * Telemetry in an InfluxDB: one thread writes, questions go to the server at once. What the database refuses is tried
 * again by itself every ten minutes. Opens also while the server is away. @throws CodedError STORE_OPEN, BAD_CONFIGURATION for an unreadable secret */
export async function openInfluxStore(options: InfluxStoreOptions): Promise<FollowingStore> {
  const { target, secret, statePath, journal, log, timeoutMs = 30_000 } = options;
  const client = createInfluxClient(target, secret, { timeoutMs });
  const data: InfluxWorkerData = {
    ...{ statePath, target, secret, timeoutMs },
    retryDelaysMs: options.retryDelaysMs ?? [250, 30_000],
    maxRefused: options.maxRefused ?? 200_000,
    otherBooks: options.otherBooks ?? [],
    sumEveryMs: options.sumEveryMs ?? 30_000,
    restartLookMs: options.restartLookMs ?? 10_000,
    journalFolder: journal.folder,
    synced: journal.synced,
    logLevel: log.level,
  };
  const file = new URL("./write-worker.ts", import.meta.url);
  const writer = await startStoreThread(file, data, log);
  const state = new DatabaseSync(statePath, { readOnly: true, timeout: 5_000 });
  const queries = createStateQueries(state);
  const follower = followJournal(journal, writer);
  const lastError = () => writer.call<StoreFault | null>("lastError");
  return {
    get committed() {
      return follower.committed;
    },
    delay: follower.delay,
    get isRunning() {
      return writer.isRunning;
    },
    ...createInfluxQueries(client, createDueHours(state)),
    storedSamples: async (machineId) => queries.storedSamples(machineId),
    aside: async () => queries.aside(),
    offset: async () => queries.offset(),
    async stats() {
      const fault = await lastError();
      return { ...queries.counts(), offset: queries.offset(), file: null, lastError: fault };
    },
    lastError,
    caughtUp: follower.caughtUp,
    refused: async (query) => queries.refused(query),
    retryRefused: (filter) => writer.call("retryRefused", filter),
    async close() {
      follower.stopTelling();
      await writer.close();
      state.close();
      client.close();
      follower.leave();
    },
  };
}

function createStateQueries(state: DatabaseSync) {
  const book = createBookQueries(state);
  const refusedOf = state.prepare(
    `select count(*) as n from refused join machine on machine.id = refused.machine
     where machine.name = ? and refused.hour <> ${nobodysHour}`,
  );
  const groups = state.prepare(
    `select machine.name as machine, reason, count(*) as samples, min(at_ms) as since from refused
     join machine on machine.id = refused.machine group by 1, 2 order by 4 desc limit 100`,
  );
  const samples = state.prepare(
    `select refused.id as id, machine.name as machine, reason, line, at_ms from refused
     join machine on machine.id = refused.machine
     where refused.id > ?1 and (?2 is null or machine.name = ?2) and (?3 is null or reason = ?3)
     order by refused.id limit ?4`,
  );
  const totals = state.prepare(
    `select (select coalesce(sum(samples), 0) from stored) as samples,
       (select count(*) from poison) as poisoned, (select count(*) from refused) as refused`,
  );
  return {
    ...book,
    storedSamples(machineId: string) {
      const { quarantined, ...stored } = book.storedSamples(machineId);
      const refused = Number(refusedOf.get(machineId)?.n ?? 0);
      return { ...stored, quarantined: quarantined + refused };
    },
    aside: (): SetAside[] => [
      ...groups.all().map(({ machine, reason, samples, since }) => ({
        machineId: String(machine),
        reason: String(reason),
        samples: Number(samples),
        since: new Date(Number(since)).toISOString(),
        mayRetry: reason !== tooManyRepeats,
      })),
      ...book.aside(),
    ],
    refused: ({ machineId, reason, after, limit }: RefusedQuery): RefusedSample[] =>
      samples.all(after, machineId ?? null, reason ?? null, limit).map((row) => ({
        id: Number(row.id),
        machineId: String(row.machine),
        reason: String(row.reason),
        since: new Date(Number(row.at_ms)).toISOString(),
        line: String(row.line),
      })),
    counts() {
      const { samples, poisoned, refused } = totals.get() as Record<string, number>;
      return { samples: samples ?? 0, poisoned: poisoned ?? 0, refused: refused ?? 0 };
    },
  };
}
