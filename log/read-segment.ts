import { readSync } from "node:fs";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { checkFrame, FRAME_BYTES, frameLengthAt } from "./frame.ts";

/** A device fails in sectors; reading around a bad one in steps of a page keeps the loss that small. */
const PAGE_BYTES = 4096;

export interface LogRecord {
  /** Names the record for ever. */
  readonly position: number;
  /** Where to read on after it; the following record may stand later, never earlier. */
  readonly next: number;
  /** A view into a buffer shared by the records of one `read`: copy it to keep it long. */
  readonly payload: Uint8Array;
}

/** The frames of one stretch of one file. */
export interface SegmentPart {
  readonly records: LogRecord[];
  readonly next: number;
  /** True if no valid frame stands at `next`, though `limit` is not reached. */
  readonly broken: boolean;
}

/** Reads up to `length` bytes; fewer only at the end of the file. What the device cannot read comes as zeros. */
export function readFully(file: number, length: number, at: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  let done = 0;
  while (done < length) {
    const count = readSome(file, bytes, done, at + done);
    if (count === 0) break;
    done += count;
  }
  return bytes.subarray(0, done);
}

function readSome(file: number, bytes: Buffer, done: number, at: number): number {
  try {
    return readSync(file, bytes, done, bytes.length - done, at);
  } catch (error) {
    if (errorCode(error) !== "EIO") throw error;
  }
  const step = Math.min(bytes.length - done, PAGE_BYTES - (at % PAGE_BYTES));
  try {
    return readSync(file, bytes, done, step, at);
  } catch (error) {
    if (errorCode(error) !== "EIO") throw error;
    bytes.fill(0, done, done + step);
    return step;
  }
}

/** Where to read: `offset` is the place of position `from` in the file, `limit` the position to stop at. */
export interface PartRange {
  readonly file: number;
  readonly salt: number;
  readonly offset: number;
  readonly from: number;
  readonly limit: number;
}

/** Reads the frames from `from`, about `maxBytes` of them with their headers, but at least one if there is one. */
export function readPart(range: PartRange, maxBytes: number): SegmentPart {
  const left = range.limit - range.from;
  let bytes = readFully(range.file, Math.min(left, Math.max(maxBytes, FRAME_BYTES)), range.offset);
  const first = frameLengthAt(bytes, 0);
  if (first > bytes.length && first <= left) bytes = readFully(range.file, first, range.offset);
  const records: LogRecord[] = [];
  let at = 0;
  for (;;) {
    const length = checkFrame(bytes, at, range.from + at, range.salt);
    if (length === 0) break;
    const position = range.from + at;
    const payload = bytes.subarray(at + FRAME_BYTES, at + length);
    records.push({ position, next: position + length, payload });
    at += length;
  }
  return { records, next: range.from + at, broken: records.length === 0 && left > 0 };
}
