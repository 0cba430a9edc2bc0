import type { DatabaseSync } from "node:sqlite";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { JournalEntry } from "../../consume/consumer.ts";
import { type BatchRecord, encodeRecord, type ImportedRecord } from "../../journal/record.ts";
import { createBook, createDictionaryReader, StoredTally } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";
import type { RefusedFilter } from "../refused.ts";
import { type ChunkBatch, createSeriesBook, hourOfLine, hoursOfBatch } from "./chunk.ts";
import type { Deliverer } from "./deliver.ts";
import { createHourBook, type HourBook } from "./hour-book.ts";
import { createInfluxMemory } from "./influx-memory.ts";
import { type Refused, sendChunk } from "./send-chunk.ts";
import { createSentBook } from "./sent-book.ts";
import {
  findRepeats,
  noteStamps,
  type Repeat,
  type Stamp,
  type StampLookUp,
  settleStamps,
} from "./stamps.ts";

/** Journal → database, chunk by chunk; the place in the journal moves once the database has the chunk. */
export interface InfluxWriter {
  readonly offset: number;
  /** Nothing was ever written. */
  readonly isFresh: boolean;
  /** @throws CodedError STORE_STOPPED; QUARANTINE_FULL, retryable */
  take(entries: readonly JournalEntry[], nextOffset: number): Promise<void>;
  readonly hours: HourBook;
  poison(position: number, payload: Uint8Array, reason: string): void;
  /** Sends refused lines again, at most a thousand; how many the database took. */
  retryRefused(): Promise<{ readonly tried: number; readonly taken: number }>;
  /** The same with those asked for behind `after`; `last`: the last one tried. */
  retryOf(
    asked: RefusedFilter & { readonly after: number },
  ): Promise<{ readonly tried: number; readonly taken: number; readonly last: number }>;
  /** How many of those asked for can be tried again. */
  waitingRefused(filter: RefusedFilter): number;
}

export interface InfluxWriterParts {
  readonly database: DatabaseSync;
  readonly deliverer: Deliverer;
  /** Asks the database what it has; waits until it answers. */
  readonly lookUp: StampLookUp;
  readonly newestOf: (machineId: string) => Promise<Stamp | undefined>;
  readonly nowMs?: () => number;
  /** Lines kept aside; beyond it nothing more is taken until some have gone. Default 200,000. */
  readonly maxRefused?: number;
}

/** At one go. */
export const retriedLines = 1_000;
const noStamp: Stamp = { sec: Number.NEGATIVE_INFINITY, ns: 0 };

interface Chunk {
  readonly batches: readonly ChunkBatch[];
  readonly bad: readonly { readonly entry: JournalEntry; readonly reason: string }[];
}

