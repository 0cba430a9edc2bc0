import type { Clock } from "@firebreak/kit/clock.ts";

export interface ClientLimit {
  /** Requests a client may make at once. */
  readonly burst: number;
  /** How fast they come back. */
  readonly perSecond: number;
}

/** As other makers allow: 100 at once, 10 a second. A time series counts as five. */
export const defaultClientLimit: ClientLimit = { burst: 100, perSecond: 10 };
const maxClients = 10_000;

/** Seconds until a client may ask again; 0: now, and it is counted. */
export function createClientLimiter(clock: Clock, { burst, perSecond }: ClientLimit) {
  const left = new Map<string, { tokens: number; atMs: number }>();
  return (clientId: string, cost: number): number => {
    const atMs = clock.monotonicMs();
    const before = left.get(clientId) ?? { tokens: burst, atMs };
    const refilled = before.tokens + ((atMs - before.atMs) / 1_000) * perSecond;
    const tokens = Math.min(burst, refilled);
    const price = Math.min(cost, burst);
    left.delete(clientId);
    left.set(clientId, { tokens: tokens >= price ? tokens - price : tokens, atMs });
    if (left.size > maxClients) left.delete(left.keys().next().value ?? "");
    return tokens >= price ? 0 : Math.max(1, Math.ceil((price - tokens) / perSecond));
  };
}
