import { createBackoff } from "@firebreak/kit/backoff.ts";

export interface RestartWaitOptions {
  readonly minMs: number;
  /** Short all the same: meanwhile nobody reads the machine's buses. */
  readonly capMs: number;
  /** Whoever ran for so long before it broke had started well. */
  readonly steadyMs: number;
  readonly random?: () => number;
}

export interface RestartWait {
  /** How long to wait, ms, before what ran for `ranMs` and broke is started anew. */
  nextMs(ranMs: number): number;
}

/** `minMs`: as systemd waits by our unit before it starts a process again that has ended with an error. */
const defaults = { minMs: 5_000, capMs: 60_000, steadyMs: 600_000 };

/** The first wait is short; what breaks again and again is started more and more seldom. */
export function createRestartWait({
  minMs,
  capMs,
  steadyMs,
  random,
}: RestartWaitOptions = defaults): RestartWait {
  const backoff = createBackoff(minMs, capMs, random);
  let isFirst = true;
  return {
    nextMs(ranMs) {
      if (ranMs >= steadyMs) {
        isFirst = true;
        backoff.reset();
      }
      const waitMs = isFirst ? minMs : backoff.nextMs();
      isFirst = false;
      return waitMs;
    },
  };
}
