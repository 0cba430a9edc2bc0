/** Answers on their way from one thread to the other, in few large pieces: handing over thousands of strings holds up both. */
import { type QualityName, qualityName, qualityNames } from "@firebreak/wire/quality.ts";
import type { Reading } from "../reading.ts";
import type { BucketSeries, RawSeries, Sums } from "../store.ts";

type MayBeNull = readonly (number | null)[];

/** `t` has a line for each; NaN stands for null. */
export interface PackedSums {
  readonly t: string;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly count: Float64Array;
  readonly errors: Float64Array;
}

export interface PackedBuckets extends PackedSums {
  readonly bucketNs: string;
}

export interface PackedRaw {
  readonly t: string;
  readonly value: Float64Array;
  readonly quality: Uint8Array;
  readonly next: string | undefined;
}

export function* packSums(making: Reading<Sums>): Reading<PackedSums> {
  return yield* packColumns(yield* making);
}

function* packColumns(sums: Sums): Reading<PackedSums> {
  const { t, min, max, mean, first, last, count, errors } = sums;
  yield;
  const lines = t.join("\n");
  yield;
  const columns = { min: packed(min), max: packed(max), mean: packed(mean) };
  yield;
  const ends = { first: packed(first), last: packed(last) };
  yield;
  return { t: lines, ...columns, ...ends, count: packed(count), errors: packed(errors) };
}

export function* packBuckets(making: Reading<BucketSeries>): Reading<PackedBuckets> {
  const buckets = yield* making;
  return { ...(yield* packColumns(buckets)), bucketNs: buckets.bucketNs };
}

export function* packRaw(making: Reading<RawSeries>): Reading<PackedRaw> {
  const { t, value, quality, next } = yield* making;
  yield;
  const lines = t.join("\n");
  yield;
  const values = packed(value);
  yield;
  return { t: lines, value: values, quality: Uint8Array.from(quality, codeOf), next };
}

export function unpackSums(from: PackedSums): Sums {
  const { count, errors } = from;
  return {
    t: linesOf(from.t),
    min: unpacked(from.min),
    max: unpacked(from.max),
    mean: unpacked(from.mean),
    first: unpacked(from.first),
    last: unpacked(from.last),
    count: [...count],
    errors: [...errors],
  };
}

export const unpackBuckets = (from: PackedBuckets): BucketSeries => ({
  ...unpackSums(from),
  bucketNs: from.bucketNs,
});

export const unpackRaw = ({ t, value, quality, next }: PackedRaw): RawSeries => ({
  t: linesOf(t),
  value: unpacked(value),
  quality: Array.from(quality, qualityName),
  ...(next === undefined ? {} : { next }),
});

const codeOf = (name: QualityName): number => qualityNames.indexOf(name);
const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));

function packed(values: MayBeNull): Float64Array {
  const into = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) into[at] = values[at] ?? Number.NaN;
  return into;
}

function unpacked(from: Float64Array): (number | null)[] {
  const values: (number | null)[] = [];
  for (const value of from) values.push(Number.isNaN(value) ? null : value);
  return values;
}
