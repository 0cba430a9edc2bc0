import type { DatabaseSync } from "node:sqlite";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { JournalEntry } from "../../consume/consumer.ts";
import type { BatchRecord, ImportedRecord } from "../../journal/record.ts";
import { createBook, hourOf, nobodysHour, StoredTally } from "../book/book.ts";
import { inTransaction } from "../book/transaction.ts";

/** What waits to be sealed, per machine. */
export interface HotMachine {
  samples: number;
  oldestMs: number;
}

/** The hot tier: a batch becomes one row, in one transaction with the journal offset. */
export interface TelemetryWriter {
  readonly offset: number;
  readonly hot: ReadonlyMap<number, HotMachine>;
  take(entries: readonly JournalEntry[], nextOffset: number): void;
  /** Puts a record aside that cannot be stored. */
  poison(position: number, payload: Uint8Array, reason: string): void;
  /** Reads anew what waits per machine, after a seal or a failed step. */
  refreshHot(machine?: number): void;
}

export function createTelemetryWriter(database: DatabaseSync): TelemetryWriter {
  const book = createBook(database);
  const insertHot = database.prepare("insert into hot values (?, ?, ?, ?, ?, ?)");
  const hot = new Map<number, HotMachine>();

  const insertBatch = (
    position: number,
    record: BatchRecord | ImportedRecord,
    stored: StoredTally,
  ) => {
    const { sampleCount, dictionary, baseNs } = readBatchHeader(record.block);
    const machine = book.machineId(record.machineId);
    if (sampleCount === 0) return;
    const arrivedMs = Math.trunc(record.receivedAtMs);
    const dictionaryId = book.dictionaryId(dictionary);
    insertHot.run(position, machine, dictionaryId, arrivedMs, sampleCount, record.block);
    const hour = record.kind === "imported" ? nobodysHour : hourOf(baseNs);
    stored.add(machine, hour, sampleCount);
    const waiting = hot.get(machine) ?? { samples: 0, oldestMs: arrivedMs };
    waiting.samples += sampleCount;
    hot.set(machine, waiting);
  };

  const refreshHot = (machine?: number) => {
    const rows = database
      .prepare(
        `select machine, sum(samples) as samples, min(arrived_ms) as oldest from hot
         where ?1 is null or machine = ?1 group by machine`,
      )
      .all(machine ?? null);
    if (machine === undefined) hot.clear();
    else hot.delete(machine);
    for (const found of rows)
      hot.set(Number(found.machine), {
        samples: Number(found.samples),
        oldestMs: Number(found.oldest),
      });
  };
  refreshHot();

  return {
    get offset() {
      return book.offset;
    },
    hot,
    refreshHot,
    take(entries, nextOffset) {
      const stored = new StoredTally();
      try {
        inTransaction(database, () => {
          for (const { position, record } of entries)
            if (record.kind === "batch") insertBatch(position, record, stored);
            else if (record.kind === "dictionary") book.addDictionary(record.dictionary);
            else if (record.kind === "imported") {
              book.addDictionary(record.dictionary);
              insertBatch(position, record, stored);
            }
          book.addStored(stored);
          book.setOffset(nextOffset);
        });
      } catch (error) {
        book.forget();
        refreshHot();
        throw error;
      }
    },
    poison: book.poison,
  };
}
