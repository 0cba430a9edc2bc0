/** How long without any word from the server means that the line is dead; it speaks every 15 s. */
export const silentAfterMs = 40_000;

/**
 * Before the next attempt, ms: random within a window that doubles up to 30 s, so that 500 browsers do not come back in
 * one instant. Pure.
 */
export const reconnectDelayMs = (attempt: number, random: number): number =>
  500 + random * Math.min(30_000, 1_000 * 2 ** Math.min(attempt, 10));
