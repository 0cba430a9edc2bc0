import { join } from "node:path";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import type { Acknowledgement, Offer } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { type AckOutcome, acceptAcknowledgement } from "./accept-acknowledgement.ts";
import { BatchReader } from "./batch-reader.ts";
import { BatchWriter } from "./batch-writer.ts";
import { createDiskRoom } from "./disk-room.ts";
import { DiskWatch } from "./disk-watch.ts";
import { newEpochId } from "./epoch-book.ts";
import { heldDictionaries, heldMachines, offerOf } from "./held.ts";
import { IndexFiles } from "./index-files.ts";
import { MemoryRing } from "./memory-ring.ts";
import { recoverSpool } from "./recover-spool.ts";
import { Retention } from "./retention.ts";
import { RoomGate } from "./room-gate.ts";
import { Sendable } from "./sendable.ts";
import { SpoolBooks } from "./spool-books.ts";
import type { SpoolIndex } from "./spool-index.ts";
import { type OpenedLog, openSpoolLog } from "./spool-log.ts";
import {
  defaultMemoryBytes,
  type SpoolContent,
  type SpooledBatch,
  type SpoolOptions,
} from "./spool-options.ts";
import { createSpoolStatus, type SpoolStatus } from "./spool-status.ts";
import { StateKeeper } from "./state-keeper.ts";

/** After so many bytes of the log their index is written down. */
const indexStretch = 16 * 1024 * 1024;

