import { type LaterLock, lockFolderWhenWritable } from "@firebreak/kit/file-lock.ts";
import type { ReadResult } from "./catalog.ts";
import { LogWriter } from "./log-writer.ts";
import {
  applyLimits,
  DEFAULT_UNWRITTEN_BYTES,
  type LogLimits,
  type LogOptions,
} from "./options.ts";
import { type Recovered, recover } from "./recover.ts";
import { keepTorn, listSetAside, markDamaged } from "./set-aside.ts";

export type { ReadResult } from "./catalog.ts";
export type { LogOptions } from "./options.ts";
export type { LogRecord } from "./read-segment.ts";
export type { DamagedStretch } from "./scan.ts";

/** What opening found. Older segments are checked only when read: `skipped` goes on counting. */
export interface LogRecovery {
  /** Bytes of unfinished writes cut off behind the last valid record. */
  readonly tornBytes: number;
  /** In the newest segment; exact unless the damage reaches a crashed end. */
  readonly skippedRecords: number;
  readonly skippedBytes: number;
  /** True only if the last life did not end with `close`. */
  readonly unclean: boolean;
  /** Damaged files kept for inspection: segments still in use, then the contents of `damaged/`. */
  readonly setAside: readonly string[];
}

/** For retention by age. */
export interface SegmentInfo {
  readonly oldest: number;
  readonly end: number;
  readonly bytes: number;
  /** When it was last written, milliseconds since the epoch by the system's clock. */
  readonly writtenMs: number;
}

/** An append-only log of records; one writer per folder. Positions are numbers that grow and are never reused. */
export interface SegmentLog {
  readonly recovery: LogRecovery;
  /** First position still held. */
  readonly oldest: number;
  /** The position the next record gets. */
  readonly end: number;
  /** Everything before this is on disk. */
  readonly synced: number;
  /** Size of all segments, bytes, what waits in memory included; blank preallocated space not. */
  readonly bytes: number;
  /** What waits in memory for the disk, bytes. Grows only while the disk fails or is too slow. */
  readonly unwrittenBytes: number;
  /** The CodedError of the last commit if it failed; undefined while the disk takes what is given. */
  readonly failure: unknown;
  /** Largest payload taken, bytes. */
  readonly maxRecordBytes: number;
  /** Everything unreadable met since opening, `recovery` included. */
  readonly skipped: { readonly records: number; readonly bytes: number };
  readonly segments: readonly SegmentInfo[];
  /**
   * Takes a copy of `payload` and returns its position at once; it is on disk within the sync interval.
   * @throws CodedError LOG_FULL (retryable), LOG_RECORD_TOO_LARGE, LOG_CLOSED
   */
  append(payload: Uint8Array): number;
  /**
   * Resolves with `synced` once everything appended before the call is on disk; concurrent calls share one fsync.
   * @throws CodedError LOG_WRITE_FAILED (retryable): nothing is lost, the records wait in memory and are tried again.
   */
  sync(): Promise<number>;
  /** Calls `listener` after every commit. Returns what ends it. */
  onSynced(listener: (synced: number) => void): () => void;
  /**
   * Reads on from `from`, about `maxBytes` with frames but at least one record; only what is on disk, so nothing a
   * consumer saw can vanish. Damaged stretches are left out and told. Before `oldest` it begins at `oldest`.
   */
  read(from: number, maxBytes: number): ReadResult;
  /** Lets go of whole segments that end at or before `position`, never of the newest. */
  trimBefore(position: number): void;
  /**
   * Writes what waits, marks the end as clean, lets the folder go. The latter happens even if writing fails.
   * @throws CodedError LOG_WRITE_FAILED: what was not synced is lost.
   */
  close(): Promise<void>;
}

/**
 * Opens a log, past any damage; reads only its newest segment. On a disk that cannot be written it opens too: reading
 * works, appended records wait in memory.
 * @throws CodedError FOLDER_IN_USE, LOG_VERSION_UNSUPPORTED (nothing is changed then); system errors of reading.
 */
export async function openLog(options: LogOptions): Promise<SegmentLog> {
  const limits = applyLimits(options);
  const lock = lockFolderWhenWritable(limits.folder);
  try {
    const reserve = Math.max(limits.maxUnwrittenBytes, DEFAULT_UNWRITTEN_BYTES);
    const recovered = recover(limits.folder, reserve);
    return await startWriter(limits, recovered, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startWriter(
  limits: LogLimits,
  recovered: Recovered,
  lock: LaterLock,
): Promise<SegmentLog> {
  keepEvidence(limits, recovered);
  const damage = recovered.segments.at(-1)?.damage ?? [];
  const recovery: LogRecovery = {
    tornBytes: recovered.torn.bytes.length,
    skippedRecords: damage.reduce((sum, stretch) => sum + stretch.records, 0),
    skippedBytes: damage.reduce((sum, stretch) => sum + stretch.next - stretch.position, 0),
    unclean: recovered.isUnclean,
    setAside: listSetAside(limits.folder),
  };
  const { setAside, ...counts } = recovery;
  if (recovery.unclean) limits.log?.warn(counts, "log was not closed cleanly");
  else if (recovery.skippedBytes > 0) limits.log?.warn(counts, "log has unreadable records");
  const writer = new LogWriter({ limits, recovered, recovery, lock });
  await writer.start();
  return writer;
}

/** As far as the disk lets itself be written: evidence is not worth refusing to start for. */
function keepEvidence({ folder, log }: LogLimits, { segments, torn }: Recovered): void {
  const last = segments.at(-1);
  try {
    if (last && last.damage.length > 0) markDamaged(last.path);
    if (torn.bytes.length > 0) keepTorn(folder, torn.position, torn.bytes);
  } catch (err) {
    log?.warn({ err, segment: last?.path }, "damaged part of the log could not be set aside");
  }
}
