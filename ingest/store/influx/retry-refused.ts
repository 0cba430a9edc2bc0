import { setTimeout as sleep } from "node:timers/promises";
import type { RefusedFilter, RefusedRetry } from "../refused.ts";
import type { Deliverer } from "./deliver.ts";
import { type InfluxWriter, retriedLines } from "./influx-writer.ts";

export interface Retry {
  /** Round and round, on as long as all go in: then the cause is gone. How many the database took. */
  byItself(): Promise<number>;
  /** Once each of those asked for, within bounds of number and time. */
  asked(filter?: RefusedFilter): Promise<RefusedRetry>;
}

type Writer = Pick<InfluxWriter, "retryRefused" | "retryOf" | "waitingRefused">;

const mostAsked = 50_000;
const longestMs = 20_000;

/** Sends what the database refused again: one try at a time, so that nothing is counted twice. */
export function createRetry(
  writer: Writer,
  deliverer: Pick<Deliverer, "outage">,
  { patienceMs = longestMs }: { readonly patienceMs?: number } = {},
): Retry {
  let isRetrying = false;
  const alone = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    isRetrying = true;
    try {
      return await work();
    } finally {
      isRetrying = false;
    }
  };
  return {
    byItself: async () => (isRetrying ? 0 : alone(() => roundAndRound(writer))),
    async asked(filter = {}) {
      const progress = { taken: 0, isOver: false };
      const answer = (stopped: RefusedRetry["stopped"]): RefusedRetry => ({
        taken: progress.taken,
        waiting: writer.waitingRefused(filter),
        stopped,
      });
      if (isRetrying) return answer("under-way");
      if (deliverer.outage) return answer("store-away");
      const stopped = await within(
        patienceMs,
        alone(() => onceEach(writer, filter, progress)),
      );
      progress.isOver = true;
      if (stopped !== "late") return answer(stopped);
      return answer(deliverer.outage ? "store-away" : "under-way");
    },
  };
}

async function roundAndRound(writer: Writer): Promise<number> {
  for (let taken = 0; ; ) {
    const { tried, taken: now } = await writer.retryRefused();
    taken += now;
    if (now === 0 || now < tried) return taken;
  }
}

async function onceEach(
  writer: Writer,
  filter: RefusedFilter,
  progress: { taken: number; readonly isOver: boolean },
): Promise<"more" | null> {
  let after = 0;
  for (let tried = 0; tried < mostAsked && !progress.isOver; ) {
    const done = await writer.retryOf({ ...filter, after });
    tried += done.tried;
    progress.taken += done.taken;
    if (done.tried < retriedLines) return null;
    after = done.last;
  }
  return "more";
}

/** What is under way as the time runs out goes on, and nobody waits for how it ends. */
async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | "late"> {
  work.catch(() => undefined);
  const timer = new AbortController();
  const late = sleep(ms, "late" as const, { signal: timer.signal, ref: false });
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}
