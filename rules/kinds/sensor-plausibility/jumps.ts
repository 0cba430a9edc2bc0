import type { Cells } from "../../engine/cells.ts";
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

/**
 * The newest jumps, oldest first, and what was before the newest and after it (NaN for one that took another back): the
 * first numbers of the rule's state. Times as in `Moment`, NaN for jumps that there were not.
 */
export const jumpCells = {
  "jumpsNs.-3": Number.NaN,
  "jumpsNs.-2": Number.NaN,
  "jumpsNs.-1": Number.NaN,
  before: Number.NaN,
  after: Number.NaN,
};
const newestAt = jumpDefaults.jumps - 1;
const beforeAt = newestAt + 1;
const afterAt = newestAt + 2;
export const jumpsEnd = newestAt + 3;

export const jumpLimits = (range: number, mostPerSecond?: number): JumpLimits => ({
  step: range * (mostPerSecond === undefined ? jumpDefaults.jumpShare : jumpDefaults.noiseShare),
  perSecond: mostPerSecond ?? range * jumpDefaults.rangesPerSecond,
  isExact: mostPerSecond !== undefined,
});

/** Takes in how a value differs from the one before it, `sinceNs` ago. */
export function noteJump(
  { numbers, at }: Cells,
  limits: JumpLimits,
  {
    before,
    sinceNs,
    moment,
  }: { readonly before: number; readonly sinceNs: number; readonly moment: Moment },
): void {
  const { value, timeNs } = moment;
  const move = Math.abs(value - before);
  if (!(move > limits.step && move > (limits.perSecond * sinceNs) / 1e9)) return;
  numbers.copyWithin(at, at + 1, at + newestAt + 1);
  numbers[at + newestAt] = timeNs;
  const isBack =
    Math.abs(value - (numbers[at + beforeAt] as number)) <
    Math.abs(value - (numbers[at + afterAt] as number));
  numbers[at + beforeAt] = isBack ? Number.NaN : before;
  numbers[at + afterAt] = isBack ? Number.NaN : value;
}

/** Lets go of jumps that are too old to count. */
export function forgetJumps(
  { numbers, at }: Cells,
  { isExact }: JumpLimits,
  { timeNs, isOpen }: { readonly timeNs: number; readonly isOpen: boolean },
): void {
  if (Number.isNaN(numbers[at + newestAt])) return; // the usual case of every sample
  const { restSeconds, withinSeconds } = jumpDefaults;
  const keptNs = (isOpen && isExact ? restSeconds : withinSeconds) * 1e9;
  for (let place = at; place <= at + newestAt; place++)
    if (timeNs - (numbers[place] as number) > keptNs) numbers[place] = Number.NaN;
}

/** How many jumps count, and when the oldest of them was; NaN without any. */
export function jumpsOf({ numbers, at }: Cells): {
  readonly count: number;
  readonly firstNs: number;
} {
  let count = 0;
  while (count <= newestAt && !Number.isNaN(numbers[at + newestAt - count])) count++;
  return {
    count,
    firstNs: count === 0 ? Number.NaN : (numbers[at + newestAt + 1 - count] as number),
  };
}

/** Whether what jumped cannot be true. */
export function isImpossible(
  { numbers, at }: Cells,
  { isExact }: JumpLimits,
  { timeNs, value }: { readonly timeNs: number; readonly value: number },
): boolean {
  if (!Number.isNaN(numbers[at])) return true;
  if (!isExact) return false;
  const hasStayed = timeNs - (numbers[at + newestAt] as number) >= jumpDefaults.staysSeconds * 1e9;
  const away = (place: number) => Math.abs(value - (numbers[at + place] as number));
  return hasStayed && away(beforeAt) > away(afterAt);
}
