/**
 * Waiting times with full jitter: uniformly between `minMs` and min(capMs, minMs * 2^attempt), attempts counted from
 * 1, so that a fleet that was cut off at one instant does not come back at one instant.
 */
export function createBackoff(minMs: number, capMs: number, random: () => number = Math.random) {
  let attempt = 0;
  return {
    nextMs(): number {
      const ceiling = Math.min(capMs, minMs * 2 ** Math.min(++attempt, 30));
      return minMs + random() * (ceiling - minMs);
    },
    reset(): void {
      attempt = 0;
    },
  };
}
