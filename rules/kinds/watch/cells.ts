import { layoutOf } from "../../engine/cells.ts";

/**
 * Everything that is remembered of one watched signal: 32 numbers, 256 bytes, because every signal of every machine has
 * them. By name, the place of each number.
 */
export const cell = {
  /** The present row: its begin, first value, sum of differences from it, count. */
  rowNs: 0,
  first: 1,
  sum: 2,
  count: 3,
  /** Rows so far, the mean of the one before, the slow level. */
  rows: 4,
  before: 5,
  level: 6,
  /** Three ranges of four numbers each: low, high, records, sum of their sizes. */
  value: 7,
  change: 11,
  slow: 15,
  /** The last novelty that was let through: its row and size. What is left of the largest of late. */
  restRow: 19,
  restSize: 20,
  held: 21,
  /** The present block: sum and count of its rows. Means of blocks: how many, mean, sum of squares about it. */
  blockSum: 22,
  blockCount: 23,
  baseCount: 24,
  baseMean: 25,
  baseSquares: 26,
  lastBlock: 27,
  /** 1: a block was higher than the one before, 2: one was lower, 3: both. */
  turns: 28,
  /** Blocks on end that were too high, or, below 0, too low. */
  over: 29,
  /** 0 nothing, 1 a novelty, 2 a drift, below 0 once that is over; and since when, event time. */
  open: 30,
  sinceNs: 31,
} as const;

const empty = Number.POSITIVE_INFINITY;

/** As they are to begin with: nothing seen, and ranges that hold nothing. */
export const watchLayout = layoutOf(
  Object.fromEntries(
    Array.from({ length: 32 }, (_, place) => [`cells.${place}`, initialOf(place)]),
  ),
);

function initialOf(place: number): number {
  if (place === cell.rowNs) return Number.NaN;
  if (place === cell.restRow) return -empty;
  const ranges: readonly number[] = [cell.value, cell.change, cell.slow];
  if (ranges.includes(place)) return empty;
  return ranges.includes(place - 1) ? -empty : 0;
}
