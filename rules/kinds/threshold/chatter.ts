import type { Cells } from "../../engine/cells.ts";
import { type HoldLimits, holdSize, isOpen } from "../../engine/hold.ts";
import type { Moment } from "../../engine/rule-kind.ts";

/** How often a signal has gone over its limit lately: numbers behind those of the hold. Times as in `Moment`. */
export const chatterCells = {
  /** 1 while it is beyond. */
  "chatter.isBeyond": 0,
  /** Crossings since `sinceNs`; 0 while there is none to speak of. */
  "chatter.count": 0,
  /** First crossing of the present series. */
  "chatter.sinceNs": Number.NaN,
  /** The newest crossings, oldest first; as many as make a chatter, NaN for those that there were not. */
  "chatter.recentNs.-3": Number.NaN,
  "chatter.recentNs.-2": Number.NaN,
  "chatter.recentNs.-1": Number.NaN,
  /** Time spent beyond the limit since `sinceNs`. */
  "chatter.beyondNs": 0,
  "chatter.lastNs": Number.NaN,
  /** `count` when it was last told. */
  "chatter.toldCount": 0,
};
/** Places of the above. */
const isBeyondAt = holdSize;
const countAt = holdSize + 1;
const sinceAt = holdSize + 2;
const recentAt = holdSize + 3;
const beyondAt = holdSize + 6;
const lastAt = holdSize + 7;
const toldAt = holdSize + 8;
export const chatterEnd = holdSize + 9;

/** Whether the present series has ever come to a chatter, 0 or 1; behind the three worst values of a threshold. */
export const chatteredCells = { "chatter.hasChattered": 0 };
export const chatteredAt = chatterEnd + 3;

/** Crossings within this time that make a signal chatter (ISA-18.2: a chattering alarm comes 3 times a minute). */
const chatterCrossings = 3;
const newestAt = recentAt + chatterCrossings - 1;
const chatterWithinNs = 60e9;
/** A growing count is told when it has grown by this factor. */
const tellFactor = 1.25;

/**
 * Takes one good value in. A series ends when nothing crosses for a minute; one that chatters not before its episode.
 * `gapNs`: a longer silence is no time spent beyond the limit.
 */
export function stepChatter(
  state: Cells,
  { gapNs }: Pick<HoldLimits, "gapNs">,
  { timeNs }: Pick<Moment, "timeNs">,
  isBeyond: boolean,
): void {
  const { numbers, at } = state;
  const wasBeyond = numbers[at + isBeyondAt] === 1;
  const passedNs = timeNs - (numbers[at + lastAt] as number);
  if (wasBeyond && passedNs <= gapNs)
    numbers[at + beyondAt] = (numbers[at + beyondAt] as number) + passedNs;
  const goesOn = isOpen(state) && numbers[at + chatteredAt] === 1;
  if (!goesOn && !(timeNs - (numbers[at + newestAt] as number) <= chatterWithinNs))
    endSeries(numbers, at);
  if (isBeyond && !wasBeyond) {
    if (numbers[at + countAt] === 0) numbers[at + sinceAt] = timeNs;
    numbers[at + countAt] = (numbers[at + countAt] as number) + 1;
    numbers.copyWithin(at + recentAt, at + recentAt + 1, at + newestAt + 1);
    numbers[at + newestAt] = timeNs;
  }
  numbers[at + isBeyondAt] = isBeyond ? 1 : 0;
  numbers[at + lastAt] = timeNs;
  if (isChattering(state)) numbers[at + chatteredAt] = 1;
}

function endSeries(numbers: Float64Array, at: number): void {
  numbers[at + beyondAt] = 0;
  if (numbers[at + countAt] === 0) return; // the usual case of every sample
  numbers[at + countAt] = 0;
  numbers[at + sinceAt] = Number.NaN;
  numbers[at + toldAt] = 0;
  numbers[at + chatteredAt] = 0;
  numbers.fill(Number.NaN, at + recentAt, at + newestAt + 1);
}

/** Whether the signal crosses its limit three times a minute or more. */
export const isChattering = ({ numbers, at }: Cells): boolean =>
  (numbers[at + lastAt] as number) - (numbers[at + recentAt] as number) <= chatterWithinNs;

/** Time spent beyond the limit since the series began, and when that was. */
export const beyondOf = ({ numbers, at }: Cells): number => numbers[at + beyondAt] as number;
export const seriesSince = ({ numbers, at }: Cells): number => numbers[at + sinceAt] as number;

/** What is told of a series that chattered; undefined for one that did not. */
export function chatterOf({
  numbers,
  at,
}: Cells): { readonly count: number; readonly perMinute: number } | undefined {
  const count = numbers[at + countAt] as number;
  if (numbers[at + chatteredAt] !== 1) return undefined;
  const minutes = ((numbers[at + newestAt] as number) - (numbers[at + sinceAt] as number)) / 60e9;
  // Breaks between series are part of an episode's time.
  const perMinute = minutes < 1 ? count : Math.max(1, Math.round((count - 1) / minutes));
  return { count, perMinute };
}

export const isChatterNews = (state: Cells): boolean =>
  isChattering(state) &&
  (state.numbers[state.at + countAt] as number) >=
    (state.numbers[state.at + toldAt] as number) * tellFactor;

/** Its count has been told. */
export function noteChatterTold({ numbers, at }: Cells): void {
  numbers[at + toldAt] = numbers[at + countAt] as number;
}
