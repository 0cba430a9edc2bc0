import assert from "node:assert/strict";
import { type BatchHeader, type LossReason, lossReasons } from "./batch.ts";
import type { ByteReader } from "./byte-reader.ts";
import type { ByteWriter } from "./byte-writer.ts";

const version = 1;
const versionMask = 0b1111;
const compressed = 0b1_0000;
const alarm = 0b10_0000;
const isTombstone = 0b100_0000;
/** With `isTombstone`: something was kept, and its counts follow those of what was given up. */
const isThinned = 0b1000_0000;

const epochBytes = 16;
const dictionaryBytes = 8;
const nsPerSecond = 1_000_000_000n;
const maxSeconds = 9_223_372_035;

/** The whole second at or before a time: what a batch counts its times from. */
export function wholeSecond(timeNs: bigint): bigint {
  const rest = timeNs % nsPerSecond;
  return timeNs - (rest < 0n ? rest + nsPerSecond : rest);
}

/** Appends everything between the checksum and the body. `header.baseNs` is a whole second. */
export function writeHeader(out: ByteWriter, header: BatchHeader, isCompressed: boolean): void {
  const { tombstone, sampleCount, eventCount } = header;
  const hasContent = sampleCount + eventCount > 0;
  assert(header.number >= 1, "batch numbers start at 1");
  out.byte(
    version |
      (isCompressed ? compressed : 0) |
      (header.lane === "alarm" ? alarm : 0) |
      (tombstone ? isTombstone : 0) |
      (tombstone && hasContent ? isThinned : 0),
  );
  out.append(hexBytes(header.epoch, epochBytes));
  out.append(hexBytes(header.dictionary, dictionaryBytes));
  const seconds = Number(header.baseNs / nsPerSecond);
  assert(Math.abs(seconds) <= maxSeconds, "times fit in 64 bits");
  out.varint(seconds < 0 ? -2 * seconds - 1 : 2 * seconds);
  out.varint(header.number);
  out.varint(header.produced);
  out.varint(header.suppressed);
  if (tombstone) {
    out.byte(lossReasons.indexOf(tombstone.reason));
    out.varint(tombstone.samples);
  }
  if (tombstone === undefined || hasContent) {
    out.varint(sampleCount);
    out.varint(eventCount);
  }
}

/** Reads up to the body; the counts are as stated, so check them against the body before relying on them. */
export function readHeader(from: ByteReader): { header: BatchHeader; isCompressed: boolean } {
  const flags = from.byte();
  const hasTombstone = (flags & isTombstone) !== 0;
  if ((flags & versionMask) !== version || (!hasTombstone && (flags & isThinned) !== 0))
    from.fail("the version or a flag of the batch is unknown");
  const epoch = Buffer.from(from.take(epochBytes)).toString("hex");
  const dictionary = Buffer.from(from.take(dictionaryBytes)).toString("hex");
  const baseNs = readBase(from);
  const number = from.varint();
  if (number === 0) from.fail("batch numbers start at 1");
  const common = {
    epoch,
    number,
    lane: flags & alarm ? ("alarm" as const) : ("live" as const),
    dictionary,
    baseNs,
    produced: from.varint(),
    suppressed: from.varint(),
  };
  const isCompressed = (flags & compressed) !== 0;
  const loss = hasTombstone ? { tombstone: readLoss(from) } : {};
  const hasContent = !hasTombstone || (flags & isThinned) !== 0;
  const counts = hasContent
    ? { sampleCount: from.varint(), eventCount: from.varint() }
    : { sampleCount: 0, eventCount: 0 };
  if (hasTombstone && hasContent && counts.sampleCount + counts.eventCount === 0)
    from.fail("nothing was kept of a thinned batch");
  return { header: { ...common, ...counts, ...loss }, isCompressed };
}

function readLoss(from: ByteReader): { reason: LossReason; samples: number } {
  const reason = lossReasons[from.byte()] ?? from.fail("the reason of a tombstone is unknown");
  return { reason, samples: from.varint() };
}

function readBase(from: ByteReader): bigint {
  const code = from.varint();
  const seconds = code % 2 === 0 ? code / 2 : -(code + 1) / 2;
  if (Math.abs(seconds) > maxSeconds) from.fail("the time of the batch is out of range");
  return BigInt(seconds) * nsPerSecond;
}

function hexBytes(text: string, length: number): Uint8Array {
  const bytes = Buffer.from(text, "hex");
  assert(bytes.length === length && text.length === 2 * length, `${length} bytes in hex`);
  return bytes;
}
