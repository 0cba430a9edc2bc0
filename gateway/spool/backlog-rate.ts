/** Looked at no more often than this, and over no longer than ten of them. */
const stepMs = 10_000;
const steps = 10;

/** How fast a backlog shrinks, from what it was in the last minutes. Asked with what waits now, bytes. */
export function createBacklogRate(monotonicMs: () => number) {
  const seen: { readonly atMs: number; readonly bytes: number }[] = [];
  return {
    /** Hours until nothing waits; 0 when nothing does; null while it does not shrink. */
    hoursLeft(bytes: number): number | null {
      const nowMs = monotonicMs();
      if (nowMs - (seen.at(-1)?.atMs ?? Number.NEGATIVE_INFINITY) >= stepMs) {
        seen.push({ atMs: nowMs, bytes });
        if (seen.length > steps) seen.shift();
      }
      if (bytes === 0) return 0;
      const [oldest] = seen;
      if (oldest === undefined || nowMs <= oldest.atMs || oldest.bytes <= bytes) return null;
      const perMs = (oldest.bytes - bytes) / (nowMs - oldest.atMs);
      return bytes / perMs / 3_600_000;
    },
  };
}
