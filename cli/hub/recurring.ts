/** Work that is done again and again. */
export interface Recurring {
  /** Does it now, after the run that may be under way; resolves when done. */
  now(): Promise<void>;
  /** Does something else, after the run that may be under way; there is no other until it has ended. */
  instead<Result>(work: () => Promise<Result>): Promise<Result>;
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
  const instead = <Result>(work: () => Promise<Result>): Promise<Result> => {
    waiting++;
    const done = running.then(work).finally(() => {
      waiting--;
    });
    running = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  };
  const now = () => instead(run);
  let timer = setTimeout(function again() {
    if (waiting === 0) void now();
    timer = setTimeout(again, everyMs);
    timer.unref();
  }, firstMs);
  timer.unref();
  return {
    now,
    instead,
    async stop() {
      clearTimeout(timer);
      await running;
    },
  };
}
