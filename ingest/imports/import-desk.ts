import { createHash, randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { SignalDefinition } from "@firebreak/wire/signal-dictionary.ts";
import { isoNs, nsOfIso } from "../iso-ns.ts";
import type { Journal } from "../journal/journal.ts";
import type { ImportedRecord } from "../journal/record.ts";
import type { FollowingStore, RawSeries } from "../store/store.ts";
import { toRecords } from "./import-blocks.ts";
import { openImportBook } from "./import-book.ts";
import type { ImportFault } from "./import-fault.ts";
import {
  type ImportCell,
  type ImportedSeries,
  type ImportMapping,
  readImport,
} from "./import-rows.ts";

export interface ImportOptions {
  /** File that says what was imported. */
  readonly bookPath: string;
  readonly journal: Pick<Journal, "append" | "sync" | "canTake">;
  readonly store: Pick<FollowingStore, "signals" | "raw" | "caughtUp">;
  /** A signal as the machine's plan has it. */
  readonly planned: (machineId: string, signal: string) => SignalDefinition | undefined;
  readonly isMachine: (machineId: string) => boolean;
  readonly readTable: (
    bytes: Uint8Array,
  ) => Promise<{ readonly rows: readonly (readonly ImportCell[])[] }>;
  readonly clock: Clock;
  readonly log: Logger;
  /** How long the store may take to have what came before. Default 60 s. */
  readonly patienceMs?: number;
}

/** A stretch of a series that was imported: the mark that its samples carry. */
export interface ImportedStretch {
  readonly machineId: string;
  readonly signal: string;
  readonly from: string;
  readonly to: string;
  readonly samples: number;
}

export interface ImportResult {
  readonly importId: string;
  /** `refused`: the file has mistakes and nothing was imported. */
  readonly state: "preview" | "refused" | "done";
  readonly at: string;
  readonly by: string;
  /** SHA-256 of the file. */
  readonly hash: string;
  /** Headers of the file's columns. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** Samples that are new to the store. */
  readonly added: number;
  /** Left out, as the store has a sample of that signal and time: what is there is never replaced. */
  readonly alreadyThere: number;
  readonly stretches: readonly ImportedStretch[];
  readonly faultCount: number;
  /** The first thousand. */
  readonly faults: readonly ImportFault[];
}

export interface ImportDesk {
  /**
   * One after the other. @throws CodedError IMPORT_STORE_BEHIND, IMPORT_JOURNAL_FULL; what reading the file throws
   */
  take(request: {
    readonly bytes: Uint8Array;
    readonly mapping: ImportMapping;
    readonly mode: "preview" | "import";
    readonly by: string;
  }): Promise<ImportResult>;
  /** What was imported for a machine, the newest import first. */
  of(
    machineId: string,
  ): readonly (ImportedStretch & Pick<ImportResult, "importId" | "at" | "by">)[];
  close(): Promise<void>;
}

const maxFaults = 1_000;
const pageSamples = 20_000;

export function openImportDesk(options: ImportOptions): ImportDesk {
  const { store, journal, clock } = options;
  const book = openImportBook(options.bookPath);
  let last: Promise<unknown> = Promise.resolve();

  const definitions = createDefinitions(options);
  const takeOne: ImportDesk["take"] = async ({ bytes, mapping, mode, by }) => {
    const { rows: table } = await options.readTable(bytes);
    await caughtUp(options);
    const unitOf = await definitions.learn(table, mapping);
    const nowMs = clock.nowMs();
    const read = await readImport(table, mapping, {
      nowNs: BigInt(nowMs) * 1_000_000n,
      unitOf,
      isMachine: options.isMachine,
    });
    const fresh: ImportedSeries[] = [];
    for (const one of read.series) fresh.push({ ...one, samples: await newOnes(store, one) });
    const count = (all: readonly ImportedSeries[]) =>
      all.reduce((sum, { samples }) => sum + samples.length, 0);
    const added = count(fresh);
    const result: ImportResult = {
      importId: randomUUID(),
      state: mode === "preview" ? "preview" : read.faults.length > 0 ? "refused" : "done",
      at: new Date(nowMs).toISOString(),
      by,
      hash: createHash("sha256").update(bytes).digest("hex"),
      columns: read.columns,
      rows: read.rows,
      added,
      alreadyThere: count(read.series) - added,
      stretches: fresh.flatMap(toStretch),
      faultCount: read.faults.length,
      faults: read.faults.slice(0, maxFaults),
    };
    if (result.state !== "done" || added === 0) return result;
    // Nothing is noted of what cannot be made.
    const about = { importId: result.importId, receivedAtMs: nowMs };
    const records = await recordsOf(fresh, about, definitions.of);
    // The mark is there before the first sample: what is imported is never taken for a machine's own.
    book.note(result);
    await append(records, journal);
    return result;
  };
  return {
    take(request) {
      const done = last.then(() => takeOne(request));
      last = done.catch((err: unknown) => {
        if (errorCode(err).startsWith("IMPORT_")) return;
        options.log.warn({ err }, "an import failed");
      });
      return done;
    },
    of: (machineId) => book.of(machineId),
    async close() {
      await last;
      book.close();
    },
  };
}

async function recordsOf(
  fresh: readonly ImportedSeries[],
  about: Pick<ImportedRecord, "importId" | "receivedAtMs">,
  definitionOf: (machineId: string, signal: string) => SignalDefinition | undefined,
): Promise<ImportedRecord[]> {
  const records: ImportedRecord[] = [];
  for (const { machineId, signal, samples } of fresh) {
    const definition = definitionOf(machineId, signal);
    if (!definition) continue;
    for (const record of toRecords({ ...about, machineId }, definition, samples)) {
      records.push(record);
      await turn();
    }
  }
  return records;
}

/** Everything is on disk afterwards. @throws CodedError IMPORT_JOURNAL_FULL: some of it may be there */
async function append(
  records: readonly ImportedRecord[],
  journal: ImportOptions["journal"],
): Promise<void> {
  try {
    for (const record of records) {
      if (!journal.canTake()) await journal.sync();
      if (!journal.canTake()) throw journalFull();
      journal.append(record);
    }
    await journal.sync();
  } catch (error) {
    // Full by its own bound, or a disk that takes nothing.
    const isJournals = ["LOG_FULL", "LOG_WRITE_FAILED"].includes(errorCode(error));
    throw isJournals ? journalFull(error) : error;
  }
}

const journalFull = (cause?: unknown) =>
  new CodedError(
    "IMPORT_JOURNAL_FULL",
    "the journal takes no more now: import the same file again later, what is there already is left out",
    { retryable: true, cause },
  );

async function caughtUp({ store, patienceMs = 60_000 }: ImportOptions): Promise<void> {
  const late = Promise.withResolvers<"late">();
  const timer = setTimeout(() => late.resolve("late"), patienceMs);
  const first = await Promise.race([store.caughtUp(), late.promise]);
  clearTimeout(timer);
  if (first === "late")
    throw new CodedError(
      "IMPORT_STORE_BEHIND",
      "the telemetry store is behind, so nobody can tell what it has already: try again later",
      { retryable: true },
    );
}

/** Those whose stamp the store does not have of this signal. */
async function newOnes(
  store: ImportOptions["store"],
  { machineId, signal, samples }: ImportedSeries,
): Promise<ImportedSeries["samples"]> {
  const [first, end] = [samples[0], samples.at(-1)];
  if (!first || !end) return [];
  const span = { fromNs: first.timeNs, toNs: end.timeNs + 1n };
  const wanted = new Set(samples.map(({ timeNs }) => timeNs));
  let page: RawSeries | undefined;
  do {
    const cursor = page?.next === undefined ? {} : { cursor: page.next };
    page = await store.raw({ machineId, signal, ...span, limit: pageSamples, ...cursor });
    for (const time of page.t) wanted.delete(nsOfIso(time));
  } while (page.next !== undefined);
  return samples.filter(({ timeNs }) => wanted.has(timeNs));
}

function toStretch({ machineId, signal, samples }: ImportedSeries): ImportedStretch[] {
  const [first, end] = [samples[0], samples.at(-1)];
  if (!first || !end) return [];
  const ends = { from: isoNs(first.timeNs), to: isoNs(end.timeNs) };
  return [{ machineId, signal, ...ends, samples: samples.length }];
}

/** What a signal means: as the store has it already, so that history joins its series, else as in the plan. */
function createDefinitions({ store, planned, isMachine }: ImportOptions) {
  const stored = new Map<string, Map<string, SignalDefinition>>();
  const of = (machineId: string, signal: string): SignalDefinition | undefined =>
    stored.get(machineId)?.get(signal) ?? planned(machineId, signal);
  return {
    of,
    /** Asks the store about every machine of the file. */
    async learn(table: readonly (readonly ImportCell[])[], { machine }: ImportMapping) {
      stored.clear();
      for (const machineId of machinesOf(table, machine))
        if (isMachine(machineId)) {
          const known = new Map<string, SignalDefinition>();
          for (const { name, unit, spn, sa } of await store.signals(machineId)) {
            const { scale = 1, offset = 0 } = planned(machineId, name) ?? {};
            const ids = {
              ...(spn === undefined ? {} : { spn }),
              ...(sa === undefined ? {} : { sa }),
            };
            if (!known.has(name)) known.set(name, { name, unit, scale, offset, ...ids });
          }
          stored.set(machineId, known);
        }
      return (machineId: string, signal: string) => of(machineId, signal)?.unit;
    },
  };
}

function machinesOf(
  [header = [], ...records]: readonly (readonly ImportCell[])[],
  machine: ImportMapping["machine"],
): Set<string> {
  if ("id" in machine) return new Set([machine.id]);
  const at = header.findIndex((cell) => String(cell ?? "").trim() === machine.column);
  return new Set(records.map((cells) => String(cells[at] ?? "").trim()));
}
