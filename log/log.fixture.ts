import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Disk, nodeDisk, type SegmentHandle } from "./disk.ts";
import type { LogRecord, ReadResult, SegmentLog } from "./segment-log.ts";

export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), "log-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Paths of the segment files, by position. */
export const segmentPaths = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".seg"))
    .sort()
    .map((name) => join(folder, name));

export const lastSegment = (folder: string): string => segmentPaths(folder).at(-1) ?? "";

/** Leaves a folder as a crash would: no marker of a clean end. */
export const removeMarker = (folder: string): void =>
  rmSync(join(folder, "clean.json"), { force: true });

/** Changes one file in place. */
export function edit(path: string, change: (bytes: Buffer) => Buffer | undefined): void {
  const bytes = readFileSync(path);
  writeFileSync(path, change(bytes) ?? bytes);
}

/** Reads a log to its end in steps of `maxBytes`. */
export function readAll(
  log: { read(from: number, maxBytes: number): ReadResult },
  from = 0,
  maxBytes = 4096,
): LogRecord[] {
  const all: LogRecord[] = [];
  for (let at = from; ; ) {
    const { records, next } = log.read(at, maxBytes);
    if (records.length === 0) return all;
    all.push(...records);
    at = next;
  }
}

export const textOf = (records: readonly LogRecord[]): string[] =>
  records.map(({ payload }) => Buffer.from(payload).toString());

/** Appends texts and syncs. Returns their positions. */
export async function fill(log: SegmentLog, texts: readonly string[]): Promise<number[]> {
  const positions = texts.map((text) => log.append(Buffer.from(text)));
  await log.sync();
  return positions;
}

export interface FaultyDisk extends Disk {
  /** Which operation fails next, and how often; nothing fails while undefined. */
  fault: { on: "open" | "write" | "sync"; code: string; times: number } | undefined;
  /** Bytes handed to `write`, and calls of `sync`. */
  written: number;
  syncs: number;
  /** Undoes, as a power cut may, any part of what was written since the last sync: `keep` decides per 512 bytes. */
  cutPower(keep: () => boolean): void;
}

/**
 * A disk that can fail and lose power. As in Linux, a failed sync marks the unwritten pages as clean: what was
 * written before it is lost unless it is written again.
 */
export function createFaultyDisk(): FaultyDisk {
  const unsynced = new Map<string, { at: number; before: Buffer; after: Buffer }[]>();
  const disk: FaultyDisk = {
    ...nodeDisk,
    fault: undefined,
    written: 0,
    syncs: 0,
    async open(path, mode) {
      trip(disk, "open");
      return toFaulty(await nodeDisk.open(path, mode), path);
    },
    cutPower(keep) {
      for (const [path, writes] of unsynced) undo(path, writes, keep);
      unsynced.clear();
    },
  };
  const toFaulty = (handle: SegmentHandle, path: string): SegmentHandle => ({
    ...handle,
    async write(parts, at) {
      trip(disk, "write");
      const after = Buffer.concat(parts);
      const before = Buffer.alloc(after.length);
      readFileSync(path).copy(before, 0, at);
      unsynced.set(path, [...(unsynced.get(path) ?? []), { at, before, after }]);
      disk.written += after.length;
      await handle.write(parts, at);
    },
    async sync() {
      disk.syncs += 1;
      try {
        trip(disk, "sync");
      } catch (error) {
        undo(path, unsynced.get(path) ?? [], () => false);
        unsynced.delete(path);
        throw error;
      }
      await handle.sync();
      unsynced.delete(path);
    },
  });
  return disk;
}

function trip(disk: FaultyDisk, operation: "open" | "write" | "sync"): void {
  if (disk.fault?.on !== operation || disk.fault.times <= 0) return;
  disk.fault.times -= 1;
  throw Object.assign(new Error(disk.fault.code), { code: disk.fault.code });
}

interface Write {
  readonly at: number;
  readonly before: Buffer;
  readonly after: Buffer;
}

function undo(path: string, writes: readonly Write[], keep: () => boolean): void {
  edit(path, (bytes) => {
    for (const { at, before } of [...writes].reverse())
      for (let step = 0; step < before.length; step += 512)
        if (!keep()) before.copy(bytes, at + step, step, Math.min(step + 512, before.length));
    return bytes;
  });
}

/** Skips the fsyncs, for tests that open a log thousands of times and cut no power. */
export const hastyDisk: Disk = {
  ...nodeDisk,
  open: async (path, mode) => ({ ...(await nodeDisk.open(path, mode)), sync: async () => {} }),
  syncFolder: async () => {},
};
