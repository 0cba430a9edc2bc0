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

/** Milliseconds of computing of this thread: waiting for a core is nobody's fault. */
export type CpuMs = () => number;

/**
 * Judges one batch. Rule by rule is timed only behind a batch that was slow as a whole, so sound rules cost nothing; `run`
 * is given the timer then.
 */
export function judgeTimed(
  memory: MachineMemory,
  cpuMs: CpuMs,
  run: (timer: CpuMs | undefined) => void,
): void {
  const { slow } = memory;
  const timer = slow.left > 0 ? cpuMs : undefined;
  if (slow.left > 0) slow.left--;
  const beganMs = cpuMs();
  run(timer);
  if (cpuMs() - beganMs > mostMs) slow.left = timedBatches;
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
