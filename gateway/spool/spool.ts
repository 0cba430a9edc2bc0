import { join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { openLog, type SegmentLog } from "@firebreak/log/segment-log.ts";
import type { LossReason } from "@firebreak/wire/batch.ts";
import { decodeBatch, encodeBatch } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { Acknowledgement, Offer } from "@firebreak/wire/session.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { type AckOutcome, acceptAcknowledgement } from "./accept-acknowledgement.ts";
import { type EpochBook, newEpochId } from "./epoch-book.ts";
import { heldDictionaries, heldMachines, lastOfCurrentEpoch, newestOf, offerOf } from "./held.ts";
import { IndexFiles } from "./index-files.ts";
import { type IndexedLog, indexLog, recordOverhead, unknownDictionary } from "./index-log.ts";
import { Retention } from "./retention.ts";
import { SpoolBooks } from "./spool-books.ts";
import type { SpoolIndex } from "./spool-index.ts";
import {
  type SpoolContent,
  type SpooledBatch,
  type SpoolOptions,
  segmentBytesOf,
} from "./spool-options.ts";
import { decodeSpoolRecord, encodeBatchRecord } from "./spool-record.ts";
import { SpoolFiles, type SpoolState } from "./spool-state.ts";
import { createSpoolStatus, type SpoolStatus } from "./spool-status.ts";

/** After so many bytes of the log their index is written down. */
const indexStretch = 16 * 1024 * 1024;
const stateIntervalMs = 10_000;
/** A source that can wait does so while more than this waits for the disk. */
const maxUnwritten = 8 * 1024 * 1024;

/**
 * The gateway's memory: every batch, on disk, until the hub's store has it. Numbers batches without gaps, keeps the
 * ledger, and knows what the hub has. Only batches that are on disk may be sent: what a power cut takes back was
 * never seen by anyone, so its numbers may be given out again.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #log: SegmentLog;
  readonly #files: SpoolFiles;
  readonly #indexFiles: IndexFiles;
  readonly #books: SpoolBooks;
  readonly #retention: Retention;
  readonly #figures: ReturnType<typeof createSpoolStatus>;
  /** Samples that found no room, to be booked by a tombstone as soon as there is some. */
  readonly #unbooked = new Map<string, { dictionary: SignalDictionary; samples: number }>();
  readonly #waiting = new Set<() => void>();
  readonly #onSendable = new Set<() => void>();
  #state: SpoolState;
  #stateSavedMs = Number.NEGATIVE_INFINITY;
  #sendableEnd = 0;
  #unreadable = 0;

  private constructor(options: SpoolOptions, log: SegmentLog, files: SpoolFiles) {
    this.#options = options;
    this.#log = log;
    this.#files = files;
    this.#indexFiles = new IndexFiles(join(options.folder, "index"));
    this.#state = files.readState();
    this.#books = new SpoolBooks();
    const { maxBytes, gatewayId } = options;
    const segmentBytes = segmentBytesOf(options);
    const books = this.#books;
    this.#retention = new Retention({ gatewayId, log, books, maxBytes, segmentBytes });
    this.#figures = createSpoolStatus({ ...options, books, spooled: log });
  }

  /**
   * Opens or creates a spool and rebuilds its index.
   * @throws CodedError FOLDER_IN_USE, LOG_VERSION_UNSUPPORTED; the system's error if the folder cannot be read
   */
  static async open(options: SpoolOptions): Promise<Spool> {
    const log = await openLog({
      folder: join(options.folder, "log"),
      segmentBytes: segmentBytesOf(options),
      maxBytes: options.maxBytes,
      maxRecordBytes: options.maxBytes / 8,
      syncIntervalMs: options.syncIntervalMs,
      log: options.log,
    });
    try {
      const spool = new Spool(options, log, new SpoolFiles(options.folder));
      spool.#recover();
      return spool;
    } catch (error) {
      await log.close();
      throw error;
    }
  }

  /** Hex id of the epoch that new batches get. */
  get epoch(): string {
    return this.#current.epoch;
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
    return this.#sendableEnd;
  }
  /** True when the hub has everything there is. */
  get isDrained(): boolean {
    return this.index.pendingBytes === 0 && this.#unbooked.size === 0;
  }
  get isFull(): boolean {
    return this.#retention.isExhausted;
  }

  /**
   * Numbers a batch and keeps it; it is on disk within the sync interval, at once for the alarm lane. False says that
   * there was no room for it: then its samples are counted as lost, and later told to the hub by a tombstone.
   */
  append(content: SpoolContent): boolean {
    const { machineId, dictionary, samples, suppressed, lane } = content;
    this.#remember(dictionary);
    this.#bookLost(machineId);
    const counts = { produced: samples.length, suppressed };
    const isKept = this.#write({ ...content, counts });
    if (!isKept) this.#lose(content);
    if (lane === "alarm") this.#log.sync().catch(() => {}); // a failing disk is the log's own alarm
    return isKept;
  }

  /**
   * Begins a new numbering: numbers and ledgers start again, what is spooled keeps its own.
   * @throws CodedError LOG_FULL (retryable), then nothing has changed
   */
  renewEpoch(): string {
    for (const machineId of this.#unbooked.keys()) this.#bookLost(machineId);
    const before = this.#books.current;
    this.#books.current = this.#books.epochNumber(newEpochId());
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
    const { index } = this;
    if (!index.isHeld(ordinal)) return undefined;
    const position = index.position(ordinal);
    const [found] = this.#log.read(position, index.bytes(ordinal)).records;
    if (found?.position === position) {
      const record = decodeSpoolRecord(found.payload);
      const epoch = this.#books.bookAt(ordinal)?.epoch;
      if (record.kind === "batch" && epoch !== undefined)
        return { ...record, epoch, number: index.number(ordinal) };
    }
    // The next offer no longer names it as held, and the hub books what it lacks as lost.
    index.setGone(ordinal);
    this.#unreadable++;
    return undefined;
  }

  /** From now on the hub may rightly say that it has this batch, and its content must never change. */
  markSent(ordinal: number): void {
    this.#books.bookAt(ordinal)?.sent.add(this.index.number(ordinal));
  }

  /** Takes over what the hub says it has. `inFlight`: ordinals sent and not yet acknowledged. */
  acknowledge(acknowledgement: Acknowledgement, inFlight: Iterable<number>): AckOutcome {
    const { storeId } = this.#state;
    const context = { books: this.#books, storeId, inFlight };
    const outcome = acceptAcknowledgement(acknowledgement, context);
    if (outcome === "accepted" || outcome === "fallen-back") {
      if (storeId === null) this.#saveState({ storeId: acknowledgement.storeId });
      this.#retention.onAcknowledged();
      this.#saveStateSometimes();
      this.#wake();
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

  /** The newest stamp in the last batch of a machine in the current epoch, if it has one. */
  newestStampNs(machineId: string): bigint | undefined {
    const ordinal = lastOfCurrentEpoch(this.#books, machineId);
    const batch = ordinal === undefined ? undefined : this.read(ordinal);
    const dictionary = this.#books.dictionaries[this.index.dictionary(ordinal ?? -1)];
    return batch && dictionary ? newestOf(decodeBatch(batch.block, dictionary).samples) : undefined;
  }

  /** Resolves at once while there is room, else when there is again. */
  whenRoom(): Promise<void> {
    return this.#hasRoom ? Promise.resolve() : new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** Calls `listener` whenever more batches may be sent. Returns what ends it. */
  onSendable(listener: () => void): () => void {
    this.#onSendable.add(listener);
    return () => this.#onSendable.delete(listener);
  }

  /** The bdSeq of the next connection: 0 to 255 and round, kept over restarts. */
  nextBdSeq(): number {
    const { bdSeq } = this.#state;
    this.#saveState({ bdSeq: (bdSeq + 1) % 256 });
    return bdSeq;
  }

  status(): SpoolStatus {
    const { epoch, storeId, isFull } = this;
    return this.#figures.status({ epoch, storeId, isFull, unreadable: this.#unreadable });
  }

  /** Resolves once everything appended is on disk. @throws CodedError LOG_WRITE_FAILED (retryable) */
  async sync(): Promise<void> {
    await this.#log.sync();
  }

  /** @throws CodedError LOG_WRITE_FAILED: what was not synced is lost */
  async close(): Promise<void> {
    this.#onSendable.clear();
    try {
      this.#saveState({});
      this.#retention.tryCheckpoint();
      await this.#log.sync();
      this.#writeIndex(1);
    } finally {
      await this.#log.close();
    }
  }

  get #current(): EpochBook {
    const book = this.#books.epochs[this.#books.current];
    if (book === undefined) throw new TypeError("the spool has no epoch yet");
    return book;
  }

  get #hasRoom(): boolean {
    const { maxBytes } = this.#options;
    return this.index.pendingBytes < maxBytes / 2 && this.#log.unwrittenBytes < maxUnwritten;
  }

  #recover(): void {
    for (const dictionary of this.#files.readDictionaries()) this.#books.addDictionary(dictionary);
    const start = this.#indexFiles.load(this.#log, this.#books);
    const indexed = indexLog(this.#log, this.#books, start);
    this.#books.dropCarriedOn();
    this.#unreadable = indexed.unreadable;
    for (const book of this.#books.epochs) {
      if (book === undefined) continue;
      const settled = this.#state.settled[book.epoch];
      if (settled) book.settle(settled);
      if (book.next > 1) book.sent.addRange(1, book.next - 1);
    }
    this.#books.settleByBooks();
    this.#sendableEnd = this.index.end;
    this.#log.onSynced((synced) => this.#onSynced(synced));
    if (this.#mustRenew(indexed)) this.renewEpoch();
    else this.#retention.tryCheckpoint();
  }

  #mustRenew({ isDamagedSinceCheckpoint }: IndexedLog): boolean {
    const isDamaged = isDamagedSinceCheckpoint || this.#log.recovery.tornBytes > 0;
    if (isDamaged)
      this.#options.log.warn({ unreadable: this.#unreadable }, "spool repaired, epoch renewed");
    return isDamaged || this.#books.current < 0;
  }

  #onSynced(synced: number): void {
    while (this.#sendableEnd < this.index.end && this.index.position(this.#sendableEnd) < synced)
      this.#sendableEnd++;
    this.#retention.onSynced(synced);
    this.#writeIndex(indexStretch);
    this.#wake();
    for (const listener of this.#onSendable) listener();
  }

  #writeIndex(atLeast: number): void {
    const to = this.#retention.safeCheckpointAt;
    if (to - this.#indexFiles.indexedTo < atLeast) return;
    this.#indexFiles.write(this.#books, to, this.#log.oldest);
  }

  #wake(): void {
    if (!this.#hasRoom) return;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  #remember(dictionary: SignalDictionary): void {
    if (this.#books.dictionaryNumber(dictionary.hash) !== undefined) return;
    this.#files.writeDictionary(dictionary);
    this.#books.addDictionary(dictionary);
  }

  #write(
    content: SpoolContent & {
      readonly counts: { readonly produced: number; readonly suppressed: number };
      readonly tombstone?: { readonly reason: LossReason; readonly samples: number };
    },
  ): boolean {
    const { machineId, dictionary, lane, counts } = content;
    const book = this.#current;
    const ledger = book.countsOf(machineId);
    const number = book.next;
    const produced = ledger.produced + counts.produced;
    const suppressed = ledger.suppressed + counts.suppressed;
    const identity = { gatewayId: this.#options.gatewayId, machineId };
    const block = encodeBatch(identity, {
      ...content,
      epoch: book.epoch,
      number,
      produced,
      suppressed,
    });
    const payload = encodeBatchRecord(machineId, block);
    const position = this.#tryAppend(payload);
    if (position === undefined) return false;
    book.next++;
    Object.assign(ledger, { produced, suppressed });
    this.index.push({
      position,
      bytes: payload.length + recordOverhead,
      epoch: this.#books.current,
      machine: this.#books.machineNumber(machineId),
      dictionary: this.#books.dictionaryNumber(dictionary.hash) ?? unknownDictionary,
      number,
      isAlarm: lane === "alarm",
      isTombstone: content.tombstone !== undefined,
    });
    this.#figures.onAppended(payload.length);
    this.#retention.onAppended();
    return true;
  }

  #tryAppend(payload: Uint8Array): number | undefined {
    try {
      return this.#log.append(payload);
    } catch (error) {
      if (errorCode(error) === "LOG_FULL") return undefined;
      throw error;
    }
  }

  #lose({ machineId, dictionary, samples, suppressed }: SpoolContent): void {
    const before = this.#unbooked.get(machineId)?.samples ?? 0;
    this.#unbooked.set(machineId, { dictionary, samples: before + samples.length });
    const ledger = this.#current.countsOf(machineId);
    ledger.produced += samples.length;
    ledger.suppressed += suppressed;
    ledger.lost += samples.length;
  }

  /** Tells the hub, in its place in the sequence, what found no room. */
  #bookLost(machineId: string): void {
    const lost = this.#unbooked.get(machineId);
    if (lost === undefined) return;
    const isWritten = this.#write({
      machineId,
      dictionary: lost.dictionary,
      lane: "live",
      samples: new SampleColumns(BigInt(this.#options.clock.nowMs()) * 1_000_000n, 1),
      events: [],
      suppressed: 0,
      counts: { produced: 0, suppressed: 0 },
      tombstone: { reason: "spool-full", samples: lost.samples },
    });
    if (isWritten) this.#unbooked.delete(machineId);
  }

  #saveStateSometimes(): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#stateSavedMs >= stateIntervalMs) this.#saveState({});
  }

  #saveState(change: Partial<SpoolState>): void {
    const settled = Object.fromEntries(
      this.#books.epochs.flatMap((book) => (book ? [[book.epoch, book.settled.toJSON()]] : [])),
    );
    this.#state = { ...this.#state, settled, ...change };
    this.#stateSavedMs = this.#options.clock.monotonicMs();
    this.#files.writeState(this.#state);
  }
}
