import { errorCode } from "@firebreak/kit/coded-error.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { SpoolBooks } from "./spool-books.ts";
import { type Checkpoint, decodeSpoolRecord } from "./spool-record.ts";

/** What indexing needs of a log. */
export interface ReadableLog {
  readonly oldest: number;
  readonly end: number;
  read(
    from: number,
    maxBytes: number,
  ): {
    readonly records: readonly { readonly position: number; readonly payload: Uint8Array }[];
    readonly next: number;
    readonly skipped: readonly { readonly position: number; readonly records: number }[];
  };
}

export interface IndexedLog {
  /** Records that could not be read, or whose content made no sense. */
  readonly unreadable: number;
  /** Damage behind the last checkpoint: numbers that were given out may be missing, so none may be given out again. */
  readonly isDamagedSinceCheckpoint: boolean;
}

const readBytes = 4 * 1024 * 1024;
/** What a record costs on disk beside its payload. */
export const recordOverhead = 16;

/**
 * Reads the log from a position on and fills the books: batches, numbers, ledgers. Memory is the index, not the
 * content. If the position is not the oldest, a checkpoint stands there.
 */
export function indexLog(log: ReadableLog, books: SpoolBooks, start: number): IndexedLog {
  let unreadable = 0;
  let damagedAt = -1;
  let checkpointAt = -1;
  for (let from = start; ; ) {
    const { records, next, skipped } = log.read(from, readBytes);
    for (const stretch of skipped) {
      unreadable += stretch.records;
      damagedAt = stretch.position;
    }
    for (const record of records) {
      const kind = indexRecord(record, books);
      if (kind === "checkpoint") checkpointAt = record.position;
      if (kind !== "unreadable") continue;
      unreadable++;
      damagedAt = record.position;
    }
    if (next <= from) break;
    from = next;
  }
  return {
    unreadable,
    isDamagedSinceCheckpoint: damagedAt > checkpointAt,
  };
}

function indexRecord(
  { position, payload }: { readonly position: number; readonly payload: Uint8Array },
  books: SpoolBooks,
): "batch" | "checkpoint" | "unreadable" {
  try {
    const record = decodeSpoolRecord(payload);
    if (record.kind === "checkpoint") {
      restore(record.checkpoint, books);
      return "checkpoint";
    }
    const header = readBatchHeader(record.block);
    const dictionary = books.dictionaryNumber(header.dictionary);
    const epoch = books.epochNumber(header.epoch);
    books.epochs[epoch]?.reached(record.machineId, header);
    books.addBatch({
      position,
      bytes: payload.length + recordOverhead,
      epoch,
      machine: books.machineNumber(record.machineId),
      // A dictionary file that is gone: the hub may still know it by its hash.
      dictionary: dictionary ?? unknownDictionary,
      number: header.number,
      isAlarm: header.lane === "alarm",
      isTombstone: header.tombstone !== undefined,
    });
    return "batch";
  } catch (error) {
    const code = errorCode(error);
    if (code === "SPOOL_RECORD" || code === "BATCH_MALFORMED") return "unreadable";
    throw error;
  }
}

/** Stands in the index for a dictionary that this spool no longer has. */
export const unknownDictionary = 0xffff;

function restore(checkpoint: Checkpoint, books: SpoolBooks): void {
  for (const saved of checkpoint.epochs) {
    const at = books.epochNumber(saved.epoch);
    books.epochs[at]?.restore(saved);
    books.current = at;
  }
}
