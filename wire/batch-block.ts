import { constants, crc32, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Batch, type BatchHeader, type BatchIdentity, maxBatchBytes } from "./batch.ts";
import { readHeader, wholeSecond, writeHeader } from "./batch-header.ts";
import { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import { maxEventBytes, minEventBytes, readEvents, writeEvents } from "./event-codec.ts";
import type { MachineEvent } from "./machine-event.ts";
import { maxSampleBytes, readSamples, writeSamples } from "./sample-codec.ts";
import { SampleColumns } from "./sample-columns.ts";
import type { SignalDictionary } from "./signal-dictionary.ts";

/** What goes into a block; the base time and the counts of the header follow from it. */
export interface BatchContent
  extends Pick<BatchHeader, "epoch" | "number" | "lane" | "produced" | "suppressed" | "tombstone"> {
  readonly dictionary: SignalDictionary;
  readonly samples: SampleColumns;
  readonly events: readonly MachineEvent[];
}

const checksumBytes = 4;
const maxHeaderBytes = 80;

/** The most a body may unfold to, so that a small block cannot claim much memory. */
const maxBodyBytes = 256 * 1024;

/** Below this many bytes compression did not pay for its own header (measured on the reference profile). */
const minCompressedBytes = 128;
const windowLog = 18;

/** Every zstd frame starts with this; a block leaves it out. */
const zstdMagic = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);

/** So many samples, with up to a thousand DTCs beside them, always fit into a block, whatever their values. */
export const safeSampleCount = 2_400;

/** The most that a batch can weigh, bytes, without encoding it; real batches weigh a fifth of that. */
export const maxEncodedBytes = (sampleCount: number, events: readonly MachineEvent[]): number =>
  checksumBytes + maxHeaderBytes + sampleCount * maxSampleBytes + maxEventBytes(events);

/**
 * Encodes one batch. Times, order and the values of good samples come back exactly; every other value comes back NaN.
 * Throws BATCH_TOO_LARGE when the block would exceed `maxBatchBytes` or the times span more than 26 days: split it.
 */
export function encodeBatch(
  identity: BatchIdentity,
  { dictionary, samples, events, ...content }: BatchContent,
): Uint8Array {
  const firstNs = samples.length > 0 ? samples.timeNs(0) : (events[0]?.timeNs ?? samples.baseNs);
  const baseNs = wholeSecond(firstNs);
  const body = encodeBody({ dictionary, samples, events, baseNs });
  const folded = compress(body);
  const out = new ByteWriter(checksumBytes + maxHeaderBytes + folded.length);
  out.uint32(0);
  const counts = { sampleCount: samples.length, eventCount: events.length };
  const header = { ...content, ...counts, dictionary: dictionary.hash, baseNs };
  writeHeader(out, header, folded !== body);
  out.append(folded);
  const block = out.written();
  if (block.length > maxBatchBytes) throw tooLarge("the batch exceeds its greatest size");
  new DataView(block.buffer).setUint32(0, checksumOf(identity, block), true);
  return block;
}

/**
 * What a block says about itself. Cheap; the counts are no more than the bytes could hold. Throws BATCH_MALFORMED.
 * Does not verify the checksum.
 */
export function readBatchHeader(block: Uint8Array): BatchHeader {
  return openBlock(block).header;
}

/** True when a block is undamaged and of this gateway and machine. Never throws. */
export function verifyBatch(identity: BatchIdentity, block: Uint8Array): boolean {
  return (
    block.length > checksumBytes &&
    block.length <= maxBatchBytes &&
    storedChecksum(block) === checksumOf(identity, block)
  );
}

/** The stored checksum: two of them under one (gateway, epoch, number) tell a cloned gateway. */
export function batchChecksum(block: Uint8Array): number {
  if (block.length < checksumBytes) throw malformed("the batch ends too early");
  return storedChecksum(block);
}

/**
 * Decodes a block with the dictionary that its header names. Bounded in time and memory whatever the bytes are.
 * `into`: columns to fill instead of new ones, for who is done with a batch before it decodes the next.
 * Throws BATCH_DICTIONARY_MISMATCH for another dictionary, BATCH_MALFORMED for anything else. Does not verify.
 */