export function createInfluxWriter(parts: InfluxWriterParts): InfluxWriter {
  const { database, deliverer, lookUp, nowMs = Date.now, maxRefused = 200_000 } = parts;
  const book = createBook(database);
  const dictionaryOf = createDictionaryReader(database);
  const series = createSeriesBook();
  const memory = createInfluxMemory(database);
  const hours = createHourBook(database);
  const sent = createSentBook(database);

  const readChunk = async (entries: readonly JournalEntry[]): Promise<Chunk> => {
    const batches: ChunkBatch[] = [];
    const bad: { entry: JournalEntry; reason: string }[] = [];
    for (const entry of entries) {
      if (entry.record.kind !== "batch" && entry.record.kind !== "imported") continue;
      try {
        const batch = await read(entry.position, entry.record);
        if (batch) batches.push(batch);
      } catch (error) {
        if (error instanceof CodedError && error.retryable) throw error;
        bad.push({ entry, reason: error instanceof Error ? error.message : "unknown" });
      }
    }
    return { batches, bad };
  };
  const read = async (
    position: number,
    record: BatchRecord | ImportedRecord,
  ): Promise<ChunkBatch | undefined> => {
    const { sampleCount, dictionary } = readBatchHeader(record.block);
    if (sampleCount === 0) return undefined;
    const known = dictionaryOf(book.dictionaryId(dictionary));
    if (!series.isKnown(record.machineId))
      series.know(record.machineId, await newest(record.machineId));
    return series.decode(position, record, known);
  };
  const newest = async (machineId: string): Promise<Stamp> =>
    memory.newest(machineId) ?? (await parts.newestOf(machineId)) ?? noStamp;

  const addDictionaries = (entries: readonly JournalEntry[]) =>
    inTransaction(database, () => {
      for (const { record } of entries)
        if (record.kind === "dictionary" || record.kind === "imported")
          book.addDictionary(record.dictionary);
    });

  const commit = (
    chunk: Chunk,
    { refused, repeats }: { refused: readonly Refused[]; repeats: readonly Repeat[] },
    next: number,
  ) =>
    inTransaction(database, () => {
      const tally = new StoredTally();
      for (const { machineId, hour, length } of chunk.batches)
        tally.add(book.machineId(machineId), hour, length);
      for (const { batch, line, reason } of refused) {
        const machine = book.machineId(batch.machineId);
        tally.add(machine, batch.hour, -1);
        memory.refuse({ machine, hour: batch.hour, line }, reason, nowMs());
      }
      for (const { entry, reason } of chunk.bad)
        book.poison(entry.position, encodeRecord(entry.record), reason);
      book.addStored(tally);
      for (const batch of chunk.batches) {
        const machine = book.machineId(batch.machineId);
        memory.noteNewest(machine, batch);
        for (const hour of hoursOfBatch(batch)) hours.mark(machine, hour);
      }
      const samples = chunk.batches.reduce((sum, { length }) => sum + length, 0);
      sent.note({ start: book.offset, next, repeats }, samples);
      book.setOffset(next);
    });

  const takeChunk = async (
    entries: readonly JournalEntry[],
    next: number,
    known?: readonly Repeat[],
  ) => {
    if (memory.refused >= maxRefused) throw quarantineFull(maxRefused);
    try {
      series.trim();
      addDictionaries(entries);
      const chunk = await readChunk(entries);
      const repeats = known ?? (await findRepeats(chunk.batches, lookUp));
      if (!known) memory.setIntent({ next, repeats });
      if (known) noteStamps(chunk.batches);
      const refused = await sendChunk(deliverer, chunk.batches, repeats);
      commit(chunk, { refused, repeats }, next);
      if (refused.length > 0) memory.recount();
      settleStamps(chunk.batches);
    } catch (error) {
      // What is known of stamps is that of a chunk that may not be there: learn it anew.
      series.clear();
      book.forget();
      throw error;
    }
  };

  const sendAgain = async (refused: ReturnType<typeof memory.nextRefused>) => {
    const again = await deliverer.deliver(refused.map(({ line }) => line));
    const stillRefused = new Set(again.map(({ line }) => line));
    const taken = refused.filter((_, at) => !stillRefused.has(at));
    inTransaction(database, () => {
      const tally = new StoredTally();
      for (const { machine, hour, line } of taken) {
        tally.add(machine, hour, 1);
        hours.mark(machine, hourOfLine(line));
      }
      book.addStored(tally);
      memory.release(taken);
    });
    memory.recount();
    return { tried: refused.length, taken: taken.length, last: refused.at(-1)?.id ?? 0 };
  };

  return {
    get offset() {
      return book.offset;
    },
    get isFresh() {
      return book.offset === 0 && memory.intent() === undefined;
    },
    async take(entries, nextOffset) {
      const intent = memory.intent();
      const decided = intent && intent.next > book.offset ? intent : undefined;
      if (!decided) return takeChunk(entries, nextOffset);
      const isDecided = ({ position }: JournalEntry) => position < decided.next;
      const next = Math.min(decided.next, nextOffset);
      await takeChunk(entries.filter(isDecided), next, decided.repeats);
      const rest = entries.filter((entry) => !isDecided(entry));
      if (next < nextOffset) await takeChunk(rest, nextOffset);
    },
    poison: book.poison,
    hours,
    retryRefused: () => sendAgain(memory.nextRefused(retriedLines)),
    retryOf: (asked) => sendAgain(memory.refusedOf({ ...asked, limit: retriedLines })),
    waitingRefused: memory.countRefusedOf,
  };
}

const quarantineFull = (lines: number) =>
  new CodedError(
    "QUARANTINE_FULL",
    `${lines} samples wait that the database refuses; see why, and nothing is lost until then`,
    { retryable: true },
  );
