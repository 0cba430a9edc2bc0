import type { Clock } from "@firebreak/kit/clock.ts";

export interface AttemptLimit {
  /**
   * Takes one attempt; false while there have been too many. To be asked before anything is checked, so that attempts
   * made at the same time count too; one that turns out well is given back.
   */
  take(key: string): boolean;
  giveBack(key: string): void;
}

/** Counts attempts per key in windows; keys are bounded, the oldest window goes first. */
export function createAttemptLimit(
  clock: Clock,
  options: { readonly failures: number; readonly windowMs: number; readonly keys?: number },
): AttemptLimit {
  const windows = new Map<string, { sinceMs: number; failures: number }>();
  const current = (key: string) => {
    const window = windows.get(key);
    return window && clock.monotonicMs() - window.sinceMs < options.windowMs ? window : undefined;
  };
  return {
    take(key) {
      const window = current(key) ?? { sinceMs: clock.monotonicMs(), failures: 0 };
      if (window.failures >= options.failures) return false;
      window.failures++;
      windows.delete(key);
      windows.set(key, window);
      const oldest =
        windows.size > (options.keys ?? 10_000) ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      return true;
    },
    giveBack(key) {
      const window = current(key);
      if (window) window.failures--;
    },
  };
}
