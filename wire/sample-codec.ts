import assert from "node:assert/strict";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { Quality } from "./quality.ts";
import type { SampleColumns } from "./sample-columns.ts";
import type { SignalDefinition } from "./signal-dictionary.ts";

/** Nanoseconds; the coarsest that nearly all times are whole multiples of is used. Written to disk: never reorder. */
const timeUnits = [1, 1_000, 100_000, 1_000_000, 1_000_000_000] as const;
const unitMask = 0b111;
const notAllGood = 0b1000;
const hasRemainders = 0b1_0000;

/** Leading numbers of the value column; from `firstDelta` on it is a difference of raw counts. */
const asDouble = 0;
const asFloat = 1;
const firstDelta = 2;

/** Raw counts and time offsets beyond these could not be subtracted exactly. */
const maxRaw = 2 ** 50;
const maxOffsetNs = 2 ** 51;

/** The most that one sample can take, bytes: signal 3, time 8, remainder 1, quality 4, value 9. */
export const maxSampleBytes = 25;

const zigzag = (value: number) => (value < 0 ? -2 * value - 1 : 2 * value);
const unzigzag = (code: number) => (code % 2 === 0 ? code / 2 : -(code + 1) / 2);

/**
 * Appends the columns; README.md has the layout. `shiftNs` is added to every offset, which says what base the reader
 * will use. False when the times span more than 26 days; the writer is then left in an undefined state.
 */
export function writeSamples(
  out: ByteWriter,
  samples: SampleColumns,
  { signals, shiftNs }: { signals: readonly SignalDefinition[]; shiftNs: number },
): boolean {
  if (samples.length === 0) return true;
  const unitIndex = chooseUnit(samples, shiftNs);
  if (unitIndex === undefined) return false;
  const unit = timeUnits[unitIndex] ?? 1;
  const { ticks, remainders } = splitTimes(samples, shiftNs, unit);
  const quality = samples.quality.subarray(0, samples.length);
  const good = quality.every((code) => code === Quality.good);
  out.byte(unitIndex | (good ? 0 : notAllGood) | (remainders.length > 0 ? hasRemainders : 0));
  if (!good) writeRuns(out, quality);
  let tick = 0;
  for (let row = 0; row < samples.length; row++) {
    const signal = samples.signal[row] ?? 0;
    assert(signal < signals.length, "every signal index is in the dictionary");
    const next = ticks[row] ?? 0;
    out.varint(signal * 2 + (next === tick ? 1 : 0));
    tick = next;
  }
  writeTimes(out, ticks, remainders);
  writeValues(out, samples, signals);
  return true;
}

/**
 * Reads as many samples as `samples` has rows, at least 1; the count has been checked against the bytes there are.
 * Every row is validated: an index beyond the dictionary or a column that does not add up is refused.
 */
export function readSamples(
  from: ByteReader,
  samples: SampleColumns,
  signals: readonly SignalDefinition[],
): void {
  const count = samples.length;
  const flags = from.byte();
  const unit = timeUnits[flags & unitMask];
  if (unit === undefined || flags > (unitMask | notAllGood | hasRemainders))
    from.fail("the flags of the samples are unknown");
  if (flags & notAllGood) readRuns(from, samples);
  else samples.quality.fill(Quality.good, 0, count);
  const same = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const token = from.varint();
    const signal = Math.floor(token / 2);
    if (signal >= signals.length) from.fail("a signal index is not in the dictionary");
    samples.signal[row] = signal;
    same[row] = token % 2;
  }
  readTimes(from, samples, { unit, same, remainders: (flags & hasRemainders) !== 0 });
  readValues(from, samples, signals);
}

/** The coarsest unit that at most one time in eight is not a multiple of; undefined when the span is too long. */
function chooseUnit(samples: SampleColumns, shiftNs: number): number | undefined {
  const byUnit = [0, 0, 0, 0, 0];
  for (let row = 0; row < samples.length; row++) {
    const offset = (samples.offsetNs[row] ?? 0) + shiftNs;
    assert(Number.isInteger(offset), "times are whole nanoseconds");
    if (Math.abs(offset) > maxOffsetNs) return undefined;
    let index = timeUnits.length - 1;
    while (index > 0 && !Number.isInteger(offset / (timeUnits[index] ?? 1))) index--;
    byUnit[index] = (byUnit[index] ?? 0) + 1;
  }
  let finer = samples.length;
  for (let index = timeUnits.length - 1; index > 0; index--) {
    finer -= byUnit[index] ?? 0;
    if (finer * 8 <= samples.length) return index;
  }
  return 0;
}

