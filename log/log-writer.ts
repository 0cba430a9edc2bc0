import { statSync } from "node:fs";
import { basename, join } from "node:path";
import type { LaterLock } from "@firebreak/kit/file-lock.ts";
import { writeFileDurably } from "@firebreak/kit/files.ts";
import { type ReadableSegment, type ReadResult, SegmentCatalog } from "./catalog.ts";
import { FRAME_BYTES } from "./frame.ts";
import { GroupCommit } from "./group-commit.ts";
import { logError } from "./log-error.ts";
import type { LogLimits } from "./options.ts";
import type { CleanMarker, Recovered } from "./recover.ts";
import type { DamagedStretch } from "./scan.ts";
import { HEADER_BYTES } from "./segment-file.ts";
import { CLEAN_MARKER, planSegment, SegmentFiles, type WriterSegment } from "./segment-files.ts";
import type { LogRecovery, SegmentInfo, SegmentLog } from "./segment-log.ts";
import { markDamaged, pruneSetAside, removeSegment } from "./set-aside.ts";
import { type Chunk, WriteQueue } from "./write-queue.ts";

/** A busy log does not wait for the interval: so much in memory is worth an fsync of its own. */
const EARLY_COMMIT_BYTES = 4 * 1024 * 1024;

export interface LogWriterParts {
  readonly limits: LogLimits;
  readonly recovered: Recovered;
  readonly recovery: LogRecovery;
  readonly lock: LaterLock;
}