export function decodeBatch(
  block: Uint8Array,
  dictionary: SignalDictionary,
  into?: SampleColumns,
): Batch {
  const { header, body } = openBlock(block);
  if (header.dictionary !== dictionary.hash)
    throw new CodedError("BATCH_DICTIONARY_MISMATCH", "the batch names another dictionary");
  const { baseNs, sampleCount, eventCount } = header;
  const from = new ByteReader(unfold(body), "BATCH_MALFORMED");
  if (sampleCount > from.remaining) from.fail("there are fewer samples than stated");
  const samples = into ?? new SampleColumns(baseNs, Math.max(1, sampleCount));
  samples.refill(baseNs, sampleCount);
  if (sampleCount > 0) readSamples(from, samples, dictionary.signals);
  const events = readEvents(from, eventCount);
  if (from.remaining > 0) from.fail("there are bytes behind the last event");
  return { header, samples, events };
}

function openBlock(block: Uint8Array) {
  if (block.length > maxBatchBytes) throw malformed("the batch exceeds its greatest size");
  const from = new ByteReader(block, "BATCH_MALFORMED");
  from.take(checksumBytes);
  const { header, isCompressed } = readHeader(from);
  const bytes = from.take(from.remaining);
  const isEmptied = header.tombstone && header.sampleCount + header.eventCount === 0;
  if (isEmptied && bytes.length > 0) throw malformed("a tombstone has content");
  const most = isCompressed ? maxBodyBytes : bytes.length;
  if (header.sampleCount + header.eventCount * minEventBytes > most)
    throw malformed("there are fewer samples and events than stated");
  return { header, body: { bytes, isCompressed } };
}

function encodeBody({
  dictionary: { signals },
  samples,
  events,
  baseNs,
}: Pick<BatchContent, "dictionary" | "samples" | "events"> & { baseNs: bigint }): Uint8Array {
  const out = new ByteWriter(256 + samples.length * 8);
  const shiftNs = Number(samples.baseNs - baseNs);
  if (!writeSamples(out, samples, { signals, shiftNs })) throw tooLarge("the times span too long");
  writeEvents(out, events);
  if (out.length > maxBodyBytes) throw tooLarge("the batch exceeds its greatest size");
  return out.written();
}

/** The body itself when compression does not make it smaller. */
function compress(body: Uint8Array): Uint8Array {
  if (body.length < minCompressedBytes) return body;
  const params = {
    [constants.ZSTD_c_windowLog]: windowLog,
    [constants.ZSTD_c_contentSizeFlag]: 0,
  };
  const frame = zstdCompressSync(body, { params }).subarray(zstdMagic.length);
  return frame.length < body.length ? frame : body;
}

function unfold({ bytes, isCompressed }: { bytes: Uint8Array; isCompressed: boolean }): Uint8Array {
  if (!isCompressed) return bytes;
  try {
    return zstdDecompressSync(Buffer.concat([zstdMagic, bytes]), {
      maxOutputLength: maxBodyBytes,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
  } catch (error) {
    throw malformed("the body does not decompress", error);
  }
}

const storedChecksum = (block: Uint8Array): number =>
  new DataView(block.buffer, block.byteOffset).getUint32(0, true);

/** CRC-32 over everything behind the checksum, seeded with both ids, lengths first, so that a|bc is not ab|c. */
function checksumOf({ gatewayId, machineId }: BatchIdentity, block: Uint8Array): number {
  const gateway = Buffer.from(gatewayId);
  const machine = Buffer.from(machineId);
  const lengths = Uint8Array.of(gateway.length, machine.length);
  const seed = crc32(machine, crc32(gateway, crc32(lengths)));
  return crc32(block.subarray(checksumBytes), seed);
}

const malformed = (problem: string, cause?: unknown) =>
  new CodedError("BATCH_MALFORMED", problem, { cause });
const tooLarge = (problem: string) => new CodedError("BATCH_TOO_LARGE", problem);
