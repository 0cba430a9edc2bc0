import type { Logger } from "@firebreak/kit/logger.ts";
import { type Disk, nodeDisk } from "./disk.ts";
import { FRAME_BYTES } from "./frame.ts";

const MIB = 1024 * 1024;

export interface LogOptions {
  /** Created if absent. Belongs to the log alone. */
  readonly folder: string;
  /** Size of a segment file, bytes, header aside; at most an eighth of `maxBytes`. Default 16 MiB. */
  readonly segmentBytes?: number;
  /** Bound of all segments together, bytes, damaged ones set aside not counted. Default none. */
  readonly maxBytes?: number;
  /** An appended record is on disk at most this long after. Default 500 ms. */
  readonly syncIntervalMs?: number;
  /** Largest payload, bytes; at most a quarter of `maxBytes`. Default 8 MiB. */
  readonly maxRecordBytes?: number;
  /** Bound of what waits in memory for the disk, frames included. Default 64 MiB. */
  readonly maxUnwrittenBytes?: number;
  readonly log?: Logger;
  /** For tests: a disk that fails. */
  readonly disk?: Disk;
}

/** Options with every default and limit applied. */
export interface LogLimits {
  readonly folder: string;
  readonly segmentBytes: number;
  readonly maxBytes: number;
  readonly syncIntervalMs: number;
  readonly maxRecordBytes: number;
  readonly maxUnwrittenBytes: number;
  readonly log: Logger | undefined;
  readonly disk: Disk;
}

export const DEFAULT_UNWRITTEN_BYTES = 64 * MIB;

/**
 * The newest segment is never trimmed, because it keeps the next position. Were it as large as the bound, a log whose
 * records have all been taken could still be full: hence at most an eighth, or a quarter with one huge record in it.
 */
export function applyLimits(options: LogOptions): LogLimits {
  const maxBytes = options.maxBytes ?? Number.POSITIVE_INFINITY;
  const maxRecordBytes = Math.min(options.maxRecordBytes ?? 8 * MIB, Math.floor(maxBytes / 4));
  return {
    folder: options.folder,
    segmentBytes: Math.min(options.segmentBytes ?? 16 * MIB, Math.floor(maxBytes / 8)),
    maxBytes,
    syncIntervalMs: options.syncIntervalMs ?? 500,
    maxRecordBytes,
    maxUnwrittenBytes: Math.max(
      options.maxUnwrittenBytes ?? DEFAULT_UNWRITTEN_BYTES,
      maxRecordBytes + FRAME_BYTES,
    ),
    log: options.log,
    disk: options.disk ?? nodeDisk,
  };
}
