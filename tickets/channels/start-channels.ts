import { setTimeout } from "node:timers/promises";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { ChannelsService } from "./channels-service.ts";
import type { TargetWorker } from "./target-worker.ts";

export interface RunningChannels {
  /** Waits for the attempts under way. */
  stop(): Promise<void>;
}

interface RunOptions {
  readonly log: Logger;
  readonly pollMs: number;
}

const HOUR_MS = 3_600_000;
const DROP_MS = 60_000;

/**
 * Keeps the outbox and every target going, each in a loop of its own, so that a target that hangs holds up no other. An
 * error of the database is logged once and tried again.
 */
export function startChannels(service: ChannelsService, options: RunOptions): RunningChannels {
  const { log, pollMs } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const busy = new Map<TargetWorker, Promise<void>>();
  let lastFailure: string | undefined;
  let forgottenAt = 0;
  let droppedAt = Number.NEGATIVE_INFINITY;

  const guarded = async (work: () => Promise<unknown>) => {
    try {
      await work();
      lastFailure = undefined;
    } catch (error) {
      const code = errorCode(error);
      if (lastFailure !== code)
        log.error({ err: error, code }, "channels cannot go on, trying again");
      lastFailure = code;
    }
  };

  const round = async () => {
    await guarded(() => service.emptyOutbox());
    for (const worker of service.workers) {
      if (busy.has(worker)) continue;
      const running = guarded(() => worker.runDue()).finally(() => busy.delete(worker));
      busy.set(worker, running);
    }
    if (performance.now() - droppedAt > DROP_MS) {
      droppedAt = performance.now();
      await guarded(() => service.dropFiles());
    }
    if (performance.now() - forgottenAt > HOUR_MS) {
      forgottenAt = performance.now();
      await guarded(() => service.forgetOld());
    }
  };

  const loop = (async () => {
    while (!signal.aborted) {
      await round();
      await pause(pollMs, signal);
    }
    await Promise.all(busy.values());
  })();

  return {
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => undefined);
