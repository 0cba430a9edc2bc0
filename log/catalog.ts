import { closeSync, openSync } from "node:fs";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { checkFrame, FRAME_BYTES, nextMark } from "./frame.ts";
import { type LogRecord, readFully, readPart } from "./read-segment.ts";
import { countLost, type DamagedStretch, type SegmentScan, scanSegment } from "./scan.ts";
import { HEADER_BYTES } from "./segment-file.ts";

/** Enough for some consumers tailing at different places; each costs one handle. */
const OPEN_FILES = 8;

/** What reading needs to know of a segment. */
export interface ReadableSegment {
  readonly path: string;
  readonly base: number;
  readonly salt: number;
  readonly firstSequence: number | undefined;
  /** Position up to which there is something to read. Grows while the segment is written. */
  end: number;
  /** Sequence of the record that would stand at `end`, if known. */
  endSequence: number | undefined;
  /** True while another process may be writing it, so that blank space at the end is no damage. */
  open: boolean;
  /** Found so far; a segment is checked as a whole only when a reader first runs into something unreadable. */
  damage: DamagedStretch[];
}

export interface ReadResult {
  readonly records: LogRecord[];
  /** Where to read on; equal to `from` if there is nothing yet. */
  readonly next: number;
  /** What stood between `from` and `next` and could not be read. */
  readonly skipped: readonly DamagedStretch[];
}

export interface CatalogOptions {
  /** What a segment file that is not there means: for the one writer damage, for a reader that it was trimmed. */
  readonly missing: "damaged" | "trimmed";
  readonly onDamage?: (segment: ReadableSegment, stretch: DamagedStretch) => void;
}

/** The segments of a log in order, and how to read across them and past damage. */
export class SegmentCatalog<S extends ReadableSegment = ReadableSegment> {
  segments: S[] = [];
  readonly #options: CatalogOptions;
  readonly #files = new Map<string, number>();

  constructor(options: CatalogOptions) {
    this.#options = options;
  }

  /** Reads on from `from`, one segment at most per call. `exact`: everything before `upTo` is known to be written. */
  read(
    from: number,
    maxBytes: number,
    { upTo = Number.POSITIVE_INFINITY, exact = true } = {},
  ): ReadResult {
    const skipped: DamagedStretch[] = [];
    let at = from;
    for (let index = this.#indexOf(at); ; index = this.#indexOf(at)) {
      const segment = this.segments[index];
      if (!segment || Math.max(at, segment.base) >= Math.min(segment.end, upTo)) break;
      at = Math.max(at, segment.base);
      const range = { at, limit: Math.min(segment.end, upTo), exact: exact || !segment.open };
      const part = this.#readPart(segment, range, maxBytes);
      if (part.records.length > 0) return { ...part, skipped };
      const stretch = this.#damageAt(segment, range);
      if (!stretch) break;
      if (stretch.next > at && stretch.position < stretch.next) skipped.push(stretch);
      at = stretch.next;
    }
    return { records: [], next: at, skipped };
  }

  forget(segment: ReadableSegment): void {
    const file = this.#files.get(segment.path);
    if (file !== undefined) closeSync(file);
    this.#files.delete(segment.path);
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  /** The first segment that ends after `position`. */
  #indexOf(position: number): number {
    let low = 0;
    let high = this.segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.segments[middle]?.end ?? Number.POSITIVE_INFINITY) > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #readPart(segment: S, { at, limit }: Range, maxBytes: number) {
    const file = this.#fileOf(segment);
    if (file === undefined) return { records: [], next: at };
    const offset = HEADER_BYTES + at - segment.base;
    return readPart({ file, salt: segment.salt, offset, from: at, limit }, maxBytes);
  }

  /** The stretch to skip at `at`; one with `next` = `at` to try again; undefined where nothing is written yet. */
  #damageAt(segment: S, range: Range): DamagedStretch | undefined {
    const { at, limit, exact } = range;
    const known = coverOf(segment, at);
    if (known) return known;
    const file = this.#fileOf(segment);
    if (file === undefined) return this.#wholeSegment(segment);
    if (!exact && isBlank(readFully(file, FRAME_BYTES, HEADER_BYTES + at - segment.base)))
      return undefined;
    const look = () => {
      const bytes = readFully(file, limit - segment.base, HEADER_BYTES);
      return { bytes, scan: scanSegment({ ...segment, bytes }) };
    };
    const first = look();
    // While another process appends, pages read early may lack what pages read later already have. Writes go upwards,
    // so what a second look does not find either is damage, and the way on leads from what it does find.
    const { bytes, scan } = exact || first.scan.stretches.length === 0 ? first : look();
    const seen = new Set(first.scan.stretches.map(({ position }) => position));
    this.#note(
      segment,
      scan.stretches.filter(({ position }) => seen.has(position)),
    );
    if (exact && scan.end < limit) this.#note(segment, [tailOf(segment, scan, bytes, limit)]);
    return coverOf(segment, at) ?? resync(segment, bytes, range);
  }

  #wholeSegment(segment: S): DamagedStretch {
    const { base, end, firstSequence, endSequence } = segment;
    const counted = firstSequence !== undefined && endSequence !== undefined;
    const records = counted ? (endSequence - firstSequence) >>> 0 : 1;
    const stretch = { position: base, next: end, records };
    if (this.#options.missing === "trimmed") return { ...stretch, position: end };
    this.#note(segment, [stretch]);
    return stretch;
  }

  #note(segment: S, stretches: readonly DamagedStretch[]): void {
    for (const stretch of stretches) {
      if (coverOf(segment, stretch.position)) continue;
      segment.damage.push(stretch);
      this.#options.onDamage?.(segment, stretch);
    }
  }

  #fileOf(segment: S): number | undefined {
    const open = this.#files.get(segment.path);
    if (open !== undefined) {
      // Moved to the end: the first of the map is the one longest unused.
      this.#files.delete(segment.path);
      this.#files.set(segment.path, open);
      return open;
    }
    try {
      this.#files.set(segment.path, openSync(segment.path, "r"));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
      return undefined;
    }
    const [oldest] = this.#files;
    if (oldest && this.#files.size > OPEN_FILES) {
      closeSync(oldest[1]);
      this.#files.delete(oldest[0]);
    }
    return this.#files.get(segment.path);
  }
}

interface Range {
  readonly at: number;
  readonly limit: number;
  readonly exact: boolean;
}

const coverOf = (segment: ReadableSegment, at: number): DamagedStretch | undefined =>
  segment.damage.find((stretch) => stretch.position <= at && at < stretch.next);

const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

/** Damage at the very end of what was written: nothing follows it to show how many records it held, but the count. */
function tailOf(
  segment: ReadableSegment,
  scan: SegmentScan,
  bytes: Buffer,
  limit: number,
): DamagedStretch {
  const lost = bytes.subarray(scan.end - segment.base, limit - segment.base);
  const endSequence = limit === segment.end ? segment.endSequence : undefined;
  const records = countLost(lost, scan.nextSequence, endSequence);
  return { position: scan.end, next: limit, records: Math.max(1, records) };
}

/** The way on for somebody who asked for a position where no record begins. */
function resync(segment: ReadableSegment, bytes: Buffer, range: Range): DamagedStretch | undefined {
  let at = range.at - segment.base;
  while (at >= 0 && checkFrame(bytes, at, segment.base + at, segment.salt) === 0)
    at = nextMark(bytes, at + 1);
  if (at >= 0) return { position: segment.base + at, next: segment.base + at, records: 0 };
  return range.exact ? { position: range.limit, next: range.limit, records: 0 } : undefined;
}