/**
 * The gateway's memory: every batch, on disk, until the hub's store has it. Numbers batches without gaps, keeps the
 * ledger, and knows what the hub has. Only batches that are on disk may be sent: what a power cut takes back was
 * never seen by anyone, so its numbers may be given out again. While the disk takes nothing a `MemoryRing` goes on.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #log: SegmentLog;
  readonly #state: StateKeeper;
  readonly #memory: MemoryRing;
  readonly #indexFiles: IndexFiles;
  readonly #books: SpoolBooks;
  readonly #retention: Retention;
  readonly #figures: ReturnType<typeof createSpoolStatus>;
  readonly #writer: BatchWriter;
  readonly #reader: BatchReader;
  readonly #disk: DiskWatch;
  readonly #sendable: Sendable;
  readonly #room: RoomGate;
  readonly #onSendable = new Set<(from?: number) => void>();

  private constructor(options: SpoolOptions, { log, segmentBytes, keptAside }: OpenedLog) {
    this.#options = options;
    this.#log = log;
    this.#indexFiles = new IndexFiles(join(options.folder, "index"), options.log);
    const books = new SpoolBooks();
    this.#books = books;
    const { gatewayId, folder, maxBytes, clock } = options;
    this.#state = new StateKeeper({ folder, books, clock, log: options.log });
    const maxMemory = options.memoryBytes ?? defaultMemoryBytes;
    this.#memory = new MemoryRing({ gatewayId, books, log, maxBytes: maxMemory });
    const bound = createDiskRoom({
      folder,
      maxBytes,
      segmentBytes,
      written: () => log.bytes - log.unwrittenBytes,
      monotonicMs: () => clock.monotonicMs(),
    });
    this.#room = new RoomGate({ index: books.index, log, maxBytes });
    this.#sendable = new Sendable({ index: books.index, memory: this.#memory, log });
    const memory = this.#memory;
    this.#retention = new Retention({ gatewayId, log, books, bound, segmentBytes, memory, clock });
    const parts = { books, log, bound, memory, retention: this.#retention };
    this.#figures = createSpoolStatus({ ...parts, keptAside, clock });
    this.#writer = new BatchWriter({
      ...{ gatewayId, clock, books, segments: log, memory: this.#memory, log: options.log },
      onWritten: (bytes) => this.#onWritten(bytes),
    });
    this.#reader = new BatchReader(parts);
    this.#disk = new DiskWatch({
      ...{ segments: log, memory: this.#memory, sendable: this.#sendable, state: this.#state },
      ...{ figures: this.#figures, retention: this.#retention, log: options.log },
      renewEpoch: () => this.renewEpoch(),
    });
  }

  /**
   * Opens or creates a spool and rebuilds its index.
   * @throws CodedError FOLDER_IN_USE, LOG_VERSION_UNSUPPORTED; the system's error if the folder cannot be read
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const opened = await openSpoolLog(options);
    const { log } = opened;
    try {
      const spool = new Spool(options, opened);
      spool.#recover();
      // A disk that takes nothing from the start: memory begins at once, not with the first batch that waits in vain.
      spool.#disk.look();
      return spool;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Hex id of the epoch that new batches get. */
  get epoch(): string {
    return this.#books.currentBook.epoch;
  }
  get storeId(): string | null {
    return this.#state.storeId;
  }
  /** Batches by ordinal, in the order of the log. */
  get index(): SpoolIndex {
    return this.#books.index;
  }
  /** One above the highest ordinal that is on disk and may be sent. */
  get sendableEnd(): number {
    return this.#sendable.end;
  }
  /** True when the hub has everything there is. */
  get isDrained(): boolean {
    return this.index.pendingBytes === 0 && this.#writer.isSettled;
  }
  /** The disk takes nothing: what comes is in memory only. */
  get isStorageFailing(): boolean {
    return this.#memory.isActive;
  }
  get isFull(): boolean {
    return this.#retention.isExhausted;
  }

  /**
   * Numbers a batch and keeps it; it is on disk within the sync interval, at once for the alarm lane. False says that
   * there was no room for it: then its samples are counted as lost, and later told to the hub by a tombstone.
   */
  append(content: SpoolContent): boolean {
    const { dictionary, samples, suppressed, lane } = content;
    this.#disk.look();
    this.#state.remember(dictionary);
    this.#writer.bookLosses();
    const counts = { produced: samples.length, suppressed };
    const isKept = this.#writer.tryWrite({ ...content, counts });
    // A failing disk is the log's own alarm.
    if (lane === "alarm" && !this.#memory.isActive) this.#log.sync().catch(() => {});
    return isKept;
  }

  /**
   * Begins a new numbering: numbers and ledgers start again, what is spooled keeps its own.
   * @throws CodedError LOG_FULL (retryable), then nothing has changed
   */
  renewEpoch(): string {
    this.#writer.bookLosses();
    const before = this.#books.current;
    this.#books.current = this.#books.epochNumber(newEpochId());
    this.#state.begin(this.epoch);
    try {
      this.#retention.writeCheckpoint();
    } catch (error) {
      this.#books.current = before;
      throw error;
    }
    return this.epoch;
  }

  /** A batch to send; undefined if it is no longer there or cannot be read, which is then counted. */
  read(ordinal: number): SpooledBatch | undefined {
    return this.#reader.read(ordinal);
  }

  /** From now on the hub may rightly say that it has this batch, and its content must never change. */
  markSent(ordinal: number): void {
    const book = this.#books.bookAt(ordinal);
    if (book === undefined) return;
    const number = this.index.number(ordinal);
    book.sent.add(number);
    if (this.#memory.recordOf(ordinal) === undefined) this.#state.markSent(book.epoch, number);
  }

  /** Takes over what the hub says it has. `inFlight`: ordinals sent and not yet acknowledged. */
  acknowledge(acknowledgement: Acknowledgement, inFlight: Iterable<number>): AckOutcome {
    const { storeId } = this.#state;
    const context = { books: this.#books, storeId, inFlight };
    const outcome = acceptAcknowledgement(acknowledgement, context);
    if (outcome === "accepted" || outcome === "fallen-back") {
      if (storeId === null) this.#state.save({ storeId: acknowledgement.storeId });
      this.#memory.release();
      this.#retention.onAcknowledged();
      this.#state.saveSometimes();
      this.#room.look();
    }
    return outcome;
  }

  /** The gateway's half of the opening exchange. */
  offer(): Offer {
    return offerOf(this.#books, this.#state.storeId);
  }

  /** Every dictionary that a batch of this machine in the spool names. */
  dictionariesOf(machineId: string): SignalDictionary[] {
    return heldDictionaries(this.#books, machineId);
  }

  /** Machines of batches that are still in the spool, configured today or not. */
  heldMachines(): string[] {
    return heldMachines(this.#books);
  }

  /** The newest stamp in the last batch of a machine that has samples, in the current epoch, if there is one. */
  newestStampNs(machineId: string): bigint | undefined {
    return this.#reader.newestStampNs(machineId);
  }

  /** Resolves at once while there is room, else when there is again. */
  whenRoom(): Promise<void> {
    return this.#room.whenRoom();
  }

  /** Calls `listener` whenever more batches may be sent; `from`: also older ones. Returns what ends it. */
  onSendable(listener: (from?: number) => void): () => void {
    this.#onSendable.add(listener);
    return () => this.#onSendable.delete(listener);
  }

  /** Calls `listener` when a failing or healing disk has begun a new epoch, which the hub must be offered. */
  onRenewed(listener: () => void): void {
    this.#disk.onRenewed(listener);
  }

  /** The bdSeq of the next connection: 0 to 255 and round, kept over restarts. */
  nextBdSeq(): number {
    return this.#state.nextBdSeq();
  }

  status(): SpoolStatus {
    const { epoch, storeId, isFull } = this;
    const [{ unreadable }, { maxBytes }] = [this.#reader, this.#options];
    return this.#figures.status({ epoch, storeId, isFull, maxBytes, unreadable });
  }

  /** Resolves once everything appended is on disk. @throws CodedError LOG_WRITE_FAILED (retryable) */
  async sync(): Promise<void> {
    await this.#log.sync();
  }

  /** @throws CodedError LOG_WRITE_FAILED: what was not synced is lost */
  async close(): Promise<void> {
    this.#onSendable.clear();
    try {
      this.#state.save({});
      if (!this.#memory.isActive) this.#retention.tryCheckpoint();
      await this.#log.sync();
      this.#writeIndex(1);
    } finally {
      await this.#log.close();
    }
  }

  #recover(): void {
    const { unreadable, mustRenew } = recoverSpool({
      log: this.#log,
      books: this.#books,
      indexFiles: this.#indexFiles,
      state: this.#state,
      logger: this.#options.log,
    });
    this.#reader.unreadable = unreadable;
    this.#sendable.restart();
    this.#log.onSynced((synced) => this.#onSynced(synced));
    if (mustRenew) this.renewEpoch();
    else this.#retention.tryCheckpoint();
  }

  /** Every commit ends here, those too that failed. */
  #onSynced(synced: number): void {
    this.#disk.onSynced(synced);
    const from = this.#sendable.advance();
    this.#retention.onSynced(synced);
    this.#writeIndex(indexStretch);
    if (synced === this.#log.end) this.#state.retry();
    this.#room.look();
    for (const listener of this.#onSendable) listener(from);
  }

  #onWritten(bytes: number): void {
    this.#figures.onAppended(bytes);
    if (this.#memory.isActive) this.#sendable.advance();
    else this.#retention.onAppended();
  }

  #writeIndex(atLeast: number): void {
    const to = this.#retention.safeCheckpointAt;
    if (to - this.#indexFiles.indexedTo < atLeast || to > this.#memory.oldestPosition()) return;
    this.#indexFiles.write(this.#books, to, this.#log.oldest);
  }
}
