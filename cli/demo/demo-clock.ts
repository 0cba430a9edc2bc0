import type { Clock } from "@firebreak/kit/clock.ts";

/** A clock that stands where it is put, so that what is ordered now was done then. */
export interface DemoClock extends Clock {
  /** Milliseconds since the epoch. */
  setMs(timeMs: number): void;
}

export function createDemoClock(timeMs: number): DemoClock {
  let nowMs = timeMs;
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    setMs(timeMs) {
      nowMs = timeMs;
    },
  };
}
