import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import { readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { appendIfRoom } from "./append-if-room.ts";
import { newEpochId } from "./epoch-book.ts";
import { recordOverhead } from "./index-log.ts";
import type { SpoolBooks } from "./spool-books.ts";
import type { SpoolEntry } from "./spool-index.ts";
import { decodeSpoolRecord, encodeBatchRecord } from "./spool-record.ts";
import { Thinner } from "./thin.ts";

export interface MemoryRingOptions {
  readonly gatewayId: string;
  readonly books: SpoolBooks;
  readonly log: Pick<SegmentLog, "append" | "end">;
  /** Bound of the batches in memory, bytes. */
  readonly maxBytes: number;
}

/**
 * Where batches go while the disk takes nothing. They have an epoch of their own that no disk knows, so they may be
 * sent at once: whatever a power cut takes, their numbers cannot come again. What the hub has leaves the ring; when it
 * is full the oldest are thinned, trouble codes last of all.
 */
export class MemoryRing {
  readonly #options: MemoryRingOptions;
  readonly #thinner: Thinner;
  /** Records by ordinal, oldest first. */
  readonly #records = new Map<number, Uint8Array>();
  /** Ordinals that may be given up, in two rounds: untouched ones first, then thinned ones. */
  #untouched: number[] = [];
  #thinned: number[] = [];
  #bytes = 0;
  #isActive = false;

  constructor(options: MemoryRingOptions) {
    this.#options = options;
    this.#thinner = new Thinner(options.gatewayId);
  }

  get isActive(): boolean {
    return this.#isActive;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get maxBytes(): number {
    return this.#options.maxBytes;
  }

  /** Where the log ended when the oldest of them came; infinite while there is none. */
  oldestPosition(): number {
    const [oldest] = this.#records.keys();
    return oldest === undefined
      ? Number.POSITIVE_INFINITY
      : this.#options.books.index.position(oldest);
  }

  recordOf = (ordinal: number): Uint8Array | undefined => this.#records.get(ordinal);

  /** Begins an epoch of its own; the one before goes on being that of the disk. */
  begin(): void {
    const { books } = this.#options;
    books.onDisk = books.current;
    books.current = books.epochNumber(newEpochId());
    this.#isActive = true;
  }

  /** False says that there is no room, even after giving up what may be given up. */
  add(entry: Omit<SpoolEntry, "position" | "bytes">, record: Uint8Array): boolean {
    if (!this.#makeRoom(record.length + recordOverhead)) return false;
    const ordinal = this.#push(entry, record);
    if (!entry.isAlarm) this.#untouched.push(ordinal);
    return true;
  }

  /** Lets go of what the hub has. */
  release(): void {
    const { index } = this.#options.books;
    for (const ordinal of this.#records.keys()) if (!index.isPending(ordinal)) this.#drop(ordinal);
  }

  /**
   * The disk takes records again: everything goes there, while there is room. True once nothing is left here; then the
   * caller begins a new epoch, of which the disk knows from its first number on.
   */
  moveToDisk(hasRoom: () => boolean): boolean {
    const { books, log } = this.#options;
    this.release();
    let moved = 0;
    for (const [ordinal, record] of this.#records) {
      const position = hasRoom() ? appendIfRoom(log, record) : undefined;
      if (position === undefined) {
        if (moved > 0) this.#moveBehind();
        return false;
      }
      moved++;
      books.index.push({
        ...this.#entryOf(ordinal),
        position,
        bytes: record.length + recordOverhead,
      });
      this.#drop(ordinal);
    }
    books.onDisk = undefined;
    this.#isActive = false;
    this.#untouched = [];
    this.#thinned = [];
    return true;
  }

  /** What is left stands in the index behind what has come to disk, or it would be trimmed with it. */
  #moveBehind(): void {
    const ordinals = new Map<number, number>();
    for (const [ordinal, record] of [...this.#records]) {
      const entry = this.#entryOf(ordinal);
      this.#drop(ordinal);
      ordinals.set(ordinal, this.#push(entry, record));
    }
    this.#untouched = this.#untouched.flatMap((ordinal) => ordinals.get(ordinal) ?? []);
    this.#thinned = this.#thinned.flatMap((ordinal) => ordinals.get(ordinal) ?? []);
  }

  #makeRoom(bytes: number): boolean {
    const { maxBytes } = this.#options;
    while (this.#bytes + bytes > maxBytes) {
      const ordinal = this.#untouched.shift() ?? this.#thinned.shift();
      if (ordinal === undefined) return false;
      const record = this.#records.get(ordinal);
      if (record) this.#giveUp(ordinal, record);
    }
    return true;
  }

  #giveUp(ordinal: number, payload: Uint8Array): void {
    const { books } = this.#options;
    const record = decodeSpoolRecord(payload);
    const book = books.bookAt(ordinal);
    if (record.kind !== "batch" || book === undefined) return;
    const header = readBatchHeader(record.block);
    const counts = book.countsOf(record.machineId);
    if (book.sent.has(header.number)) {
      counts.lost += header.sampleCount;
      this.#drop(ordinal);
      return;
    }
    const dictionary = books.dictionaries[books.index.dictionary(ordinal)];
    const thinned = this.#thinner.thin(record, header, dictionary);
    if (thinned === undefined) return;
    counts.lost += thinned.lost;
    const entry = { ...this.#entryOf(ordinal), isTombstone: true };
    this.#drop(ordinal);
    this.#thinned.push(this.#push(entry, encodeBatchRecord(record.machineId, thinned.block)));
  }

  #entryOf(ordinal: number): Omit<SpoolEntry, "position" | "bytes"> {
    const { index } = this.#options.books;
    return {
      epoch: index.epoch(ordinal),
      machine: index.machine(ordinal),
      dictionary: index.dictionary(ordinal),
      number: index.number(ordinal),
      isAlarm: index.isAlarm(ordinal),
      isTombstone: index.isTombstone(ordinal),
    };
  }

  #push(entry: Omit<SpoolEntry, "position" | "bytes">, record: Uint8Array): number {
    const { books, log } = this.#options;
    const bytes = record.length + recordOverhead;
    const ordinal = books.index.push({ ...entry, position: log.end, bytes });
    this.#records.set(ordinal, record);
    this.#bytes += bytes;
    return ordinal;
  }

  #drop(ordinal: number): void {
    const record = this.#records.get(ordinal);
    if (record === undefined) return;
    this.#records.delete(ordinal);
    this.#bytes -= record.length + recordOverhead;
    this.#options.books.index.setGone(ordinal);
  }
}
