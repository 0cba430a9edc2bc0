import { closeSync, openSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readFully } from "./read-segment.ts";
import { countLost, type SegmentScan, scanSegment } from "./scan.ts";
import { type FoundSegment, findSegments, HEADER_BYTES } from "./segment-file.ts";
import { CLEAN_MARKER, type WriterSegment } from "./segment-files.ts";

/** What a clean shutdown leaves behind. */
export interface CleanMarker {
  readonly version: 1;
  readonly end: number;
  readonly nextSequence: number;
  /** File name of the newest segment. */
  readonly segment: string;
}

export interface Recovered {
  readonly segments: WriterSegment[];
  /** The position the next record gets. */
  readonly end: number;
  readonly nextSequence: number;
  readonly isUnclean: boolean;
  /** What stood behind the last valid frame after a crash, to be cut off. */
  readonly torn: { readonly position: number; readonly bytes: Uint8Array };
}

/**
 * Finds out where a log ends; changes nothing. Only the newest segment is read: the others were sealed, and are
 * checked record by record when somebody reads them.
 *
 * After a crash the log goes on at a distance (`reserve`) above the last record found, because positions of records
 * that never reached the disk were already given away and must not come again. `reserve` is only for a newest segment
 * whose header, which holds its writer's own, is damaged.
 * @throws CodedError LOG_VERSION_UNSUPPORTED
 */
export function recover(folder: string, reserve: number): Recovered {
  const found = findSegments(folder);
  const segments = found.map((segment, index) => toSealed(segment, found[index + 1], reserve));
  const marker = readMarker(folder);
  const last = segments.at(-1);
  if (!last) {
    const { end, nextSequence } = marker ?? { end: 0, nextSequence: 0 };
    return {
      segments,
      end,
      nextSequence,
      isUnclean: false,
      torn: { position: end, bytes: Buffer.alloc(0) },
    };
  }
  const bytes = readBody(last);
  const scan = scanSegment({ ...last, bytes });
  last.damage.push(...scan.stretches);
  const isClean = marker?.segment === basename(last.path) && marker.end >= scan.end;
  return isClean ? endCleanly(segments, last, scan, marker) : cutOff(segments, last, scan, bytes);
}

/** The marker knows the exact end, so what is missing before it is damage and not a torn write. */
function endCleanly(
  segments: WriterSegment[],
  last: WriterSegment,
  scan: SegmentScan,
  { end, nextSequence }: CleanMarker,
): Recovered {
  if (scan.end < end) {
    const lost = readBody(last).subarray(scan.end - last.base);
    const records = countLost(lost, scan.nextSequence, nextSequence);
    last.damage.push({ position: scan.end, next: end, records: Math.max(1, records) });
  }
  Object.assign(last, { end, endSequence: nextSequence, planned: end - last.base, isSealed: true });
  return {
    segments,
    end,
    nextSequence,
    isUnclean: false,
    torn: { position: end, bytes: Buffer.alloc(0) },
  };
}

function cutOff(
  segments: WriterSegment[],
  last: WriterSegment,
  scan: SegmentScan,
  bytes: Buffer,
): Recovered {
  const nextSequence = scan.nextSequence ?? 0;
  Object.assign(last, { end: scan.end, endSequence: nextSequence, planned: scan.end - last.base });
  const torn = { position: scan.end, bytes: withoutBlankEnd(bytes.subarray(scan.end - last.base)) };
  // From the end of the file, not of its last valid frame: what is damaged there may have been on disk and known.
  const end = Math.max(scan.end, last.base + last.capacity) + last.reserve;
  return { segments, end, nextSequence, isUnclean: true, torn };
}

/** Preallocated space that was never written reads as zeros. */
function withoutBlankEnd(bytes: Buffer): Buffer {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length -= 1;
  return bytes.subarray(0, length);
}

function toSealed(
  found: FoundSegment,
  following: FoundSegment | undefined,
  reserve: number,
): WriterSegment {
  const end = Math.min(found.base + found.bodyBytes, following?.base ?? Number.POSITIVE_INFINITY);
  return {
    ...found,
    end,
    endSequence: following?.base === end ? following.firstSequence : undefined,
    open: false,
    damage: [],
    capacity: found.bodyBytes,
    planned: end - found.base,
    isOnDisk: true,
    isSealed: following !== undefined,
    reserve: found.reserve ?? reserve,
  };
}

function readBody(segment: WriterSegment): Buffer {
  const file = openSync(segment.path, "r");
  try {
    return readFully(file, segment.capacity, HEADER_BYTES);
  } finally {
    closeSync(file);
  }
}

function readMarker(folder: string): CleanMarker | undefined {
  try {
    const marker = JSON.parse(readFileSync(join(folder, CLEAN_MARKER), "utf8")) as CleanMarker;
    const isWhole = Number.isSafeInteger(marker.end) && Number.isInteger(marker.nextSequence);
    return marker.version === 1 && isWhole ? marker : undefined;
  } catch {
    // Absent or unreadable: then the shutdown was not clean.
    return undefined;
  }
}
