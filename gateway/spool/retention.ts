import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { recordOverhead } from "./index-log.ts";
import type { MemoryRing } from "./memory-ring.ts";
import type { SpoolBooks } from "./spool-books.ts";
import { decodeSpoolRecord, encodeBatchRecord, encodeCheckpoint } from "./spool-record.ts";
import { Thinner } from "./thin.ts";

export interface RetentionOptions {
  readonly gatewayId: string;
  readonly log: SegmentLog;
  readonly books: SpoolBooks;
  /** Bound of the log at present, bytes. Two segments of it are kept free to work in. */
  readonly bound: () => number;
  readonly segmentBytes: number;
  readonly memory: Pick<MemoryRing, "oldestPosition">;
  readonly clock: Pick<Clock, "nowMs">;
}

const readBytes = 1024 * 1024;

/**
 * Keeps the log below its bound. What goes first: whole segments that the hub has; then, from the oldest on, samples
 * that nobody has yet, thinned at first and then all but counters. What was given up is told in the batch itself, or is
 * a hole if the batch was sent before, because one number must never carry two contents. Trouble codes, counters and
 * tombstones are carried on to the newest end.
 */
export class Retention {
  readonly #options: RetentionOptions;
  /** Newest checkpoint, and the newest one known to be on disk: nothing from there on may be trimmed. */
  #checkpointAt: number;
  #safeCheckpointAt: number;
  /** A segment emptied in memory; it may go once its successors are on disk. */
  #emptied: { readonly before: number; readonly onceSynced: number } | undefined;
  /** Only trouble codes are left, nothing more can be given up. */
  #isExhausted = false;
  #reducedSinceMs: number | null = null;
  /** Batches below this ordinal were there when samples were given up last. */
  #reducedTo = 0;
  readonly #thinner: Thinner;
  /** Where the log ended when its oldest segment was last the first of a round, and what the round has freed. */
  #roundEnd = 0;
  #freedInRound = 0;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#thinner = new Thinner(options.gatewayId);
    this.#checkpointAt = options.log.oldest;
    this.#safeCheckpointAt = options.log.oldest;
  }

  /** A checkpoint that is on disk: everything before it will not change any more. */
  get safeCheckpointAt(): number {
    return this.#safeCheckpointAt;
  }

  /** Since when samples are given up for want of room, ms since 1970; null once the hub has had all that was there. */
  get reducedSinceMs(): number | null {
    return this.#reducedSinceMs;
  }

  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** The log has reached its bound, and there is something to give up. */
  get isAtWork(): boolean {
    return this.#isTight && !this.#isExhausted;
  }

  /** Writes down everything that older records say, so that they may go. @throws CodedError LOG_FULL */
  writeCheckpoint(): void {
    const { log, books } = this.#options;
    books.forgetFinishedEpochs();
    this.#checkpointAt = log.append(encodeCheckpoint(books.checkpoint()));
  }

  /** As `writeCheckpoint`; without room nothing may be trimmed, and the next append tries again. */
  tryCheckpoint(): void {
    try {
      this.writeCheckpoint();
    } catch (error) {
      if (errorCode(error) !== "LOG_FULL") throw error;
    }
  }

  /** Call after appending. */
  onAppended(): void {
    const { log, segmentBytes } = this.#options;
    if (log.end - this.#checkpointAt > segmentBytes / 2) this.tryCheckpoint();
    this.#relieve();
  }

  onSynced(synced: number): void {
    if (this.#checkpointAt < synced) this.#safeCheckpointAt = this.#checkpointAt;
    const emptied = this.#emptied;
    if (emptied && synced >= emptied.onceSynced) {
      this.#emptied = undefined;
      this.#trim(emptied.before);
    }
    this.#relieve();
  }

  onAcknowledged(): void {
    this.#isExhausted = false;
    this.#roundEnd = 0;
    // Not until nothing waits: while a machine runs, something always does.
    if (
      this.#reducedSinceMs !== null &&
      this.#options.books.index.firstPending() >= this.#reducedTo
    )
      this.#reducedSinceMs = null;
    this.#relieve();
  }

  get #isTight(): boolean {
    const { log, bound, segmentBytes } = this.#options;
    return log.bytes > bound() - 2 * segmentBytes;
  }

  #relieve(): void {
    if (!this.#isTight) return;
    this.#trim(this.#firstPendingPosition());
    if (!this.#isTight || this.#emptied || this.#isExhausted) return;
    // What is carried on must come to disk before anything can go.
    if (this.#options.log.failure !== undefined) return;
    const { log } = this.#options;
    const [oldest, following, third] = log.segments;
    // The newest segment is being written and the log never lets go of it.
    if (!oldest || !following || !third || following.oldest > log.synced) return;
    // What is still in memory has its place in the index there, and would be forgotten with it.
    if (following.oldest > this.#options.memory.oldestPosition()) return;
    this.#empty(oldest.oldest, following.oldest);
  }

  #trim(position: number): void {
    const { log, books } = this.#options;
    log.trimBefore(Math.min(position, this.#safeCheckpointAt));
    books.index.trimBefore(log.oldest);
  }

  #firstPendingPosition(): number {
    const { index } = this.#options.books;
    const ordinal = index.firstPending();
    return ordinal < index.end ? index.position(ordinal) : this.#options.log.end;
  }

  /** Carries on or gives up everything pending in the oldest segment. */
  #empty(from: number, before: number): void {
    const { log, bound } = this.#options;
    if (from >= this.#roundEnd) {
      // One whole round through the log: what is left is nearly all trouble codes.
      this.#isExhausted = this.#roundEnd > 0 && this.#freedInRound < bound() / 20;
      this.#roundEnd = log.end;
      this.#freedInRound = 0;
      if (this.#isExhausted) return;
    }
    const endBefore = log.end;
    try {
      this.#carryOn(from, before);
      this.writeCheckpoint();
    } catch (error) {
      if (errorCode(error) !== "LOG_FULL") throw error;
      // Not even room to carry on what must stay: the segment stays as it is.
      this.#isExhausted = true;
      return;
    }
    this.#freedInRound += before - from - (log.end - endBefore);
    this.#emptied = { before, onceSynced: log.end };
  }

  #carryOn(from: number, before: number): void {
    const { log, books } = this.#options;
    let at = from;
    let ordinal = books.index.first;
    while (at < before) {
      const { records, next } = log.read(at, Math.min(readBytes, before - at));
      if (next <= at) break;
      for (const { position, payload } of records) {
        while (ordinal < books.index.end && this.#isPassed(ordinal, position)) ordinal++;
        const isIndexed = books.index.position(ordinal) === position && position < before;
        if (isIndexed && books.index.isPending(ordinal)) this.#giveUp(ordinal, payload);
      }
      at = next;
    }
  }

  /** What was in memory had the place of what came to disk next, and is gone once it has moved there itself. */
  #isPassed(ordinal: number, position: number): boolean {
    const { index } = this.#options.books;
    const at = index.position(ordinal);
    return at < position || (at === position && !index.isPending(ordinal));
  }

  #giveUp(ordinal: number, payload: Uint8Array): void {
    const { books } = this.#options;
    const { index } = books;
    const record = decodeSpoolRecord(payload);
    if (record.kind !== "batch") return;
    if (index.isAlarm(ordinal)) {
      this.#replace(ordinal, Uint8Array.from(payload));
      return;
    }
    const header = readBatchHeader(record.block);
    const book = books.bookAt(ordinal);
    const countLost = (samples: number) => {
      this.#reducedSinceMs ??= this.#options.clock.nowMs();
      this.#reducedTo = index.end;
      if (book) book.countsOf(record.machineId).lost += samples;
    };
    if (book?.sent.has(header.number) && !header.tombstone) {
      index.setGone(ordinal);
      countLost(header.sampleCount);
      return;
    }
    const isSent = book?.sent.has(header.number) ?? false;
    const dictionary = books.dictionaries[index.dictionary(ordinal)];
    const thinned = isSent ? undefined : this.#thinner.thin(record, header, dictionary);
    if (thinned === undefined) {
      this.#replace(ordinal, Uint8Array.from(payload));
      return;
    }
    this.#replace(ordinal, encodeBatchRecord(record.machineId, thinned.block), true);
    countLost(thinned.lost);
  }

  #replace(ordinal: number, payload: Uint8Array, isTombstone?: boolean): void {
    const { log, books } = this.#options;
    const { index } = books;
    const position = log.append(payload);
    index.push({
      position,
      bytes: payload.length + recordOverhead,
      epoch: index.epoch(ordinal),
      machine: index.machine(ordinal),
      dictionary: index.dictionary(ordinal),
      number: index.number(ordinal),
      isAlarm: index.isAlarm(ordinal),
      isTombstone: isTombstone ?? index.isTombstone(ordinal),
    });
    index.setGone(ordinal);
  }
}
