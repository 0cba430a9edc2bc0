import { createBackoff } from "@firebreak/kit/backoff.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { decodeRecord, type JournalRecord } from "../journal/record.ts";
import { isRetryable } from "./is-retryable.ts";

/** Where a consumer reads: the journal of this process or a reader of its folder in another thread. */
export interface RecordSource {
  /** Records at `from` and after, only those that are on disk; an empty list at the end. */
  read(
    from: number,
    maxBytes: number,
  ): {
    readonly records: readonly {
      readonly position: number;
      readonly next: number;
      readonly payload: Uint8Array;
    }[];
    readonly next: number;
  };
  /** Calls back whenever more is on disk; returns the way to stop that. */
  onSynced(listener: () => void): () => void;
}

export interface JournalEntry {
  readonly position: number;
  readonly next: number;
  readonly record: JournalRecord;
}

export interface ConsumerOptions {
  readonly name: string;
  readonly source: RecordSource;
  /** Where to begin: what the consumer committed last. */
  readonly offset: number;
  /**
   * Takes a chunk and commits `nextOffset` with it, in one transaction or not at all. A retryable error is tried again
   * with back-off for ever; any other makes the records be tried one by one.
   */
  readonly handle: (entries: readonly JournalEntry[], nextOffset: number) => Promise<void> | void;
  /** A record that could not be decoded or, alone, made `handle` fail twice. The loop goes on behind it. */
  readonly onPoison: (poison: {
    readonly position: number;
    readonly payload: Uint8Array;
    readonly error: unknown;
  }) => void;
  readonly log: Logger;
  /** Most bytes of one chunk; default 1 MiB. */
  readonly chunkBytes?: number;
}

export interface Consumer {
  /** Everything before it is committed. */
  readonly offset: number;
  readonly poisoned: number;
  readonly lastError: unknown;
  /** Resolves when everything that was on disk at the call is committed. */
  caughtUp(): Promise<void>;
  /** Lets the chunk in hand finish. */
  stop(): Promise<void>;
}

interface Raw {
  readonly position: number;
  readonly next: number;
  readonly payload: Uint8Array;
}

/** Reads the journal from an offset on, for ever, in bounded chunks, in order. */
export function runConsumer(options: ConsumerOptions): Consumer {
  const { source, handle, onPoison, log, chunkBytes = 1024 * 1024 } = options;
  const backoff = createBackoff(50, 10_000);
  const state = { offset: options.offset, poisoned: 0, lastError: undefined as unknown };
  let stopping = false;
  let wake = () => {};
  let waiters: (() => void)[] = [];
  const unsubscribe = source.onSynced(() => wake());

  /** Until it is put aside: what the store has by then must not be given to it again. */
  const poison = async (raw: Raw, error: unknown): Promise<void> => {
    state.poisoned++;
    log.error({ err: error, position: raw.position }, "record isolated, going on behind it");
    for (;;)
      try {
        onPoison({ position: raw.position, payload: raw.payload, error });
        return;
      } catch (cause) {
        if (!state.lastError) log.error({ err: cause }, "record cannot be put aside, trying again");
        state.lastError = cause;
        if (stopping) throw cause;
        await sleep(backoff.nextMs());
      }
  };

  /** False when it failed for a reason of the record's own, which `refusal` then is. */
  let refusal: unknown;
  const tryHandle = async (entries: readonly JournalEntry[], next: number): Promise<boolean> => {
    for (;;) {
      try {
        await handle(entries, next);
        if (state.lastError) log.info({}, "consumer works again");
        state.lastError = undefined;
        backoff.reset();
        return true;
      } catch (error) {
        refusal = error;
        if (!isRetryable(error)) return false;
        if (!state.lastError) log.error({ err: error }, "consumer cannot write, trying again");
        state.lastError = error;
        if (stopping) throw error;
        await sleep(backoff.nextMs());
      }
    }
  };

  const oneByOne = async (raws: readonly Raw[]) => {
    for (const raw of raws) {
      let unreadable: unknown;
      const entry = toEntry(raw, (_, error) => {
        unreadable = error;
      });
      if (!entry) await poison(raw, unreadable);
      const one = entry ? [entry] : [];
      if ((await tryHandle(one, raw.next)) || (await tryHandle(one, raw.next))) continue;
      if (entry) await poison(raw, failedTwice(refusal));
      if (!(await tryHandle([], raw.next))) log.error({}, "consumer refuses an empty step");
    }
  };

  const step = async (): Promise<boolean> => {
    const { records, next } = source.read(state.offset, chunkBytes);
    if (next === state.offset) return false;
    const poisonedHere: [Raw, unknown][] = [];
    const entries: JournalEntry[] = [];
    for (const raw of records) {
      const entry = toEntry(raw, (bad, error) => poisonedHere.push([bad, error]));
      if (entry) entries.push(entry);
    }
    if (!(await tryHandle(entries, next))) await oneByOne(records);
    else for (const [raw, error] of poisonedHere) await poison(raw, error);
    state.offset = next;
    return true;
  };

  const loop = async () => {
    while (!stopping) {
      try {
        if (await step()) {
          await yieldToOthers();
          continue;
        }
      } catch (error) {
        if (stopping) return;
        state.lastError = error;
        log.error({ err: error }, "journal cannot be read, trying again");
        await sleep(backoff.nextMs());
        continue;
      }
      for (const waiter of waiters.splice(0)) waiter();
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (stopping || waiters.length > 0) resolve();
      });
    }
  };
  const ended = loop().finally(() => {
    for (const waiter of waiters.splice(0)) waiter();
  });

  return {
    get offset() {
      return state.offset;
    },
    get poisoned() {
      return state.poisoned;
    },
    get lastError() {
      return state.lastError;
    },
    caughtUp() {
      return new Promise((resolve) => {
        if (stopping) return resolve();
        waiters = [...waiters, resolve];
        wake();
      });
    },
    async stop() {
      stopping = true;
      unsubscribe();
      wake();
      await ended;
    },
  };
}

const failedTwice = (cause: unknown) =>
  new Error(`twice, on this record alone: ${cause instanceof Error ? cause.message : cause}`, {
    cause,
  });

function toEntry(raw: Raw, poison: (raw: Raw, error: unknown) => void): JournalEntry | undefined {
  try {
    return { position: raw.position, next: raw.next, record: decodeRecord(raw.payload) };
  } catch (error) {
    poison(raw, error);
    return undefined;
  }
}

const sleep = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms).unref();
  });
const yieldToOthers = () => new Promise<void>((resolve) => setImmediate(resolve));
