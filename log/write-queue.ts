import { FRAME_BYTES, type FramePlace, writeFrame } from "./frame.ts";
import type { WriterSegment } from "./segment-files.ts";

/** A machine that commits once a second needs little; a busy one fills several of the larger ones per commit. */
const FIRST_CHUNK_BYTES = 16 * 1024;
const CHUNK_BYTES = 256 * 1024;
const MANY_CHUNKS = 64;
/** Kept for reuse: memory outside the heap is given back late, and a busy log fills tens of megabytes a second. */
const SPARE_CHUNKS = 32;

/** Frames for one place of one segment, one after the other. */
export interface Chunk {
  readonly segment: WriterSegment;
  /** Where it goes, counted from the first byte after the header. */
  readonly offset: number;
  readonly bytes: Buffer;
  length: number;
  /** Sequence of the record that comes after the last one in here. */
  nextSequence: number;
}

/**
 * The records that are not on disk yet. They stay here until their fsync has returned: after a failed one the pages
 * may be gone from the system's cache while a second fsync reports success, so everything is written again from here.
 */
export class WriteQueue {
  #chunks: Chunk[] = [];
  #tail: Chunk | undefined;
  #bytes = 0;
  readonly #spare: Buffer[] = [];

  get bytes(): number {
    return this.#bytes;
  }

  /** Copies a record in; it goes right behind what was planned for its segment so far. */
  add(segment: WriterSegment, payload: Uint8Array, place: FramePlace): void {
    const length = FRAME_BYTES + payload.length;
    const chunk = this.#roomFor(segment, length);
    writeFrame(chunk.bytes, chunk.length, payload, place);
    chunk.length += length;
    chunk.nextSequence = (place.sequence + 1) >>> 0;
    this.#bytes += length;
  }

  /** Everything there is, oldest first. Later records go to chunks of their own. */
  take(): readonly Chunk[] {
    this.#tail = undefined;
    if (this.#chunks.length > MANY_CHUNKS && this.#bytes < (this.#chunks.length * CHUNK_BYTES) / 4)
      this.#chunks = merged(this.#chunks);
    return [...this.#chunks];
  }

  /** Gives back the memory of chunks that are on disk: always the oldest. */
  drop(count: number): void {
    for (const chunk of this.#chunks.splice(0, count)) {
      this.#bytes -= chunk.length;
      const isReusable = chunk.bytes.length === CHUNK_BYTES && this.#spare.length < SPARE_CHUNKS;
      if (isReusable) this.#spare.push(chunk.bytes);
    }
  }

  #roomFor(segment: WriterSegment, length: number): Chunk {
    const tail = this.#tail;
    if (tail?.segment === segment && tail.length + length <= tail.bytes.length) return tail;
    const size = Math.max(length, tail ? CHUNK_BYTES : FIRST_CHUNK_BYTES);
    const spare = size === CHUNK_BYTES ? this.#spare.pop() : undefined;
    const bytes = spare ?? Buffer.allocUnsafeSlow(size);
    const chunk = { segment, offset: segment.planned, bytes, length: 0, nextSequence: 0 };
    this.#chunks.push(chunk);
    this.#tail = chunk;
    return chunk;
  }
}

/** Each try on a failing disk leaves a chunk hardly filled; together they would outgrow the bound that is on records. */
function merged(chunks: readonly Chunk[]): Chunk[] {
  const result: Chunk[] = [];
  for (const chunk of chunks) {
    const into = result.at(-1);
    const fits = into?.segment === chunk.segment && into.length + chunk.length <= CHUNK_BYTES;
    if (into && fits && into.bytes.length === CHUNK_BYTES) {
      into.bytes.set(chunk.bytes.subarray(0, chunk.length), into.length);
      into.length += chunk.length;
      into.nextSequence = chunk.nextSequence;
    } else if (chunk.length < CHUNK_BYTES) {
      const bytes = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      bytes.set(chunk.bytes.subarray(0, chunk.length));
      result.push({ ...chunk, bytes });
    } else result.push(chunk);
  }
  return result;
}
