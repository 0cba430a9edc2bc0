/** Tells how long ago a place in the journal was the newest one. */
export interface LagClock {
  /** Everything before `position` is on disk since `nowMs` (monotonic). Positions and times only grow. */
  note(position: number, nowMs: number): void;
  /** How long the first record at or behind `position` has been waiting, ms; 0 when there is none. */
  waitingMs(position: number, nowMs: number): number;
}

const mostMarks = 4_096;
const spacingMs = 50;

/**
 * Keeps a mark every 50 ms, and fewer the longer ago, so that it stays small; what was there before `startMs` counts
 * from then.
 */
export function createLagClock(startPosition: number, startMs: number): LagClock {
  let marks: { position: number; atMs: number }[] = [{ position: startPosition, atMs: startMs }];
  return {
    note(position, nowMs) {
      const last = marks.at(-1);
      if (last && nowMs - last.atMs < spacingMs && marks.length > 1) last.position = position;
      else marks.push({ position, atMs: nowMs });
      if (marks.length > mostMarks) marks = thin(marks);
    },
    waitingMs(position, nowMs) {
      let low = 0;
      let high = marks.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((marks[middle]?.position ?? 0) > position) high = middle;
        else low = middle + 1;
      }
      const mark = marks[low];
      return mark ? Math.max(0, nowMs - mark.atMs) : 0;
    },
  };
}

/** Every other mark of the older half goes; the later one stays, because it covers the earlier one's records too. */
function thin(marks: { position: number; atMs: number }[]): { position: number; atMs: number }[] {
  const half = marks.length >> 1;
  return marks.filter((_, at) => at >= half || at % 2 === 1);
}
