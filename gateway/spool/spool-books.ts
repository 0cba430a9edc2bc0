import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { EpochBook } from "./epoch-book.ts";
import { type SpoolEntry, SpoolIndex } from "./spool-index.ts";
import type { Checkpoint } from "./spool-record.ts";

/** Everything a spool knows in memory: the index of the log and what its small numbers stand for. */
export class SpoolBooks {
  readonly index = new SpoolIndex();
  /** Never shortened, so that the numbers in the index stay right; `undefined` once nothing is left to say. */
  readonly epochs: (EpochBook | undefined)[] = [];
  readonly machines: string[] = [];
  readonly dictionaries: SignalDictionary[] = [];
  /** Place in `epochs` of the one that new batches get. */
  current = -1;
  /** Place of the epoch that goes on on disk while the current one is only in memory. */
  onDisk: number | undefined;
  #carriedOn: number[] = [];
  readonly #epochs = new Map<string, number>();
  readonly #machines = new Map<string, number>();
  readonly #dictionaries = new Map<string, number>();

  epochNumber(epoch: string): number {
    const known = this.#epochs.get(epoch);
    if (known !== undefined) return known;
    this.#epochs.set(epoch, this.epochs.length);
    return this.epochs.push(new EpochBook(epoch)) - 1;
  }

  /** Of the epoch that new batches get. @throws TypeError before the spool has begun one */
  get currentBook(): EpochBook {
    const book = this.epochs[this.current];
    if (book === undefined) throw new TypeError("the spool has no epoch yet");
    return book;
  }

  /** The book of an epoch id, if there is one. */
  bookOf(epoch: string): EpochBook | undefined {
    return this.epochs[this.#epochs.get(epoch) ?? -1];
  }

  /** The book that a batch in the index belongs to. */
  bookAt(ordinal: number): EpochBook | undefined {
    return this.epochs[this.index.epoch(ordinal)];
  }

  machineNumber(machineId: string): number {
    const known = this.#machines.get(machineId);
    if (known !== undefined) return known;
    this.#machines.set(machineId, this.machines.length);
    return this.machines.push(machineId) - 1;
  }

  dictionaryNumber(hash: string): number | undefined {
    return this.#dictionaries.get(hash);
  }

  addDictionary(dictionary: SignalDictionary): number {
    const known = this.#dictionaries.get(dictionary.hash);
    if (known !== undefined) return known;
    this.#dictionaries.set(dictionary.hash, this.dictionaries.length);
    return this.dictionaries.push(dictionary) - 1;
  }

  /** Adds a batch found in the log. A number that was there before has been carried on: the later record counts. */
  addBatch(entry: SpoolEntry): void {
    const book = this.epochs[entry.epoch];
    const ordinal = this.index.push(entry);
    if (book === undefined) return;
    if (entry.number < book.next) this.#carriedOn.push(ordinal);
    else book.next = entry.number + 1;
  }

  /** Call when every batch was added. */
  dropCarriedOn(): void {
    const latest = new Map<string, number>();
    const key = (ordinal: number) => `${this.index.epoch(ordinal)}/${this.index.number(ordinal)}`;
    for (const ordinal of this.#carriedOn) latest.set(key(ordinal), ordinal);
    this.#carriedOn = [];
    if (latest.size === 0) return;
    for (let ordinal = this.index.first; ordinal < this.index.end; ordinal++) {
      const kept = latest.get(key(ordinal));
      if (kept !== undefined && kept !== ordinal) this.index.setGone(ordinal);
    }
  }

  /** Drops old epochs that the hub has in full and of which nothing is held any more. */
  forgetFinishedEpochs(): void {
    const held = new Set<number>();
    for (let ordinal = this.index.first; ordinal < this.index.end; ordinal++)
      if (this.index.isHeld(ordinal)) held.add(this.index.epoch(ordinal));
    for (const [at, book] of this.epochs.entries()) {
      if (
        book === undefined ||
        at === this.current ||
        at === this.onDisk ||
        held.has(at) ||
        !book.isSettled
      )
        continue;
      this.epochs[at] = undefined;
      this.#epochs.delete(book.epoch);
    }
  }

  /** Marks each batch as settled or not by what its epoch's book says; true if any became unsettled again. */
  settleByBooks(): boolean {
    let hasFallenBack = false;
    for (let ordinal = this.index.first; ordinal < this.index.end; ordinal++) {
      const isSettled = this.bookAt(ordinal)?.settled.has(this.index.number(ordinal)) ?? false;
      if (this.index.setSettled(ordinal, isSettled) && !isSettled) hasFallenBack = true;
    }
    return hasFallenBack;
  }

  /** Everything a later start needs to know of what may be trimmed; the current epoch comes last. */
  checkpoint(): Checkpoint {
    const last = this.onDisk ?? this.current;
    const isOther = (at: number) =>
      at !== last && (this.onDisk === undefined || at !== this.current);
    const others = this.epochs.filter((book, at) => book && isOther(at));
    const ordered = [...others, this.epochs[last]];
    return { epochs: ordered.flatMap((book) => (book ? [book.checkpoint()] : [])) };
  }
}
