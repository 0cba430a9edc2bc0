import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader } from "@firebreak/wire/byte-reader.ts";
import { ByteWriter } from "@firebreak/wire/byte-writer.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import {
  commonUnit,
  readDeltas,
  type Scaling,
  type SeriesColumns,
  shuffle,
  toRaw,
  unshuffle,
  writeDeltas,
} from "./series-block.ts";

/** What a span of time held. Every sample counts once, so rollups of the same span add up, late data included. */
export interface Rollup {
  /** Good samples. */
  count: number;
  /** Samples of any other quality. */
  errors: number;
  min: number;
  max: number;
  sum: number;
  first: number;
  /** Nanoseconds after the base of the rollup's owner, as `lastNs`. */
  firstNs: number;
  last: number;
  lastNs: number;
}

export const emptyRollup = (): Rollup => ({
  count: 0,
  errors: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  sum: 0,
  first: Number.NaN,
  firstNs: Number.POSITIVE_INFINITY,
  last: Number.NaN,
  lastNs: Number.NEGATIVE_INFINITY,
});

/** Adds what arrived later. Of two samples with one stamp the earlier to arrive is first, the later last. */
export function addRollup(into: Rollup, later: Rollup): void {
  into.count += later.count;
  into.errors += later.errors;
  into.sum += later.sum;
  into.min = Math.min(into.min, later.min);
  into.max = Math.max(into.max, later.max);
  if (later.firstNs < into.firstNs) {
    into.first = later.first;
    into.firstNs = later.firstNs;
  }
  if (later.lastNs >= into.lastNs && later.count > 0) {
    into.last = later.last;
    into.lastNs = later.lastNs;
  }
}

/** Adds one sample; of equal stamps call in order of arrival. */
export function addSample(into: Rollup, value: number, quality: number, timeNs: number): void {
  if (quality !== Quality.good) {
    into.errors++;
    return;
  }
  into.count++;
  into.sum += value;
  if (value < into.min) into.min = value;
  if (value > into.max) into.max = value;
  if (timeNs < into.firstNs) {
    into.first = value;
    into.firstNs = timeNs;
  }
  if (timeNs >= into.lastNs) {
    into.last = value;
    into.lastNs = timeNs;
  }
}

const minuteNs = 60e9;
const minutesPerHour = 60;

/** The minutes of one hour; `firstNs` and `lastNs` count from the start of the hour. */
export type HourOfMinutes = Map<number, Rollup>;

/** Splits samples into hours (UTC, by number since the epoch) of minutes. `baseNs` is what the offsets count from. */
export function rollUp(columns: SeriesColumns, baseNs: bigint): Map<number, HourOfMinutes> {
  const hours = new Map<number, HourOfMinutes>();
  const baseHour = Number(baseNs / 3_600_000_000_000n);
  const intoHourNs = Number(baseNs - BigInt(baseHour) * 3_600_000_000_000n);
  for (let row = 0; row < columns.offsetNs.length; row++) {
    const sinceNs = intoHourNs + (columns.offsetNs[row] ?? 0);
    const step = Math.floor(sinceNs / (minutesPerHour * minuteNs));
    const timeNs = sinceNs - step * minutesPerHour * minuteNs;
    const minutes = getOrMake(hours, baseHour + step, () => new Map<number, Rollup>());
    const minute = getOrMake(minutes, Math.floor(timeNs / minuteNs), emptyRollup);
    addSample(minute, columns.value[row] ?? Number.NaN, columns.quality[row] ?? 0, timeNs);
  }
  return hours;
}

/** Sums the minutes of an hour, in order of time. */
export function sumMinutes(minutes: HourOfMinutes): Rollup {
  const hour = emptyRollup();
  for (const [, minute] of [...minutes].sort(([one], [other]) => one - other))
    addRollup(hour, minute);
  return hour;
}

