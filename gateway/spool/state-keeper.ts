import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { EpochBook } from "./epoch-book.ts";
import type { SpoolBooks } from "./spool-books.ts";
import { SpoolFiles, type SpoolState } from "./spool-state.ts";

const stateIntervalMs = 10_000;
/** A disk that took nothing is not asked again for so long. */
const retryMs = 5_000;
/** Numbers are marked as sent so many at a time, so that sending costs no write of its own. */
const sentStep = 1_000;

export interface StateKeeperOptions {
  readonly folder: string;
  readonly books: SpoolBooks;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The small files of a spool, kept up to date as far as the disk lets them be: it may fail at any time. */
export class StateKeeper {
  readonly #files: SpoolFiles;
  readonly #options: StateKeeperOptions;
  readonly #unsentFrom = new Map<string, number>();
  readonly #unwritten = new Map<string, SignalDictionary>();
  #state: SpoolState;
  #savedMs = Number.NEGATIVE_INFINITY;
  #failedMs = Number.NEGATIVE_INFINITY;
  #isDirty = false;

  constructor(options: StateKeeperOptions) {
    this.#options = options;
    this.#files = new SpoolFiles(options.folder);
    this.#state = this.#files.readState();
    for (const [epoch, from] of Object.entries(this.#state.unsentFrom))
      this.#unsentFrom.set(epoch, from);
  }

  get storeId(): string | null {
    return this.#state.storeId;
  }

  dictionaries(): SignalDictionary[] {
    return this.#files.readDictionaries();
  }

  /** Fills in what a book says of the hub and of what has left. Call once, after the log was read. */
  restore(book: EpochBook): void {
    const settled = this.#state.settled[book.epoch];
    if (settled) book.settle(settled);
    const sentBelow = Math.min(book.next, this.#unsentFrom.get(book.epoch) ?? book.next);
    if (sentBelow > 1) book.sent.addRange(1, sentBelow - 1);
    this.#unsentFrom.set(book.epoch, sentBelow);
  }

  /** A new epoch: nothing of it has left. */
  begin(epoch: string): void {
    this.#unsentFrom.set(epoch, 1);
  }

  /** Before a number leaves: the next life must not take it for one that never did. */
  markSent(epoch: string, number: number): void {
    if (number < (this.#unsentFrom.get(epoch) ?? 1)) return;
    this.#unsentFrom.set(epoch, number + sentStep);
    this.save({});
  }

  /** Of a batch that comes: a new one is in the books from now on, and on disk as soon as may be. */
  remember(dictionary: SignalDictionary): void {
    const { books } = this.#options;
    if (books.dictionaryNumber(dictionary.hash) !== undefined) return;
    books.addDictionary(dictionary);
    this.#unwritten.set(dictionary.hash, dictionary);
    this.#try(() => this.#writeDictionaries());
  }

  /** 0 to 255 and round, kept over restarts. */
  nextBdSeq(): number {
    const { bdSeq } = this.#state;
    this.save({ bdSeq: (bdSeq + 1) % 256 });
    return bdSeq;
  }

  save(change: Partial<Pick<SpoolState, "storeId" | "bdSeq">>): void {
    const books = this.#options.books.epochs.flatMap((book) => book ?? []);
    const settled = Object.fromEntries(books.map((one) => [one.epoch, one.settled.toJSON()]));
    const unsentFrom = Object.fromEntries(
      books.map(({ epoch, next }) => [epoch, this.#unsentFrom.get(epoch) ?? next]),
    );
    this.#state = { ...this.#state, settled, unsentFrom, ...change };
    this.#savedMs = this.#options.clock.monotonicMs();
    this.#isDirty = true;
    this.#try(() => this.#writeState());
  }

  saveSometimes(): void {
    if (this.#options.clock.monotonicMs() - this.#savedMs >= stateIntervalMs) this.save({});
  }

  /** Writes what a failing disk did not take before. */
  retry(): void {
    if (!this.#isDirty && this.#unwritten.size === 0) return;
    this.#try(() => {
      this.#writeDictionaries();
      if (this.#isDirty) this.#writeState();
    });
  }

  /** The disk takes data again: what it did not take is written now, not when the next try is due. */
  healed(): void {
    this.#failedMs = Number.NEGATIVE_INFINITY;
    this.retry();
  }

  #writeState(): void {
    this.#files.writeState(this.#state);
    this.#isDirty = false;
  }

  #writeDictionaries(): void {
    for (const [hash, dictionary] of this.#unwritten) {
      this.#files.writeDictionary(dictionary);
      this.#unwritten.delete(hash);
    }
  }

  #try(write: () => void): void {
    const nowMs = this.#options.clock.monotonicMs();
    if (nowMs - this.#failedMs < retryMs) return;
    try {
      write();
      if (this.#failedMs > 0) this.#options.log.info({}, "small files of the spool written again");
      this.#failedMs = Number.NEGATIVE_INFINITY;
    } catch (err) {
      if (this.#failedMs < 0)
        this.#options.log.error({ err }, "small files of the spool cannot be written");
      this.#failedMs = nowMs;
    }
  }
}
