import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import type { LossReason } from "@firebreak/wire/batch.ts";
import { appendIfRoom } from "./append-if-room.ts";
import { recordOverhead, unknownDictionary } from "./index-log.ts";
import type { MemoryRing } from "./memory-ring.ts";
import { numberedRecord, type WritableContent } from "./numbered-record.ts";
import type { SpoolBooks } from "./spool-books.ts";
import type { SpoolEntry } from "./spool-index.ts";
import type { SpoolOptions } from "./spool-options.ts";
import { tombstoneOf, Unbooked } from "./unbooked.ts";

export interface BatchWriterOptions extends Pick<SpoolOptions, "gatewayId" | "clock"> {
  readonly books: SpoolBooks;
  readonly segments: SegmentLog;
  readonly memory: MemoryRing;
  readonly log: SpoolOptions["log"];
  /** A batch of so many bytes has its place, on disk or in memory. */
  readonly onWritten: (bytes: number) => void;
}

/** Gives content its number and its place, and keeps count of what got none until a tombstone can tell the hub. */
export class BatchWriter {
  readonly #options: BatchWriterOptions;
  readonly #unbooked = new Unbooked();

  constructor(options: BatchWriterOptions) {
    this.#options = options;
  }

  /** Nothing is waiting to be told as lost. */
  get isSettled(): boolean {
    return this.#unbooked.isEmpty;
  }

  /** False: it is counted as lost, for want of room or because no batch can hold it. */
  tryWrite(content: WritableContent): boolean {
    const { books, log } = this.#options;
    let reason: LossReason = "spool-full";
    try {
      if (this.#write(content)) return true;
    } catch (err) {
      if (errorCode(err) !== "BATCH_TOO_LARGE") throw err;
      const { machineId, samples } = content;
      log.warn({ err, machineId, samples: samples.length }, "batch refused");
      reason = "too-large";
    }
    this.#unbooked.add(content, reason);
    const ledger = books.currentBook.countsOf(content.machineId);
    ledger.produced += content.samples.length;
    ledger.suppressed += content.suppressed;
    ledger.lost += content.samples.length;
    return false;
  }

  /** Tells the hub, in its place in the sequence, what did not get in. */
  bookLosses(): void {
    this.#unbooked.book((loss) => this.#write(tombstoneOf(loss, this.#options.clock.nowMs())));
  }

  #write(content: WritableContent): boolean {
    const { gatewayId, books, onWritten } = this.#options;
    const { machineId, dictionary, lane } = content;
    const book = books.currentBook;
    const { payload, number, reached } = numberedRecord(gatewayId, book, content);
    const entry = {
      epoch: books.current,
      machine: books.machineNumber(machineId),
      dictionary: books.dictionaryNumber(dictionary.hash) ?? unknownDictionary,
      number,
      isAlarm: lane === "alarm",
      isTombstone: content.tombstone !== undefined,
    };
    if (!this.#place(entry, payload)) return false;
    book.next++;
    Object.assign(book.countsOf(machineId), reached);
    onWritten(payload.length);
    return true;
  }

  #place(entry: Omit<SpoolEntry, "position" | "bytes">, payload: Uint8Array): boolean {
    const { memory, segments, books } = this.#options;
    if (memory.isActive) return memory.add(entry, payload);
    const position = appendIfRoom(segments, payload);
    if (position === undefined) return false;
    books.index.push({ ...entry, position, bytes: payload.length + recordOverhead });
    return true;
  }
}