export function addMinutes(into: HourOfMinutes, later: HourOfMinutes): void {
  for (const [minute, rollup] of later) {
    const known = into.get(minute);
    if (known) addRollup(known, rollup);
    else into.set(minute, rollup);
  }
}

/** One column after the other: the few bytes a minute costs decide what the store weighs. */
export function encodeMinutes(minutes: HourOfMinutes, scaling: Scaling): Uint8Array {
  const rows = [...minutes].sort(([one], [other]) => one - other);
  const good = rows.map(([, rollup]) => rollup).filter((rollup) => rollup.count > 0);
  const out = new ByteWriter(1024);
  out.varint(rows.length);
  for (const [minute, rollup] of rows) {
    out.byte(minute);
    out.varint(rollup.count);
    out.varint(rollup.errors);
  }
  for (const name of ["min", "max", "first", "last"] as const)
    writeValues(
      out,
      Float64Array.from(good, (rollup) => rollup[name]),
      scaling,
    );
  // A mean is finer than the signal's step, a sum of raw counts is not.
  const sums = Float64Array.from(good, ({ sum, count }) => sum - (count - 1) * scaling.offset);
  const exact = good.every(
    ({ sum, count }, at) => (sums[at] ?? 0) + (count - 1) * scaling.offset === sum,
  );
  out.byte(exact ? 1 : 0);
  if (exact) writeValues(out, sums, scaling);
  else out.append(shuffle(Float64Array.from(good, ({ sum }) => sum)));
  const times = Float64Array.from(good.flatMap(({ firstNs, lastNs }) => [firstNs, lastNs]));
  const unit = commonUnit(times);
  out.varint(unit);
  writeDeltas(
    out,
    times.map((time) => time / unit),
  );
  return zstdCompressSync(out.written());
}

/** An hour of minutes is 3.7 KB at most. With the 16 KiB of the default thousands of hours have all memory swept. */
const chunkSize = 4_096;

export function decodeMinutes(bytes: Uint8Array, scaling: Scaling): HourOfMinutes {
  const from = new ByteReader(
    zstdDecompressSync(bytes, { maxOutputLength: 64 * 1024, chunkSize }),
    "ROLLUP_MALFORMED",
  );
  const count = from.varint();
  if (count > minutesPerHour) from.fail("more than sixty minutes");
  const minutes: HourOfMinutes = new Map();
  const good: Rollup[] = [];
  for (let row = 0; row < count; row++) {
    const rollup = emptyRollup();
    minutes.set(from.byte(), rollup);
    rollup.count = from.varint();
    rollup.errors = from.varint();
    if (rollup.count > 0) good.push(rollup);
  }
  for (const name of ["min", "max", "first", "last"] as const) {
    const values = readValues(from, good.length, scaling);
    for (let at = 0; at < values.length; at++) {
      const rollup = good[at];
      if (rollup) rollup[name] = values[at] ?? Number.NaN;
    }
  }
  const exact = from.byte() === 1;
  const sums = exact
    ? readValues(from, good.length, scaling)
    : unshuffle(from.take(good.length * 8));
  const unit = from.varint();
  const times = readDeltas(from, good.length * 2);
  for (const [at, rollup] of good.entries()) {
    rollup.sum = (sums[at] ?? 0) + (exact ? (rollup.count - 1) * scaling.offset : 0);
    rollup.firstNs = (times[at * 2] ?? 0) * unit;
    rollup.lastNs = (times[at * 2 + 1] ?? 0) * unit;
  }
  return minutes;
}

function writeValues(out: ByteWriter, values: Float64Array, scaling: Scaling): void {
  const raw = toRaw(values, scaling);
  out.byte(raw ? 1 : 0);
  if (raw) writeDeltas(out, raw);
  else out.append(shuffle(values));
}

function readValues(from: ByteReader, count: number, { scale, offset }: Scaling): Float64Array {
  return from.byte() === 1
    ? readDeltas(from, count).map((raw) => raw * scale + offset)
    : unshuffle(from.take(count * 8));
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
