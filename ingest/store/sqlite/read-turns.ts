import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Reading } from "../reading.ts";

/** Throws when nobody waits for the answer any more. */
export type Check = () => void;

export interface ReadTurnsOptions<Handle> {
  readonly first: Handle;
  /** Another one, when several have begun. */
  readonly open: () => Handle;
  readonly close: (handle: Handle) => void;
  /** Milliseconds since any moment. */
  readonly nowMs?: () => number;
}

/** What a chart of a page takes is mostly less, so that those need not take turns with each other. Engineering default. */
const firstMs = 4;
/** How long somebody new waits for one that takes longer. Engineering default. */
const sliceMs = 1;
/** Each has a handle with a cache of its own. More than one person may have begun: see the gates of the routes. */
const mostBegun = 16;
const mostIdle = 2;

interface Turn<Handle> {
  readonly check: Check;
  /** Until it has an answer, or the time is over. True: it is done with. */
  readonly goOn: (handle: Handle, untilMs: number) => boolean;
  readonly end: (error: unknown) => void;
  handle?: Handle;
  spentMs: number;
}

/**
 * Answers many questions in one thread, each on a handle of its own: a new one at once, then whichever has taken the
 * least time so far. A short one never waits for long ones, however many there are.
 */
export class ReadTurns<Handle> {
  readonly #open: () => Handle;
  readonly #close: (handle: Handle) => void;
  readonly #nowMs: () => number;
  readonly #fresh: Turn<Handle>[] = [];
  readonly #begun = new Set<Turn<Handle>>();
  readonly #idle: Handle[];
  #isGoing = false;

  constructor({ first, open, close, nowMs = () => performance.now() }: ReadTurnsOptions<Handle>) {
    this.#idle = [first];
    this.#open = open;
    this.#close = close;
    this.#nowMs = nowMs;
  }

  /** @throws CodedError QUERY_CANCELLED, STORE_CLOSED, and what the reading throws */
  run<Result>(
    begin: (handle: Handle) => Reading<Result>,
    check: Check = () => undefined,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const nowMs = this.#nowMs;
      this.#fresh.push(turnOf({ begin, check, nowMs, resolve, reject }));
      if (this.#isGoing) return;
      this.#isGoing = true;
      setImmediate(this.#goOn);
    });
  }

  /** Ends what is not answered yet. */
  close(): void {
    for (const turn of [...this.#fresh.splice(0), ...this.#begun]) {
      turn.end(closed());
      this.#leave(turn);
    }
    for (const handle of this.#idle.splice(0)) this.#close(handle);
  }

  readonly #goOn = (): void => {
    const turn = this.#next();
    this.#isGoing = turn !== undefined;
    if (!turn) return;
    this.#slice(turn);
    // Messages come in between.
    setImmediate(this.#goOn);
  };

  #next(): Turn<Handle> | undefined {
    const newest = this.#begun.size < mostBegun ? this.#fresh.shift() : undefined;
    if (newest) return newest;
    let least: Turn<Handle> | undefined;
    for (const turn of this.#begun) if (!least || turn.spentMs < least.spentMs) least = turn;
    return least;
  }

  #slice(turn: Turn<Handle>): void {
    const startedMs = this.#nowMs();
    const untilMs = startedMs + (this.#begun.has(turn) ? sliceMs : firstMs);
    try {
      turn.check();
      this.#begun.add(turn);
      turn.handle ??= this.#idle.pop() ?? this.#open();
      if (turn.goOn(turn.handle, untilMs)) this.#leave(turn);
      else turn.spentMs += this.#nowMs() - startedMs;
    } catch (error) {
      turn.end(error);
      this.#leave(turn);
    }
  }

  #leave(turn: Turn<Handle>): void {
    this.#begun.delete(turn);
    if (turn.handle === undefined) return;
    if (this.#idle.length < mostIdle) this.#idle.push(turn.handle);
    else this.#close(turn.handle);
  }
}

const closed = () => new CodedError("STORE_CLOSED", "the telemetry store is closed");

function turnOf<Handle, Result>(asked: {
  readonly begin: (handle: Handle) => Reading<Result>;
  readonly check: Check;
  readonly nowMs: () => number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}): Turn<Handle> {
  const { begin, check, nowMs, resolve, reject } = asked;
  let reading: Reading<Result> | undefined;
  return {
    check,
    spentMs: 0,
    goOn(handle, untilMs) {
      reading ??= begin(handle);
      do {
        check();
        const { done, value } = reading.next();
        if (done) {
          resolve(value);
          return true;
        }
      } while (nowMs() < untilMs);
      return false;
    },
    end(error) {
      reject(error);
      // Leaves the snapshot that it reads from.
      reading?.return(undefined as never);
    },
  };
}
