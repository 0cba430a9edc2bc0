import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { longestSilenceSeconds } from "@firebreak/plans/sampling.ts";

/** Longest silence of a signal that is sent at every message; the slowest cyclic J1939 messages come every 10 s. */
const everyGapNs = 12e9;

/**
 * After how long a silence nothing is known of a signal any more: 12 s, or 2.5 times the longest silence that its
 * sampling allows, whichever is longer.
 */
export function signalGapNs(plan: Plan, signal: string): number {
  const silence = longestSilenceSeconds(plan.acquisition.signals[signal]?.sampling);
  return Math.max(everyGapNs, (silence ?? 0) * 2.5e9);
}
