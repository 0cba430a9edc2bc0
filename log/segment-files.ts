import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { ReadableSegment } from "./catalog.ts";
import type { Disk, SegmentHandle } from "./disk.ts";
import { encodeHeader, HEADER_BYTES, segmentFileName } from "./segment-file.ts";
import type { Chunk } from "./write-queue.ts";

/** Written by a clean shutdown, removed before the next life writes anything. */
export const CLEAN_MARKER = "clean.json";

/** A segment as its writer knows it. `end` is what is on disk, `planned` what was appended. */
export interface WriterSegment extends ReadableSegment {
  /** Bytes after the header when full. */
  capacity: number;
  planned: number;
  /** The file exists, with header and name, durably. */
  isOnDisk: boolean;
  /** Cut to its length, durably; nothing is written to it any more. */
  isSealed: boolean;
  readonly reserve: number;
}

export interface SegmentPlan {
  readonly base: number;
  readonly sequence: number;
  readonly capacity: number;
  readonly reserve: number;
}

export function planSegment(folder: string, plan: SegmentPlan): WriterSegment {
  const { base, sequence, capacity, reserve } = plan;
  const salt = randomBytes(4).readUInt32LE();
  return {
    path: join(folder, segmentFileName({ base, salt })),
    base,
    salt,
    firstSequence: sequence,
    end: base,
    endSequence: sequence,
    open: false,
    damage: [],
    capacity,
    planned: 0,
    isOnDisk: false,
    isSealed: false,
    reserve,
  };
}

/**
 * The files being written: creates, fills and seals them in order. Every step can be repeated after it failed.
 * A segment is made only when the one before is sealed, so only the newest can ever have a torn or blank end.
 */
export class SegmentFiles {
  readonly #disk: Disk;
  readonly #folder: string;
  #current: WriterSegment | undefined;
  #handle: SegmentHandle | undefined;

  /** `last`: the newest segment of the life before, still to be cut to its valid end. */
  constructor(disk: Disk, folder: string, last: WriterSegment | undefined) {
    this.#disk = disk;
    this.#folder = folder;
    this.#current = last;
  }

  /** Brings chunks to disk, oldest first; `onDisk` hears how many are, segment by segment. */
  async write(chunks: readonly Chunk[], onDisk: (chunks: readonly Chunk[]) => void): Promise<void> {
    for (let at = 0; at < chunks.length; ) {
      const segment = chunks[at]?.segment;
      const group = chunks.slice(at).filter((chunk) => chunk.segment === segment);
      if (!segment) return;
      const handle = await this.start(segment);
      const parts = group.map((chunk) => chunk.bytes.subarray(0, chunk.length));
      await handle.write(parts, HEADER_BYTES + (group[0]?.offset ?? 0));
      await handle.sync();
      onDisk(group);
      at += group.length;
    }
  }

  /** Makes `segment` the one being written. */
  async start(segment: WriterSegment): Promise<SegmentHandle> {
    if (this.#current === segment && this.#handle) return this.#handle;
    await this.seal();
    if (!segment.isOnDisk) await this.#removeMarker();
    const handle = await this.#disk.open(segment.path, "create");
    try {
      await handle.write([encodeHeader(segment)], 0);
      await handle.truncate(HEADER_BYTES + segment.capacity);
      await handle.sync();
      await this.#disk.syncFolder(this.#folder);
    } catch (error) {
      await handle.close();
      throw error;
    }
    segment.isOnDisk = true;
    this.#current = segment;
    this.#handle = handle;
    return handle;
  }

  /** Cuts the current segment to what is in it and lets go of it. */
  async seal(): Promise<void> {
    const segment = this.#current;
    if (!segment || segment.isSealed) return;
    try {
      this.#handle ??= await this.#disk.open(segment.path, "existing");
      await this.#handle.truncate(HEADER_BYTES + segment.end - segment.base);
      await this.#handle.sync();
    } catch (error) {
      // Deleted by somebody else: nothing to cut. Reading finds and counts what is missing.
      if (errorCode(error) !== "ENOENT") throw error;
    }
    segment.isSealed = true;
    await this.close();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #removeMarker(): Promise<void> {
    try {
      await this.#disk.remove(join(this.#folder, CLEAN_MARKER));
    } catch (error) {
      if (errorCode(error) !== "ENOENT") throw error;
    }
  }
}

/** Where a segment's files that are not the log itself lie. */
export const folderOf = (segment: ReadableSegment): string => dirname(segment.path);
