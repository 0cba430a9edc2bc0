import { cancelled } from "@firebreak/ingest/store/asking.ts";
import { HttpError } from "./error-reply.ts";

/** Who asks, and how long the answer is waited for. */
export interface Turn {
  readonly who: string;
  /** Nobody waits any more. */
  readonly gone: AbortSignal;
  /** Nobody should have to wait any longer; absent: however long it takes. */
  readonly late?: AbortSignal;
}

/** `work` is told by its signal when it may give up. */
export type Gate = <Result>(
  turn: Turn,
  work: (abort: AbortSignal) => Promise<Result>,
) => Promise<Result>;

export interface GateLimits {
  readonly atOnce: number;
  /** Of one person; default half of all. */
  readonly atOnceOfOne?: number;
  readonly waiting: number;
}

/**
 * Lets a bounded number of heavy reads run; the rest wait in line, and beyond that are refused. Nobody has more than
 * half of the places or of the line, and those who wait take turns: who asks for much waits for himself. A place is
 * free once its work has ended, also where its answer is no longer waited for.
 */
export function createGate(limits: GateLimits): Gate {
  const { atOnceOfOne = Math.ceil(limits.atOnce / 2) } = limits;
  const most = { running: atOnceOfOne, waiting: Math.ceil(limits.waiting / 2) };
  const running = new Map<string, number>();
  const lines = new Map<string, (() => void)[]>();
  const count = (numbers: Iterable<number>) => [...numbers].reduce((sum, one) => sum + one, 0);
  const mayRun = (who: string) =>
    count(running.values()) < limits.atOnce && (running.get(who) ?? 0) < most.running;
  const add = (who: string, by: 1 | -1) => {
    const now = (running.get(who) ?? 0) + by;
    if (now === 0) running.delete(who);
    else running.set(who, now);
  };
  const leaveLine = (who: string, go: () => void) => {
    const rest = (lines.get(who) ?? []).filter((one) => one !== go);
    lines.delete(who);
    // Behind all others: whoever had a turn is the last to have another.
    if (rest.length > 0) lines.set(who, rest);
  };
  const callNext = () => {
    for (const [who, [go]] of lines) {
      if (go === undefined || !mayRun(who)) continue;
      leaveLine(who, go);
      add(who, 1);
      return go();
    }
  };

  const place = async (turn: Turn): Promise<void> => {
    const { who } = turn;
    if (!lines.has(who) && mayRun(who)) return add(who, 1);
    const own = lines.get(who) ?? [];
    if (own.length >= most.waiting) throw tooManyOfOne(own.length);
    if (count([...lines.values()].map(({ length }) => length)) >= limits.waiting)
      throw busy(limits.atOnce);
    const { promise, resolve: go } = Promise.withResolvers<void>();
    lines.set(who, [...own, go]);
    await untilOver(promise, turn, () => leaveLine(who, go));
  };

  return async (turn, work) => {
    await place(turn);
    const abort = AbortSignal.any([turn.gone, ...(turn.late ? [turn.late] : [])]);
    const result = (async () => work(abort))();
    const free = () => {
      add(turn.who, -1);
      callNext();
    };
    result.then(free, free);
    return untilOver(result, { late: turn.late });
  };
}

/** @throws CodedError QUERY_CANCELLED, HttpError STORE_SLOW */
async function untilOver<Result>(
  result: Promise<Result>,
  { gone, late }: { readonly gone?: AbortSignal; readonly late?: AbortSignal | undefined },
  onOver: () => void = () => undefined,
): Promise<Result> {
  const stop = new AbortController();
  const over = (signal: AbortSignal | undefined, error: () => Error) =>
    new Promise<never>((_resolve, reject) => {
      const end = () => {
        onOver();
        reject(error());
      };
      if (signal?.aborted) end();
      else signal?.addEventListener("abort", end, { once: true, signal: stop.signal });
    });
  try {
    return await Promise.race([result, over(gone, cancelled), over(late, slow)]);
  } finally {
    stop.abort();
  }
}

const busy = (atOnce: number) =>
  new HttpError(
    "TOO_MANY_REQUESTS",
    `${atOnce} such reads run already and others wait: try again shortly`,
  );

const tooManyOfOne = (waiting: number) =>
  new HttpError(
    "TOO_MANY_REQUESTS",
    `${waiting} of your reads wait already: ask for fewer at once, for a shorter range or fewer points`,
  );

const slow = () =>
  new HttpError("STORE_SLOW", "the telemetry store takes too long: try again, or a shorter range");