/** The one writer of a folder. Made by `openLog`. */
export class LogWriter implements SegmentLog {
  readonly recovery: LogRecovery;
  readonly #limits: LogLimits;
  readonly #lock: LaterLock;
  readonly #catalog: SegmentCatalog<WriterSegment>;
  readonly #files: SegmentFiles;
  readonly #queue = new WriteQueue();
  readonly #commits: GroupCommit;
  readonly #listeners = new Set<(synced: number) => void>();
  readonly #skipped: { records: number; bytes: number };
  #active: WriterSegment;
  #end: number;
  #sequence: number;
  #synced: number;
  #bytes: number;
  #removals: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor({ limits, recovered, recovery, lock }: LogWriterParts) {
    const { segments, end, nextSequence } = recovered;
    this.recovery = recovery;
    this.#limits = limits;
    this.#lock = lock;
    this.#skipped = { records: recovery.skippedRecords, bytes: recovery.skippedBytes };
    this.#catalog = new SegmentCatalog<WriterSegment>({
      missing: "damaged",
      onDamage: (segment, stretch) => this.#onDamage(segment, stretch),
    });
    this.#files = new SegmentFiles(limits.disk, limits.folder, segments.at(-1));
    this.#end = end;
    this.#synced = end;
    this.#sequence = nextSequence;
    this.#catalog.segments = segments;
    this.#bytes = segments.reduce((sum, { planned }) => sum + HEADER_BYTES + planned, 0);
    this.#active = this.#plan();
    this.#commits = new GroupCommit({
      intervalMs: limits.syncIntervalMs,
      write: () => this.#write(),
      onFailing: (err) =>
        limits.log?.error({ err }, "log cannot be written, records wait in memory"),
      onHealed: () => limits.log?.info("log can be written again"),
    });
  }

  /**
   * Makes this life's first segment before any position is given away: its header holds the reserve by which the
   * next life keeps its distance if this one crashes.
   */
  async start(): Promise<void> {
    // That the disk takes nothing is told by `failure`, and tried again.
    await this.#commits.commit().catch(() => {});
    // A life that appended nothing left its first segment empty.
    const newest = this.#newestOnDisk();
    this.#drop(this.#catalog.segments.filter((it, index) => it.planned === 0 && index < newest));
  }

  get oldest(): number {
    return this.#catalog.segments[0]?.base ?? this.#end;
  }
  get end(): number {
    return this.#end;
  }
  get synced(): number {
    return this.#synced;
  }
  get bytes(): number {
    return this.#bytes;
  }
  get unwrittenBytes(): number {
    return this.#queue.bytes;
  }
  get failure(): unknown {
    return this.#commits.failure;
  }
  get maxRecordBytes(): number {
    return this.#limits.maxRecordBytes;
  }
  get skipped(): { readonly records: number; readonly bytes: number } {
    return { ...this.#skipped };
  }

  get segments(): readonly SegmentInfo[] {
    return this.#catalog.segments.map(({ path, base, planned }) => ({
      oldest: base,
      end: base + planned,
      bytes: HEADER_BYTES + planned,
      // Absent: planned but not written yet, so as new as can be.
      writtenMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now(),
    }));
  }

  append(payload: Uint8Array): number {
    this.#assertOpen();
    const { maxRecordBytes, maxUnwrittenBytes, maxBytes } = this.#limits;
    if (payload.length > maxRecordBytes)
      throw logError(
        "LOG_RECORD_TOO_LARGE",
        `a record of ${payload.length} bytes, ${maxRecordBytes} allowed`,
      );
    const length = FRAME_BYTES + payload.length;
    if (this.#queue.bytes + length > maxUnwrittenBytes)
      throw logError("LOG_FULL", `${this.#queue.bytes} bytes already wait for the disk`);
    const isNewSegment =
      this.#active.planned > 0 && this.#active.planned + length > this.#active.capacity;
    if (this.#bytes + length + (isNewSegment ? HEADER_BYTES : 0) > maxBytes)
      throw logError("LOG_FULL", `the log holds ${this.#bytes} of ${maxBytes} bytes`);
    if (isNewSegment) this.#active = this.#plan();
    return this.#add(payload, length);
  }

  async sync(): Promise<number> {
    this.#assertOpen();
    const target = this.#end;
    // Two rounds at most: the commit under way may have begun before the last append.
    while (this.#synced < target) await this.#commits.commit();
    return this.#synced;
  }

  onSynced(listener: (synced: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  read(from: number, maxBytes: number): ReadResult {
    this.#assertOpen();
    return this.#catalog.read(from, maxBytes);
  }

  trimBefore(position: number): void {
    this.#assertOpen();
    const newest = this.#newestOnDisk();
    const { segments } = this.#catalog;
    const kept = segments.findIndex((it, at) => at >= newest || it.base + it.planned > position);
    this.#drop(segments.slice(0, Math.max(0, kept)));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      await this.#commits.commit();
      this.#commits.stop();
      await this.#removals;
      await this.#files.seal();
      this.#markClean();
    } catch (cause) {
      if (this.#queue.bytes > 0) throw cause;
      // Everything is on disk; only the next start will look as after a crash.
      this.#limits.log?.warn({ err: cause }, "log could not be marked as closed cleanly");
    } finally {
      this.#commits.stop();
      this.#catalog.close();
      await this.#files.close().catch(() => {});
      this.#lock.release();
    }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw logError("LOG_CLOSED", "the log is closed");
  }

  #plan(): WriterSegment {
    const { folder, segmentBytes, maxUnwrittenBytes } = this.#limits;
    const segment = planSegment(folder, {
      base: this.#end,
      sequence: this.#sequence,
      capacity: segmentBytes,
      reserve: maxUnwrittenBytes,
    });
    this.#catalog.segments.push(segment);
    this.#bytes += HEADER_BYTES;
    return segment;
  }

  #add(payload: Uint8Array, length: number): number {
    const position = this.#end;
    const segment = this.#active;
    this.#queue.add(segment, payload, { position, salt: segment.salt, sequence: this.#sequence });
    segment.planned += length;
    this.#end += length;
    this.#bytes += length;
    this.#sequence = (this.#sequence + 1) >>> 0;
    const isEarly = this.#queue.bytes >= EARLY_COMMIT_BYTES && !this.#commits.isFailing;
    if (isEarly) this.#commits.commit().catch(() => {});
    else this.#commits.schedule();
    return position;
  }

  async #write(): Promise<void> {
    const chunks = this.#queue.take();
    const isFirst = chunks.length === 0 && !this.#active.isOnDisk;
    if (chunks.length === 0 && !isFirst) return;
    let hasFailed = false;
    try {
      this.#lock.ensure();
      if (isFirst) await this.#files.start(this.#active);
      else await this.#files.write(chunks, (group) => this.#onDisk(group));
    } catch (cause) {
      hasFailed = true;
      throw logError("LOG_WRITE_FAILED", `cannot write to ${this.#limits.folder}`, cause);
    } finally {
      // Nothing waited and nothing came to disk: there is no news.
      if (!isFirst || !hasFailed) for (const listener of this.#listeners) this.#tell(listener);
    }
  }

  #onDisk(group: readonly Chunk[]): void {
    const last = group.at(-1);
    if (!last) return;
    last.segment.end = last.segment.base + last.offset + last.length;
    last.segment.endSequence = last.nextSequence;
    this.#synced = last.segment.end;
    this.#queue.drop(group.length);
  }

  #tell(listener: (synced: number) => void): void {
    try {
      listener(this.#synced);
    } catch (err) {
      this.#limits.log?.error({ err }, "a listener of the log failed");
    }
  }

  #onDamage({ path }: ReadableSegment, stretch: DamagedStretch): void {
    this.#skipped.records += stretch.records;
    this.#skipped.bytes += stretch.next - stretch.position;
    const { log } = this.#limits;
    log?.warn({ segment: path, ...stretch }, "log has unreadable records");
    try {
      markDamaged(path);
    } catch (err) {
      log?.warn({ err, segment: path }, "damaged part of the log could not be set aside");
    }
  }

  /** Never dropped, because the next life takes its positions from it. */
  #newestOnDisk(): number {
    return this.#catalog.segments.findLastIndex(({ isOnDisk }) => isOnDisk);
  }

  /** The files go in the background: a crash before that brings them back, which is harmless. */
  #drop(gone: readonly WriterSegment[]): void {
    if (gone.length === 0) return;
    this.#catalog.segments = this.#catalog.segments.filter((segment) => !gone.includes(segment));
    for (const segment of gone) {
      this.#bytes -= HEADER_BYTES + segment.planned;
      this.#catalog.forget(segment);
    }
    this.#removals = this.#removals.then(() => this.#removeFiles(gone));
  }

  async #removeFiles(gone: readonly WriterSegment[]): Promise<void> {
    const { disk, folder, log, segmentBytes } = this.#limits;
    try {
      for (const { path } of gone) await removeSegment(disk, folder, path);
      await disk.syncFolder(folder);
      pruneSetAside(folder, 2 * (segmentBytes + HEADER_BYTES));
    } catch (err) {
      log?.warn({ err }, "trimmed segments could not be deleted, the next start tries again");
    }
  }

  #markClean(): void {
    const { folder } = this.#limits;
    const marker: CleanMarker = {
      version: 1,
      end: this.#end,
      nextSequence: this.#sequence,
      segment: basename(this.#active.path),
    };
    writeFileDurably(join(folder, CLEAN_MARKER), JSON.stringify(marker));
  }
}
