import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, join } from "node:path";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import { syncFolder } from "@firebreak/kit/files.ts";
import { logError } from "./log-error.ts";
import { openReader } from "./log-reader.ts";
import { type FoundSegment, findSegments, HEADER_BYTES } from "./segment-file.ts";

const READ_BYTES = 4 * 1024 * 1024;

/** A copy of a log, taken in passes while its writer goes on. */
export interface LogCopy {
  /**
   * Takes on what became readable since the last pass; every record up to `end` is then in the copy. Blocks meanwhile.
   * @throws CodedError LOG_OVERTAKEN (retryable) when the writer has trimmed what the copy did not have yet
   */
  take(): CopiedLog;
  /** Brings the copy to disk. */
  close(): void;
}

export interface CopiedLog {
  /** First position held. */
  readonly oldest: number;
  /** Everything before it is held. */
  readonly end: number;
  readonly bytes: number;
  /** Records that are unreadable in the log itself; they are copied as they are. */
  readonly damagedRecords: number;
}

interface Copied {
  readonly path: string;
  readonly base: number;
  bytes: number;
}

/**
 * Copies a log into an empty folder. How far it can be read is found out before its bytes are copied, so that no
 * half-written record comes along; opened, the copy goes on as a log does after a crash. Takes no lock.
 */
export function copyLog(from: string, to: string): LogCopy {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  const reader = openReader(from);
  const copied = new Map<string, Copied>();
  let end = 0;
  let damagedRecords = 0;

  const readOn = () => {
    for (;;) {
      const { records, next, skipped } = reader.read(end, READ_BYTES);
      for (const stretch of skipped) damagedRecords += stretch.records;
      if (next === end && records.length === 0) return;
      end = next;
    }
  };
  const take = (): CopiedLog => {
    const newest = [...copied.keys()].at(-1);
    readOn();
    const found = findSegments(from);
    // Asked after the listing: while it is there nothing behind it is gone, so the list has no hole.
    if (newest !== undefined && !existsSync(join(from, newest)))
      throw logError("LOG_OVERTAKEN", `${from} was trimmed faster than it was copied, try again`);
    for (const segment of found) {
      const name = basename(segment.path);
      const wanted = HEADER_BYTES + Math.min(end - segment.base, segment.bodyBytes);
      if (wanted <= HEADER_BYTES) continue;
      const own = copied.get(name) ?? { path: join(to, name), base: segment.base, bytes: 0 };
      if (own.bytes >= wanted) continue;
      if (copyRange(segment, own, wanted)) copied.set(name, own);
      else if (copied.size > 0)
        // What comes after it would stand behind a hole.
        throw logError("LOG_OVERTAKEN", `${segment.path} was trimmed while copying, try again`);
    }
    const held = [...copied.values()];
    return {
      oldest: held[0]?.base ?? end,
      end,
      bytes: held.reduce((sum, { bytes }) => sum + bytes, 0),
      damagedRecords,
    };
  };

  return {
    take,
    close() {
      reader.close();
      for (const { path } of copied.values()) {
        const file = openSync(path, "r+");
        fsyncSync(file);
        closeSync(file);
      }
      syncFolder(to);
    },
  };
}

/** False when the segment was trimmed in the meantime. */
function copyRange(segment: FoundSegment, own: Copied, wanted: number): boolean {
  let source: number;
  try {
    source = openSync(segment.path, "r");
  } catch (error) {
    if (errorCode(error) !== "ENOENT") throw error;
    return false;
  }
  const target = openSync(own.path, own.bytes === 0 ? "w" : "r+", 0o600);
  const buffer = Buffer.allocUnsafe(Math.min(READ_BYTES, wanted));
  try {
    while (own.bytes < wanted) {
      const most = Math.min(buffer.length, wanted - own.bytes);
      const length = readSync(source, buffer, 0, most, own.bytes);
      if (length === 0) break;
      for (let done = 0; done < length; )
        done += writeSync(target, buffer, done, length - done, own.bytes + done);
      own.bytes += length;
    }
  } catch (error) {
    rmSync(own.path, { force: true });
    throw error;
  } finally {
    closeSync(source);
    closeSync(target);
  }
  return true;
}
