import type { Cells } from "../../engine/cells.ts";
import { lastOf } from "../../engine/hold.ts";
import { chatteredAt } from "./chatter.ts";

/** How long an open episode has not been seen any more: numbers behind all others of a threshold, nanoseconds. */
export const endingCells = {
  /** What the newest good value said: 0 it was not back, 1 back while the context held, 2 back while it did not. */
  "ending.newest": 0,
  /** Time back within the context since it was last beyond. */
  "ending.backNs": 0,
  /** The same outside of the context, which says little: what a filter holds back does not show while nothing flows. */
  "ending.asideNs": 0,
};
/** Places of the above. */
const newestAt = chatteredAt + 1;
const backAt = chatteredAt + 2;
const asideAt = chatteredAt + 3;

const Newest = { beyond: 0, back: 1, aside: 2 } as const;

/** Engineering default: a shift in which the context never showed it again. */
const longestAsideNs = 8 * 3_600e9;

export function restartEnding({ numbers, at }: Cells): void {
  numbers[at + newestAt] = Newest.beyond;
  numbers[at + backAt] = 0;
  numbers[at + asideAt] = 0;
}

interface Seen {
  readonly timeNs: number;
  readonly isBeyond: boolean;
  /** The value has come back by the hysteresis; neither this nor beyond: it counts for nothing. */
  readonly isBack: boolean;
  readonly isInContext: boolean;
}

/**
 * Takes one good value of an open episode in, before its hold does; true when it is over: back for `clearNs` in sum while
 * the context held, or for a shift outside of it, and never beyond in between. A break of the context ends nothing.
 * @see ANSI/ISA-18.2, off-delay against chattering and fleeting alarms
 */
export function stepEnding(
  state: Cells,
  { timeNs, isBeyond, isBack, isInContext }: Seen,
  { clearNs, gapNs }: { readonly clearNs: number; readonly gapNs: number },
): boolean {
  const { numbers, at } = state;
  const newest = numbers[at + newestAt];
  const passedNs = timeNs - lastOf(state);
  const place = at + (newest === Newest.back ? backAt : asideAt);
  if (newest !== Newest.beyond && passedNs <= gapNs)
    numbers[place] = (numbers[place] as number) + passedNs;
  if (isBeyond) restartEnding(state);
  if (!isBack) {
    numbers[at + newestAt] = Newest.beyond;
    return false;
  }
  numbers[at + newestAt] = isInContext ? Newest.back : Newest.aside;
  const isOverHere = isInContext && (numbers[at + backAt] as number) >= clearNs;
  return isOverHere || (numbers[at + asideAt] as number) >= longestAsideNs;
}
