import type { Cells } from "../../engine/cells.ts";
import type { Moment } from "../../engine/rule-kind.ts";
import { jumpsEnd } from "./jumps.ts";

/**
 * Another sensor that measures the same, and since when the two disagree: numbers behind those of the jumps. Times as in
 * `Moment`.
 */
export const twinCells = {
  "twin.value": Number.NaN,
  "twin.timeNs": Number.NaN,
  /** NaN while they agree, or nobody knows. */
  "twin.apartSinceNs": Number.NaN,
};
const valueAt = jumpsEnd;
const timeAt = jumpsEnd + 1;
const apartAt = jumpsEnd + 2;
export const twinEnd = jumpsEnd + 3;

/** So far apart for so long is no lag of one behind the other (engineering default). */
export const apartSeconds = 60;
/** Share of the signal's range that they may differ by, where the rule does not say (engineering default). */
export const apartShare = 0.1;
/** They agree again at this share of it. */
const agreeShare = 0.5;

export const twinValue = ({ numbers, at }: Cells): number => numbers[at + valueAt] as number;
export const apartSince = ({ numbers, at }: Cells): number => numbers[at + apartAt] as number;

/** Takes a good value of the twin in. */
export function noteTwin({ numbers, at }: Cells, { value, timeNs }: Moment): void {
  numbers[at + valueAt] = value;
  numbers[at + timeAt] = timeNs;
}

/** Compares a good value of the signal with the twin's newest, unless that is older than its gap; true where they agree. */
export function compareTwin(
  state: Cells,
  { timeNs, value, contextSinceNs }: Moment,
  { apart, gapNs }: { readonly apart: number; readonly gapNs: number },
): boolean {
  const { numbers, at } = state;
  const difference = Math.abs(value - twinValue(state));
  const isKnown =
    timeNs - (numbers[at + timeAt] as number) <= gapNs && !Number.isNaN(contextSinceNs);
  const agrees = isKnown && difference <= apart * agreeShare;
  if (!isKnown || agrees) numbers[at + apartAt] = Number.NaN;
  else if (difference > apart && Number.isNaN(numbers[at + apartAt]))
    numbers[at + apartAt] = timeNs;
  return agrees;
}
