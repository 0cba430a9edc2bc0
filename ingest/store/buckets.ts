import { isoNs } from "../iso-ns.ts";
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
export const toBucketSeries = (buckets: Buckets, bucketNs: bigint): BucketSeries => ({
  ...toSums(buckets),
  bucketNs: String(bucketNs),
});

export function toSums(buckets: Buckets): Sums {
  const rows = [...buckets].sort(([one], [other]) => (one < other ? -1 : 1));
  const good = (rollup: Rollup, value: number) => (rollup.count > 0 ? value : null);
  return {
    t: rows.map(([startNs]) => isoNs(startNs)),
    min: rows.map(([, rollup]) => good(rollup, rollup.min)),
    max: rows.map(([, rollup]) => good(rollup, rollup.max)),
    mean: rows.map(([, rollup]) => good(rollup, rollup.sum / rollup.count)),
    first: rows.map(([, rollup]) => good(rollup, rollup.first)),
    last: rows.map(([, rollup]) => good(rollup, rollup.last)),
    count: rows.map(([, rollup]) => rollup.count),
    errors: rows.map(([, rollup]) => rollup.errors),
  };
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