function splitTimes(samples: SampleColumns, shiftNs: number, unit: number) {
  const ticks = new Float64Array(samples.length);
  const remainders: [row: number, ns: number][] = [];
  for (let row = 0; row < samples.length; row++) {
    const offset = (samples.offsetNs[row] ?? 0) + shiftNs;
    const tick = Math.floor(offset / unit);
    ticks[row] = tick;
    if (tick * unit !== offset) remainders.push([row, offset - tick * unit]);
  }
  return { ticks, remainders };
}

function writeTimes(
  out: ByteWriter,
  ticks: Float64Array,
  remainders: readonly (readonly [row: number, ns: number])[],
): void {
  let tick = 0;
  for (const next of ticks) {
    if (next !== tick) out.varint(zigzag(next - tick));
    tick = next;
  }
  if (remainders.length === 0) return;
  out.varint(remainders.length);
  let from = 0;
  for (const [row, ns] of remainders) {
    out.varint(row - from);
    out.varint(ns);
    from = row + 1;
  }
}

function readTimes(
  from: ByteReader,
  samples: SampleColumns,
  { unit, same, remainders }: { unit: number; same: Uint8Array; remainders: boolean },
): void {
  let tick = 0;
  for (let row = 0; row < samples.length; row++) {
    if (same[row] === 0) tick += unzigzag(from.varint());
    const offset = tick * unit;
    if (Math.abs(offset) > maxOffsetNs) from.fail("a time is out of range");
    samples.offsetNs[row] = offset;
  }
  if (!remainders) return;
  const count = from.varint();
  let row = -1;
  for (let index = 0; index < count; index++) {
    row += from.varint() + 1;
    const ns = from.varint();
    if (row >= samples.length || ns >= unit) from.fail("a remainder of a time is out of range");
    samples.offsetNs[row] = (samples.offsetNs[row] ?? 0) + ns;
  }
}

function writeRuns(out: ByteWriter, quality: Uint8Array): void {
  let start = 0;
  for (let row = 1; row <= quality.length; row++) {
    if (row < quality.length && quality[row] === quality[start]) continue;
    out.varint(row - start);
    out.byte(quality[start] ?? 0);
    start = row;
  }
}

function readRuns(from: ByteReader, { quality, length: count }: SampleColumns): void {
  for (let row = 0; row < count; ) {
    const length = from.varint();
    if (length === 0 || length > count - row) from.fail("a run of qualities is too long");
    quality.fill(from.byte(), row, row + length);
    row += length;
  }
}

/** Only good samples have a value; the difference is to the last raw count of the same signal, at first to 0. */
function writeValues(
  out: ByteWriter,
  samples: SampleColumns,
  signals: readonly SignalDefinition[],
): void {
  const lastRaw = new Float64Array(signals.length);
  for (let row = 0; row < samples.length; row++) {
    if (samples.quality[row] !== Quality.good) continue;
    const signal = samples.signal[row] ?? 0;
    const value = samples.value[row] ?? Number.NaN;
    const { scale = 1, offset = 0 } = signals[signal] ?? {};
    const raw = Math.round((value - offset) / scale) + 0; // + 0 makes a zero of -0
    if (Math.abs(raw) <= maxRaw && Object.is(raw * scale + offset, value)) {
      out.varint(zigzag(raw - (lastRaw[signal] ?? 0)) + firstDelta);
      lastRaw[signal] = raw;
    } else writeEscaped(out, value);
  }
}

function writeEscaped(out: ByteWriter, value: number): void {
  if (Object.is(Math.fround(value), value)) {
    out.varint(asFloat);
    out.float32(Number.isNaN(value) ? Number.NaN : value); // one NaN: its other bits are not ours to keep
  } else {
    out.varint(asDouble);
    out.float64(value);
  }
}

function readValues(
  from: ByteReader,
  samples: SampleColumns,
  signals: readonly SignalDefinition[],
): void {
  const lastRaw = new Float64Array(signals.length);
  for (let row = 0; row < samples.length; row++) {
    if (samples.quality[row] !== Quality.good) {
      samples.value[row] = Number.NaN;
      continue;
    }
    const signal = samples.signal[row] ?? 0;
    const code = from.varint();
    if (code === asDouble) samples.value[row] = from.float64();
    else if (code === asFloat) samples.value[row] = from.float32();
    else {
      const raw = (lastRaw[signal] ?? 0) + unzigzag(code - firstDelta);
      if (Math.abs(raw) > maxRaw) from.fail("a raw count is out of range");
      lastRaw[signal] = raw;
      const { scale = 1, offset = 0 } = signals[signal] ?? {};
      samples.value[row] = raw * scale + offset;
    }
  }
}
