/** Tells how long ago a place in the journal was the newest one. */
export interface LagClock {
  /** Everything before `position` is on disk since `nowMs` (monotonic). Positions and times only grow. */
  note(position: number, nowMs: number): void;
  /** How long the first record at or behind `position` has been waiting, ms; 0 when there is none. */
  waitingMs(position: number, nowMs: number): number;
}

/** What became durable from `atMs` on, up to `position`. */
interface Mark {
  position: number;
  readonly atMs: number;
}

const spacingMs = 50;
const marksPerLevel = 64;

/**
 * Keeps a mark every 50 ms. Of more than 64 the two oldest become one of the next level, which covers twice the time, and
 * so on: what is told is at most 1/32 too much and never too little, and days take some thousand marks. What was there
 * before `startMs` counts from then.
 * @see Datar, Gionis, Indyk, Motwani, "Maintaining stream statistics over sliding windows": exponential histograms
 */
export function createLagClock(startPosition: number, startMs: number): LagClock {
  /** Newest first; within a level oldest first. */
  const levels: Mark[][] = [[]];
  const start: Mark = { position: startPosition, atMs: startMs };

  const carry = () => {
    for (let at = 0; at < levels.length; at++) {
      const level = levels[at] ?? [];
      if (level.length <= marksPerLevel) return;
      const [older, newer] = level.splice(0, 2);
      if (!older || !newer) return;
      levels[at + 1] ??= [];
      levels[at + 1]?.push({ position: newer.position, atMs: older.atMs });
    }
  };
  return {
    note(position, nowMs) {
      const last = levels[0]?.at(-1);
      if (last && nowMs - last.atMs < spacingMs) last.position = position;
      else levels[0]?.push({ position, atMs: nowMs });
      carry();
    },
    waitingMs(position, nowMs) {
      if (position < start.position) return nowMs - start.atMs;
      for (let at = levels.length - 1; at >= 0; at--) {
        const mark = levels[at]?.find((one) => one.position > position);
        if (mark) return Math.max(0, nowMs - mark.atMs);
      }
      return 0;
    },
  };
}
