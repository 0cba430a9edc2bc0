import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { ByteReader } from "@firebreak/wire/byte-reader.ts";
import { ByteWriter } from "@firebreak/wire/byte-writer.ts";
import { Quality } from "@firebreak/wire/quality.ts";

/** Samples of one series in ascending order of time; those of one stamp in order of arrival. */
export interface SeriesColumns {
  /** Nanoseconds after a base that is kept beside the block. */
  readonly offsetNs: Float64Array;
  /** NaN unless the quality is good. */
  readonly value: Float64Array;
  readonly quality: Uint8Array;
}

/** How a signal was scaled on its bus: values that are exact multiples are kept as raw counts. */
export interface Scaling {
  readonly scale: number;
  readonly offset: number;
}

const rawValues = 1;
const allGood = 2;
const compressed = 1;
const maxRaw = 2 ** 50;
const maxBlockBytes = 64 * 1024 * 1024;

/** Every time, value and quality comes back bit for bit. Spans up to 2^52 ns (52 days). */
export function encodeSeries(columns: SeriesColumns, scaling: Scaling): Uint8Array {
  const out = new ByteWriter(64 + columns.offsetNs.length * 6);
  const count = columns.offsetNs.length;
  const good = columns.value.filter((_, row) => columns.quality[row] === Quality.good);
  const raw = toRaw(good, scaling);
  const isAllGood = good.length === count;
  out.varint(count);
  out.byte((raw ? rawValues : 0) | (isAllGood ? allGood : 0));
  writeTimes(out, columns.offsetNs);
  if (!isAllGood) writeRuns(out, columns.quality);
  if (raw) writeDeltas(out, raw);
  else out.append(shuffle(good));
  const body = out.written();
  const folded = zstdCompressSync(body);
  return folded.length < body.length
    ? Buffer.concat([Uint8Array.of(compressed), folded])
    : Buffer.concat([Uint8Array.of(0), body]);
}

/** @throws {CodedError} `SERIES_BLOCK_MALFORMED`. */
export function decodeSeries(block: Uint8Array, { scale, offset }: Scaling): SeriesColumns {
  const rest = block.subarray(1);
  const body =
    block[0] === compressed ? zstdDecompressSync(rest, { maxOutputLength: maxBlockBytes }) : rest;
  const from = new ByteReader(body, "SERIES_BLOCK_MALFORMED");
  const count = from.varint();
  if (count > maxBlockBytes) from.fail("too many samples stated");
  const flags = from.byte();
  const offsetNs = readTimes(from, count);
  const quality = flags & allGood ? new Uint8Array(count) : readRuns(from, count);
  let goodCount = 0;
  for (const code of quality) if (code === Quality.good) goodCount++;
  const good =
    flags & rawValues
      ? readDeltas(from, goodCount).map((raw) => raw * scale + offset)
      : unshuffle(from.take(goodCount * 8));
  return { offsetNs, quality, value: spread(good, quality) };
}

/** The raw counts behind the values; undefined when a single one would not come back bit for bit. */
export function toRaw(values: Float64Array, { scale, offset }: Scaling): Float64Array | undefined {
  const raw = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    const count = Math.round((value - offset) / scale) + 0;
    if (!(Math.abs(count) < maxRaw) || !Object.is(count * scale + offset, value)) return undefined;
    raw[row] = count;
  }
  return raw;
}

/** Whole numbers below 2^51 in magnitude, as differences. */
export function writeDeltas(out: ByteWriter, numbers: Float64Array): void {
  let before = 0;
  for (const number of numbers) {
    out.varint(zigzag(number - before));
    before = number;
  }
}

export function readDeltas(from: ByteReader, count: number): Float64Array {
  const numbers = new Float64Array(count);
  let before = 0;
  for (let row = 0; row < count; row++) {
    before += unzigzag(from.varint());
    numbers[row] = before;
  }
  return numbers;
}

/** Doubles by byte position, so that like bytes stand together. */
export function shuffle(values: Float64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const out = new Uint8Array(bytes.length);
  const count = values.length;
  for (let row = 0; row < count; row++)
    for (let at = 0; at < 8; at++) out[at * count + row] = bytes[row * 8 + at] ?? 0;
  return out;
}

export function unshuffle(bytes: Uint8Array): Float64Array {
  const count = bytes.length / 8;
  const values = new Float64Array(count);
  const out = new Uint8Array(values.buffer);
  for (let row = 0; row < count; row++)
    for (let at = 0; at < 8; at++) out[row * 8 + at] = bytes[at * count + row] ?? 0;
  return values;
}

/** The unit all times share, then differences of differences. */
function writeTimes(out: ByteWriter, offsetNs: Float64Array): void {
  const unit = commonUnit(offsetNs);
  out.varint(unit);
  let before = 0;
  let step = 0;
  for (const time of offsetNs) {
    const at = time / unit;
    out.varint(zigzag(at - before - step));
    step = at - before;
    before = at;
  }
}

function readTimes(from: ByteReader, count: number): Float64Array {
  const unit = from.varint();
  if (count > from.remaining) from.fail("fewer times than stated");
  const offsetNs = new Float64Array(count);
  let before = 0;
  let step = 0;
  for (let row = 0; row < count; row++) {
    step += unzigzag(from.varint());
    before += step;
    offsetNs[row] = before * unit;
  }
  return offsetNs;
}

/** Greatest common divisor of the times; 1 when there is none. */
export function commonUnit(times: Float64Array): number {
  let unit = 0;
  for (const time of times) {
    let rest = time;
    while (rest !== 0) [unit, rest] = [rest, unit % rest];
    if (unit === 1) break;
  }
  return unit || 1;
}

function writeRuns(out: ByteWriter, quality: Uint8Array): void {
  for (let row = 0; row < quality.length; ) {
    const code = quality[row] ?? 0;
    let end = row + 1;
    while (end < quality.length && quality[end] === code) end++;
    out.byte(code);
    out.varint(end - row);
    row = end;
  }
}

function readRuns(from: ByteReader, count: number): Uint8Array {
  const quality = new Uint8Array(count);
  for (let row = 0; row < count; ) {
    const code = from.byte();
    const run = from.varint();
    if (run === 0 || row + run > count) from.fail("a run of qualities beyond the block");
    quality.fill(code, row, row + run);
    row += run;
  }
  return quality;
}

function spread(good: Float64Array, quality: Uint8Array): Float64Array {
  if (good.length === quality.length) return good;
  const value = new Float64Array(quality.length);
  let next = 0;
  for (let row = 0; row < quality.length; row++)
    value[row] = quality[row] === Quality.good ? (good[next++] ?? Number.NaN) : Number.NaN;
  return value;
}

const zigzag = (number: number) => (number < 0 ? -2 * number - 1 : 2 * number);
const unzigzag = (code: number) => (code % 2 === 0 ? code / 2 : -(code + 1) / 2);
