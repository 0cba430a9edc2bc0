import { isoNs } from "../iso-ns.ts";
import { floorDivide } from "./book/book.ts";
import { emptyRollup, type Rollup } from "./sqlite/rollup.ts";
import type { BucketSeries } from "./store.ts";

/** Sums by number of the bucket: its start is that many widths after the epoch. */
export type Buckets = Map<bigint, Rollup>;

/** The bucket in which a time lies, made when there is none. */
export function bucketAt(into: Buckets, timeNs: bigint, bucketNs: bigint): Rollup {
  const index = floorDivide(timeNs, bucketNs);
  const known = into.get(index);
  if (known) return known;
  const made = emptyRollup();
  into.set(index, made);
  return made;
}

/** As they are answered, in order. */
export function toBucketSeries(buckets: Buckets, bucketNs: bigint): BucketSeries {
  const rows = [...buckets].sort(([one], [other]) => (one < other ? -1 : 1));
  const good = (rollup: Rollup, value: number) => (rollup.count > 0 ? value : null);
  return {
    t: rows.map(([index]) => isoNs(index * bucketNs)),
    min: rows.map(([, rollup]) => good(rollup, rollup.min)),
    max: rows.map(([, rollup]) => good(rollup, rollup.max)),
    mean: rows.map(([, rollup]) => good(rollup, rollup.sum / rollup.count)),
    first: rows.map(([, rollup]) => good(rollup, rollup.first)),
    last: rows.map(([, rollup]) => good(rollup, rollup.last)),
    count: rows.map(([, rollup]) => rollup.count),
    errors: rows.map(([, rollup]) => rollup.errors),
    bucketNs: String(bucketNs),
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
