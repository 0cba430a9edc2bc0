import type { Moment } from "../../engine/rule-kind.ts";

/** Engineering defaults, free of units: shares are of a signal's range. */
export const jumpDefaults = {
  /** A step of that share of the range, faster than that many ranges a second, is physically impossible ... */
  jumpShare: 0.25,
  rangesPerSecond: 1,
  /** ... and so many of them within the time are no single glitch. */
  jumps: 3,
  withinSeconds: 60,
  /** Where the rule says how fast is possible: a smaller step is noise ... */
  noiseShare: 0.02,
  /** ... one step that is not taken back for so long is enough, and is spoken of for so long after the last one. */
  staysSeconds: 10,
  restSeconds: 600,
} as const;

export interface JumpLimits {
  /** Least step that may be a jump, and the fastest possible change, in the unit and per second. */
  readonly step: number;
  readonly perSecond: number;
  /** Whether one that stays is enough. */
  readonly isExact: boolean;
}

/** The newest jumps, and what was before the newest and after it (NaN for one that took another back). Plain JSON; times as in `Moment`. */
export interface JumpState {
  jumpsNs: number[];
  before: number;
  after: number;
}

export const initialJumps = (): JumpState => ({
  jumpsNs: [],
  before: Number.NaN,
  after: Number.NaN,
});

export const jumpLimits = (range: number, mostPerSecond?: number): JumpLimits => ({
  step: range * (mostPerSecond === undefined ? jumpDefaults.jumpShare : jumpDefaults.noiseShare),
  perSecond: mostPerSecond ?? range * jumpDefaults.rangesPerSecond,
  isExact: mostPerSecond !== undefined,
});

/** Takes in how a value differs from the one before it, `sinceNs` ago. */
export function noteJump(
  state: JumpState,
  limits: JumpLimits,
  {
    before,
    sinceNs,
    moment,
  }: { readonly before: number; readonly sinceNs: number; readonly moment: Moment },
): void {
  const move = Math.abs(moment.value - before);
  if (!(move > limits.step && move > (limits.perSecond * sinceNs) / 1e9)) return;
  state.jumpsNs.push(moment.timeNs);
  if (state.jumpsNs.length > jumpDefaults.jumps) state.jumpsNs.shift();
  const isBack = Math.abs(moment.value - state.before) < Math.abs(moment.value - state.after);
  state.before = isBack ? Number.NaN : before;
  state.after = isBack ? Number.NaN : moment.value;
}

/** Lets go of jumps that are too old to count. */
export function forgetJumps(
  { jumpsNs }: JumpState,
  { isExact }: JumpLimits,
  { timeNs, isOpen }: { readonly timeNs: number; readonly isOpen: boolean },
): void {
  const { restSeconds, withinSeconds } = jumpDefaults;
  const keptNs = (isOpen && isExact ? restSeconds : withinSeconds) * 1e9;
  while (timeNs - (jumpsNs[0] ?? timeNs) > keptNs) jumpsNs.shift();
}

/** Whether what jumped cannot be true. */
export function isImpossible(
  { jumpsNs, before, after }: JumpState,
  { isExact }: JumpLimits,
  { timeNs, value }: { readonly timeNs: number; readonly value: number },
): boolean {
  if (jumpsNs.length >= jumpDefaults.jumps) return true;
  if (!isExact) return false;
  const hasStayed = timeNs - (jumpsNs.at(-1) ?? Number.NaN) >= jumpDefaults.staysSeconds * 1e9;
  return hasStayed && Math.abs(value - before) > Math.abs(value - after);
}
