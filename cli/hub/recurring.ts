/** Work that is done again and again. */
export interface Recurring {
  /** Does it now, after the run that may be under way; resolves when done. */
  now(): Promise<void>;
  /** No more runs; resolves once the last one has ended. */
  stop(): Promise<void>;
}

/** Runs `run`, which must not throw, every `everyMs`, first after `firstMs`; skips a turn while the last one still runs. */
export function recurring(options: {
  readonly everyMs: number;
  readonly firstMs?: number;
  readonly run: () => Promise<void>;
}): Recurring {
  const { everyMs, firstMs = everyMs, run } = options;
  let waiting = 0;
  let running = Promise.resolve();
  const now = (): Promise<void> => {
    waiting++;
    running = running.then(run).finally(() => {
      waiting--;
    });
    return running;
  };
  let timer = setTimeout(function again() {
    if (waiting === 0) void now();
    timer = setTimeout(again, everyMs);
    timer.unref();
  }, firstMs);
  timer.unref();
  return {
    now,
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}
