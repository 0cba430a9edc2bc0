import { createBackoff } from "./backoff.ts";

/**
 * Pieces of recurring work that failed: each waits by itself before it is tried again, ever longer and never for good,
 * while the others get their turn. In memory: after a start each is tried at once.
 */
export interface PutOff {
  /** Pieces that failed when last tried: a query for work asks for so many more, so that they take nobody's place. */
  readonly count: number;
  isWaiting(key: string): boolean;
  /** Puts a piece off. Returns for how long, ms. */
  failed(key: string): number;
  succeeded(key: string): void;
}

interface Piece {
  readonly backoff: ReturnType<typeof createBackoff>;
  untilMs: number;
}

/** `minMs`, `capMs`: as of `createBackoff`. `now`: of a clock that is never set back, ms. */
export function createPutOff(options: {
  readonly minMs: number;
  readonly capMs: number;
  readonly now: () => number;
}): PutOff {
  const { minMs, capMs, now } = options;
  const pieces = new Map<string, Piece>();
  /** What was due long ago and did not fail again has been done, or is no more. */
  const forget = () => {
    for (const [key, { untilMs }] of pieces) if (now() - untilMs > capMs) pieces.delete(key);
  };
  return {
    get count() {
      return pieces.size;
    },
    isWaiting: (key) => now() < (pieces.get(key)?.untilMs ?? Number.NEGATIVE_INFINITY),
    failed(key) {
      forget();
      const piece = pieces.get(key) ?? { backoff: createBackoff(minMs, capMs), untilMs: 0 };
      const waitMs = piece.backoff.nextMs();
      piece.untilMs = now() + waitMs;
      pieces.set(key, piece);
      return waitMs;
    },
    succeeded: (key) => void pieces.delete(key),
  };
}
