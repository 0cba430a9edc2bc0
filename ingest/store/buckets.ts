import { isoNs } from "../iso-ns.ts";
import { compare } from "./raw-page.ts";
import { finish, type Reading, rowsAtOnce } from "./reading.ts";
import { emptyRollup, type Rollup } from "./sqlite/rollup.ts";
import type { BucketSeries, Sums } from "./store.ts";

/** Sums by the start of the bucket. */
export type Buckets = Map<bigint, Rollup>;

/** The bucket that begins then, made when there is none. */
export function bucketFrom(into: Buckets, startNs: bigint): Rollup {
  const known = into.get(startNs);
  if (known) return known;
  const made = emptyRollup();
  into.set(startNs, made);
  return made;
}

/** As they are answered, in order. */
export function* bucketSeriesOf(buckets: Buckets, bucketNs: bigint): Reading<BucketSeries> {
  return { ...(yield* sumsOf(buckets)), bucketNs: String(bucketNs) };
}

export const toBucketSeries = (buckets: Buckets, bucketNs: bigint): BucketSeries =>
  finish(bucketSeriesOf(buckets, bucketNs));

export function* sumsOf(buckets: Buckets): Reading<Sums> {
  const sums = emptySums();
  for (const [at, startNs] of inOrder([...buckets.keys()]).entries()) {
    if (at % rowsAtOnce === 0) yield;
    const { count, errors, min, max, sum, first, last } = buckets.get(startNs) ?? emptyRollup();
    const isGood = count > 0;
    sums.t.push(isoNs(startNs));
    sums.min.push(isGood ? min : null);
    sums.max.push(isGood ? max : null);
    sums.mean.push(isGood ? sum / count : null);
    sums.first.push(isGood ? first : null);
    sums.last.push(isGood ? last : null);
    sums.count.push(count);
    sums.errors.push(errors);
  }
  return sums;
}

export const toSums = (buckets: Buckets): Sums => finish(sumsOf(buckets));

type Growing = { -readonly [Name in keyof Sums]: Sums[Name][number][] };
const emptySums = (): Growing => ({
  ...{ t: [], min: [], max: [], mean: [], first: [], last: [], count: [], errors: [] },
});

/** Nearly always they are. */
function inOrder(starts: bigint[]): bigint[] {
  const isInOrder = starts.every(
    (startNs, at) => at === 0 || startNs > (starts[at - 1] ?? startNs),
  );
  return isInOrder ? starts : starts.sort(compare);
}

/** A stored sum; what stands for good samples is null when there was none. */
export function toRollup(row: Record<string, unknown>): Rollup {
  const { min, max, first, last } = row;
  return {
    ...emptyRollup(),
    count: Number(row.count),
    errors: Number(row.errors),
    sum: Number(row.sum),
    ...(min === null ? {} : { min: Number(min), max: Number(max) }),
    ...(first === null ? {} : { first: Number(first), firstNs: Number(row.first_ns) }),
    ...(last === null ? {} : { last: Number(last), lastNs: Number(row.last_ns) }),
  };
}
