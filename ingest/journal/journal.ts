import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { type LogRecovery, openLog } from "@firebreak/log/segment-log.ts";
import type { RecordSource } from "../consume/consumer.ts";
import { createDiskGuard, type DiskStatus } from "./disk-guard.ts";
import { createLagClock } from "./lag-clock.ts";
import { positionAt } from "./position-at.ts";
import { encodeRecord, type JournalRecord } from "./record.ts";

export interface JournalOptions {
  readonly folder: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** Bound on disk; beyond it nothing more is taken. Default 16 GiB. */
  readonly maxBytes?: number;
  /** What every consumer has passed is kept this long all the same, while there is room. Default 7 days. */
  readonly keepMs?: number;
  /** An appended record is on disk at most this long after. Default 25 ms. */
  readonly syncIntervalMs?: number;
}

/** Everything that arrived, in order of arrival. What is on disk here may be acknowledged. */
export interface Journal extends RecordSource {
  readonly folder: string;
  readonly recovery: LogRecovery;
  readonly oldest: number;
  readonly end: number;
  /** Everything before it is on disk. */
  readonly synced: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly skippedRecords: number;
  /** How long the first record at or behind a position has been on disk, since the start at most; 0 when none is. */
  waitingMs(position: number): number;
  /** Of the disk below. */
  disk(): DiskStatus;
  /** False while the disk is full or does not keep up; the gateways keep what is not taken. */
  canTake(): boolean;
  /** Where the record stands; it is on disk once `synced` has reached `end`. @throws CodedError LOG_FULL */
  append(record: JournalRecord): { readonly position: number; readonly end: number };
  sync(): Promise<number>;
  /** Where a consumer begins that is to see everything that arrived at a time or later, as far as it is kept. */
  positionAt(timeMs: number): number;
  /**
   * Nothing at or behind the lowest of what consumers need (default: their offsets) is trimmed. Returns the way to leave.
   */
  addConsumer(name: string, offset: () => number, needed?: () => number): () => void;
  consumers(): readonly {
    readonly name: string;
    readonly offset: number;
    readonly lagBytes: number;
    /** How long the oldest record that it has not passed has been on disk, since the start at most; 0 when none is. */
    readonly lagSeconds: number;
  }[];
  close(): Promise<void>;
}

const mib = 1024 * 1024;
/** Appended and not yet on disk: more than this waits only if the disk stalls. */
const maxUnsyncedBytes = 32 * mib;
const groupBytes = mib;

/** @throws CodedError FOLDER_IN_USE when another hub has the folder. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder, clock, maxBytes = 16 * 1024 * mib, keepMs = 7 * 86_400_000 } = options;
  const { syncIntervalMs = 25, log } = options;
  const segments = await openLog({ folder, maxBytes, syncIntervalMs, log });
  const consumers = new Map<
    string,
    { readonly offset: () => number; readonly needed: () => number }
  >();
  const guard = createDiskGuard(folder, clock);
  const lags = createLagClock(segments.synced, clock.monotonicMs());
  segments.onSynced((position) => lags.note(position, clock.monotonicMs()));
  let level = guard.status().level;
  let isFull = false;
  let asked = segments.end;

  const trim = () => {
    const passed = Math.min(
      segments.synced,
      ...[...consumers.values()].map(({ needed }) => needed()),
    );
    const disk = guard.status();
    const isScarce = disk.level === "urgent" || disk.level === "full";
    if (disk.level !== level) log.warn({ before: level, ...disk }, "room on the disk");
    level = disk.level;
    let bytes = segments.bytes;
    for (const segment of segments.segments.slice(0, -1)) {
      const isOld = segment.writtenMs < clock.nowMs() - keepMs;
      if (segment.end > passed || !(isOld || isScarce || bytes > maxBytes * 0.8)) break;
      segments.trimBefore(segment.end);
      bytes -= segment.bytes;
    }
    isFull = false;
  };
  const timer = setInterval(trim, 10_000);
  timer.unref();

  const append = (record: JournalRecord) => {
    let position: number;
    try {
      position = segments.append(encodeRecord(record));
    } catch (error) {
      if (errorCode(error) !== "LOG_FULL") throw error;
      if (!isFull) log.error({ bytes: segments.bytes }, "journal is full, gateways have to wait");
      isFull = true;
      throw error;
    }
    if (segments.end - asked >= groupBytes) {
      asked = segments.end;
      segments.sync().catch((err: unknown) => log.error({ err }, "journal cannot be written"));
    }
    return { position, end: segments.end };
  };

  return {
    folder,
    recovery: segments.recovery,
    maxBytes,
    get oldest() {
      return segments.oldest;
    },
    get end() {
      return segments.end;
    },
    get synced() {
      return segments.synced;
    },
    get bytes() {
      return segments.bytes;
    },
    get skippedRecords() {
      return segments.skipped.records;
    },
    waitingMs: (position) => lags.waitingMs(position, clock.monotonicMs()),
    disk: () => guard.status(),
    canTake: () =>
      !isFull &&
      segments.end - segments.synced < maxUnsyncedBytes &&
      guard.status().level !== "full",
    append,
    sync: () => segments.sync(),
    positionAt: (timeMs) => positionAt(timeMs, segments),
    read: (from, maxChunkBytes) => segments.read(from, maxChunkBytes),
    onSynced: (listener) => segments.onSynced(() => listener()),
    addConsumer(name, offset, needed = offset) {
      consumers.set(name, { offset, needed });
      return () => void consumers.delete(name);
    },
    consumers: () =>
      [...consumers].map(([name, { offset }]) => {
        const at = offset();
        // Behind a crash positions are left out, so that a place before the end need not have anything to be read.
        const isBehind = at < segments.synced && segments.read(at, 1).records.length > 0;
        const lagBytes = isBehind ? segments.synced - at : 0;
        const waitingMs = lagBytes === 0 ? 0 : lags.waitingMs(at, clock.monotonicMs());
        return { name, offset: at, lagBytes, lagSeconds: waitingMs / 1_000 };
      }),
    async close() {
      clearInterval(timer);
      await segments.close();
    },
  };
}
