import { crc32 } from "node:zlib";

/** What every record costs on disk beside its payload: mark, checksum, length, sequence, 32 bits each, little-endian. */
export const FRAME_BYTES = 16;

/** Starts every frame. No zero byte and no ASCII in it, so neither blank space nor text looks like one. */
const MARK = 0xacb47ef1;
const MARK_BYTES = Buffer.of(0xf1, 0x7e, 0xb4, 0xac);

/** Where a frame belongs. Position and salt go into its checksum, so a frame anywhere else does not pass. */
export interface FramePlace {
  readonly position: number;
  /** Random per segment: what a deleted file left in the blocks of a new one does not pass either. */
  readonly salt: number;
  /** Counts the records of the log, modulo 2^32. */
  readonly sequence: number;
}

/** Writes one frame at `at`. */
export function writeFrame(into: Buffer, at: number, payload: Uint8Array, place: FramePlace): void {
  const end = at + FRAME_BYTES + payload.length;
  into.writeUInt32LE(MARK, at);
  into.writeUInt32LE(payload.length, at + 8);
  into.writeUInt32LE(place.sequence, at + 12);
  into.set(payload, at + FRAME_BYTES);
  const sum = crc32(into.subarray(at + 8, end), seedOf(place.position, place.salt));
  into.writeUInt32LE(sum, at + 4);
}

/** The length of the whole frame that seems to start at `at`, or 0 if none does. Believe it only once checked. */
export function frameLengthAt(bytes: Buffer, at: number): number {
  if (at + FRAME_BYTES > bytes.length || bytes.readUInt32LE(at) !== MARK) return 0;
  return FRAME_BYTES + bytes.readUInt32LE(at + 8);
}

/** The length of the valid frame at `at`, or 0 if there is none that ends within `bytes`. */
export function checkFrame(bytes: Buffer, at: number, position: number, salt: number): number {
  const length = frameLengthAt(bytes, at);
  if (length === 0 || at + length > bytes.length) return 0;
  const sum = crc32(bytes.subarray(at + 8, at + length), seedOf(position, salt));
  return sum === bytes.readUInt32LE(at + 4) ? length : 0;
}

export const sequenceAt = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at + 12);

/** Where the next sync mark stands at or after `from`, or -1. */
export const nextMark = (bytes: Buffer, from: number): number => bytes.indexOf(MARK_BYTES, from);

/**
 * Position and salt enter as the checksum's start value: a CRC of the same bytes from two start values always differs,
 * and one native call per record is all it costs. The multiplier only spreads the bits above 2^32.
 */
function seedOf(position: number, salt: number): number {
  return (salt ^ position ^ Math.imul(Math.floor(position / 2 ** 32), 0x9e3779b1)) >>> 0;
}
