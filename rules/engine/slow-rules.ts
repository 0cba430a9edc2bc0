import type { MachineMemory } from "./machine-memory.ts";

/** Computing time of one sample in one rule, or in what derives a signal. @see faults F8: at most 50 ms */
export const mostMs = 50;
/** Engineering default: what happens once may be the collection of garbage. */
const strikesOut = 3;
/** Engineering default: so many batches after a slow one every rule is timed. */
const timedBatches = 4;

/** What was too slow on one machine; not kept over a restart. */
export interface SlowRules {
  /** Batches that are still to be timed rule by rule. */
  left: number;
  readonly strikes: Map<string, number>;
}

/** Milliseconds since any moment that stays the same. */
export type ReadMs = () => number;

/** The clocks of a thread, in milliseconds: of the wall, and of its computing, which does not wait for a core. */
export interface ThreadClocks {
  readonly wallMs: ReadMs;
  readonly cpuMs: ReadMs;
}

/**
 * Judges one batch. Rule by rule is timed only behind a batch that was slow as a whole, so sound rules cost nothing; `run`
 * is given the timer then. The whole is told by the wall, which costs a tenth of asking for the computing (a call of the
 * system): what waits for a core has its rules timed in vain, and no rule pays for it.
 */
export function judgeTimed(
  { slow }: MachineMemory,
  { wallMs, cpuMs }: ThreadClocks,
  run: (timer: ReadMs | undefined) => void,
): void {
  const timer = slow.left > 0 ? cpuMs : undefined;
  if (slow.left > 0) slow.left--;
  const beganMs = wallMs();
  run(timer);
  if (wallMs() - beganMs > mostMs) slow.left = timedBatches;
  else if (slow.left === 0 && slow.strikes.size > 0) slow.strikes.clear();
}

/** Takes in how long a rule took; the third time that it was too long switches it off. */
export function noteTime({ slow, faults }: MachineMemory, id: string, ms: number): void {
  if (ms <= mostMs) return;
  const strikes = (slow.strikes.get(id) ?? 0) + 1;
  slow.strikes.set(id, strikes);
  if (strikes >= strikesOut)
    faults.set(id, `took ${Math.round(ms)} ms of computing for one sample; at most ${mostMs} ms`);
}
