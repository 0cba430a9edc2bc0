import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { newestOf, newestOfCurrentEpoch } from "./held.ts";
import type { MemoryRing } from "./memory-ring.ts";
import type { SpoolBooks } from "./spool-books.ts";
import type { SpooledBatch } from "./spool-options.ts";
import { decodeSpoolRecord } from "./spool-record.ts";

export interface BatchReaderOptions {
  readonly books: SpoolBooks;
  readonly memory: Pick<MemoryRing, "recordOf">;
  readonly log: Pick<SegmentLog, "read">;
}

/** So many batches without samples are looked through for one that has some; engineering default. */
const mostSought = 1_000;

/** Reads batches by their ordinal, wherever they lie, and counts those that cannot be read. */
export class BatchReader {
  readonly #options: BatchReaderOptions;
  /** Records that could not be read, those included that a start has found. */
  unreadable = 0;

  constructor(options: BatchReaderOptions) {
    this.#options = options;
  }

  /** Undefined if it is no longer there or cannot be read, which is then counted. */
  read(ordinal: number): SpooledBatch | undefined {
    const { books, memory, log } = this.#options;
    const { index } = books;
    if (!index.isHeld(ordinal) || index.isWaiting(ordinal)) return undefined;
    const inMemory = memory.recordOf(ordinal);
    if (inMemory) return this.#batchOf(ordinal, inMemory);
    const position = index.position(ordinal);
    const [found] = log.read(position, index.bytes(ordinal)).records;
    const batch = found?.position === position ? this.#batchOf(ordinal, found.payload) : undefined;
    if (batch) return batch;
    // The next offer no longer names it as held, and the hub books what it lacks as lost.
    index.setGone(ordinal);
    this.unreadable++;
    return undefined;
  }

  /** The newest stamp in the last batch of a machine that has samples, in the current epoch, if there is one. */
  newestStampNs(machineId: string): bigint | undefined {
    const { books } = this.#options;
    let left = mostSought;
    for (const ordinal of newestOfCurrentEpoch(books, machineId)) {
      if (left-- === 0) return undefined;
      const batch = this.read(ordinal);
      const dictionary = books.dictionaries[books.index.dictionary(ordinal)];
      // Trouble codes may travel alone.
      if (!batch || !dictionary || readBatchHeader(batch.block).sampleCount === 0) continue;
      return newestOf(decodeBatch(batch.block, dictionary).samples);
    }
    return undefined;
  }

  #batchOf(ordinal: number, payload: Uint8Array): SpooledBatch | undefined {
    const { books } = this.#options;
    const record = decodeSpoolRecord(payload);
    const epoch = books.bookAt(ordinal)?.epoch;
    if (record.kind !== "batch" || epoch === undefined) return undefined;
    return { ...record, epoch, number: books.index.number(ordinal) };
  }
}
