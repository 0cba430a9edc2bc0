import { read } from "./operator.ts";

/**
 * A window of time cut into equal parts, oldest given up first: what is kept does not grow with the samples. `columns`
 * numbers for each part lie side by side from `at` on.
 */
export interface Buckets {
  readonly count: number;
  readonly columns: number;
  readonly bucketNs: number;
  readonly size: number;
}

/** Engineering default: a window is told of to a thirtieth. */
export const usualCount = 30;

export const bucketsOf = (windowSeconds: number, columns: number, count = usualCount): Buckets => ({
  count,
  columns,
  bucketNs: (windowSeconds * 1e9) / count,
  size: count * columns,
});

/** Number of the part that a time falls in. */
export const bucketAt = ({ bucketNs }: Buckets, timeNs: number): number =>
  Math.floor(timeNs / bucketNs);

/** Where the numbers of a part lie. */
export const placeOf = ({ count, columns }: Buckets, at: number, bucket: number): number =>
  at + (((bucket % count) + count) % count) * columns;

/**
 * Moves on from part `head` (NaN: there is none yet) to `bucket`: what lies between becomes empty (NaN). Returns the
 * newer of the two.
 */
export function advance(
  buckets: Buckets,
  state: Float64Array,
  { at, head, bucket }: { readonly at: number; readonly head: number; readonly bucket: number },
): number {
  if (bucket <= head) return head;
  const { count, columns } = buckets;
  const from = head > bucket - count ? head + 1 : bucket - count + 1; // all of them for NaN
  for (let one = from; one <= bucket; one++) {
    const place = placeOf(buckets, at, one);
    state.fill(Number.NaN, place, place + columns);
  }
  return bucket;
}

/** Adds to a number that may not be there yet. */
export const add = (state: Float64Array, place: number, amount: number): void => {
  const before = read(state, place);
  state[place] = Number.isNaN(before) ? amount : before + amount;
};
