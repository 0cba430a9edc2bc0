import type { ChannelLimits } from "./channels-defaults.ts";

/** What waits for one person at one target. */
export interface Waiting {
  /** Messages that nobody has tried to send yet, digests not counted. */
  readonly count: number;
  /** Milliseconds since the Unix epoch, of the oldest of them. */
  readonly oldestMs: number;
  /** Digests that are due again after a failure. */
  readonly digests: number;
}

/** What the person has had within the window, newest last: milliseconds since the Unix epoch. */
export type Told = readonly number[];

export interface FloodPlan {
  readonly digests: number;
  /** How many go out one by one, the most urgent first. */
  readonly single: number;
  /** Whether all others go out now, in one digest. */
  readonly isDigest: boolean;
  /** When those that are left are looked at again; undefined when none is. */
  readonly againMs: number | undefined;
}

type Limits = Pick<ChannelLimits, "floodLimit" | "floodWindowMs" | "digestDelayMs">;

/**
 * How much of what waits a person is told now: never more than the limit within any window, the last place kept for
 * one digest of all that did not fit. Nothing is dropped.
 */
export function planFlood(waiting: Waiting, told: Told, nowMs: number, limits: Limits): FloodPlan {
  const { floodLimit, floodWindowMs, digestDelayMs } = limits;
  const recent = told.filter((ms) => ms > nowMs - floodWindowMs);
  const free = Math.max(0, floodLimit - recent.length);
  const digests = Math.min(waiting.digests, free);
  const left = free - digests;
  const single = waiting.count < left ? waiting.count : Math.min(waiting.count, left - 1);
  const one = Math.max(0, single);
  const held = waiting.count - one;
  if (held === 0 && digests === waiting.digests)
    return { digests, single: one, isDigest: false, againMs: undefined };
  const collectedMs = waiting.oldestMs + digestDelayMs;
  const isDigest = held > 0 && left - one > 0 && collectedMs <= nowMs;
  if (isDigest && digests === waiting.digests)
    return { digests, single: one, isDigest, againMs: undefined };
  const after = recent.length + digests + one + (isDigest ? 1 : 0);
  // The window opens again when the oldest message that fills it has left it.
  const leaving = after < floodLimit ? nowMs : (recent[0] ?? nowMs) + floodWindowMs;
  return { digests, single: one, isDigest, againMs: Math.max(leaving, collectedMs, nowMs + 1) };
}
