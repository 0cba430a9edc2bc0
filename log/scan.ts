import { checkFrame, FRAME_BYTES, frameLengthAt, nextMark, sequenceAt } from "./frame.ts";

/** Bytes that hold no readable record, between two positions. */
export interface DamagedStretch {
  readonly position: number;
  /** The next readable record, or the end of its segment. */
  readonly next: number;
  /** How many records are lost in it: exact where the sequence on both sides is known, else at least this many. */
  readonly records: number;
}

export interface SegmentScan {
  readonly stretches: DamagedStretch[];
  /** Where the last valid frame ends. */
  readonly end: number;
  /** Sequence of the record after the last valid one; undefined if there is none and the header did not say. */
  readonly nextSequence: number | undefined;
}

/** What a segment's body is, for the scan. */
export interface SegmentBody {
  readonly bytes: Buffer;
  readonly base: number;
  readonly salt: number;
  readonly firstSequence: number | undefined;
}

/** Checks every frame of a segment and finds the way back after each damage. Pure. */
export function scanSegment({ bytes, base, salt, firstSequence }: SegmentBody): SegmentScan {
  const stretches: DamagedStretch[] = [];
  let nextSequence = firstSequence;
  let end = 0;
  for (let at = 0; at >= 0 && at < bytes.length; ) {
    const length = checkFrame(bytes, at, base + at, salt);
    if (length === 0) {
      at = nextMark(bytes, at + 1);
      continue;
    }
    const sequence = sequenceAt(bytes, at);
    if (at > end) {
      const records = countLost(bytes.subarray(end, at), nextSequence, sequence);
      stretches.push({ position: base + end, next: base + at, records });
    }
    nextSequence = (sequence + 1) >>> 0;
    at += length;
    end = at;
  }
  return { stretches, end: base + end, nextSequence };
}

/** Records lost between two sequences if both are known and fit the bytes, else what the headers left still show. */
export function countLost(bytes: Buffer, from: number | undefined, to: number | undefined): number {
  if (from !== undefined && to !== undefined) {
    const records = (to - from) >>> 0;
    if (records > 0 && records <= Math.ceil(bytes.length / FRAME_BYTES)) return records;
  }
  let records = 0;
  for (let at = 0; at < bytes.length; records += 1) {
    const length = frameLengthAt(bytes, at);
    if (length === 0 || at + length > bytes.length) return records + 1;
    at += length;
  }
  return records;
}
