import type { Clock } from "@firebreak/kit/clock.ts";

export interface AttemptLimit {
  /** False while too many attempts under this key have failed. */
  allows(key: string): boolean;
  failed(key: string): void;
  succeeded(key: string): void;
}

/** Counts failures per key in windows; keys are bounded, the oldest window goes first. */
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
    allows: (key) => (current(key)?.failures ?? 0) < options.failures,
    failed(key) {
      const window = current(key) ?? { sinceMs: clock.monotonicMs(), failures: 0 };
      window.failures++;
      windows.delete(key);
      windows.set(key, window);
      const oldest =
        windows.size > (options.keys ?? 10_000) ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
    },
    succeeded: (key) => void windows.delete(key),
  };
}
