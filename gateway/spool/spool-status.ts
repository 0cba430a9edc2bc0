import type { Clock } from "@firebreak/kit/clock.ts";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { SegmentLog } from "@firebreak/log/segment-log.ts";
import { createBacklogRate } from "./backlog-rate.ts";
import type { MemoryRing } from "./memory-ring.ts";
import type { Retention } from "./retention.ts";
import type { SpoolBooks } from "./spool-books.ts";
import type { MachineCounts } from "./spool-record.ts";

/** The ledger of one machine in the current epoch, and what is still here of all epochs. */
export interface MachineLedger extends MachineCounts {
  /** Batches that the hub does not have yet. */
  readonly pendingBatches: number;
}

/** How the disk of the spool fares; while it takes nothing, batches are kept in memory. */
export interface StorageStatus {
  readonly state: "ok" | "failing";
  /** The system's code, such as ENOSPC, EROFS or EIO; empty while all is well. */
  readonly code: string;
  readonly sinceMs: number | null;
  readonly memoryBytes: number;
  readonly memoryMaxBytes: number;
  /** Minutes until memory is full if the hub stays away; null while unknown or not failing. */
  readonly memoryMinutesLeft: number | null;
}

export interface SpoolStatus {
  readonly epoch: string;
  readonly storeId: string | null;
  /** Batches of the current epoch so far, and how many of them the hub has. */
  readonly epochBatches: number;
  readonly epochSettled: number;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Batches that the hub does not have yet, and their bytes. */
  readonly pendingBatches: number;
  readonly pendingBytes: number;
  /** Hours until the spool is full if the hub stays away, at the rate since the start; null while unknown. */
  readonly hoursLeft: number | null;
  /** Records that could not be read. */
  readonly unreadable: number;
  /** True while even giving up old samples makes no room. */
  readonly isFull: boolean;
  /** Room at present, bytes: `maxBytes`, or less where the disk has less. */
  readonly roomBytes: number;
  /** Hours until everything that waits has gone out, at the rate of the last minutes; null while unknown. */
  readonly hoursToCatchUp: number | null;
  /** Since when samples are being given up for want of room, ms since 1970; null while none are. */
  readonly reducedSinceMs: number | null;
  readonly storage: StorageStatus;
  /** Folders with data of a newer version that this one cannot read. */
  readonly keptAside: readonly string[];
  readonly machines: Readonly<Record<string, MachineLedger>>;
}

export interface SpoolStatusOptions {
  readonly books: SpoolBooks;
  readonly log: Pick<SegmentLog, "bytes" | "failure">;
  /** Room for the log at present, bytes. */
  readonly bound: () => number;
  readonly memory: Pick<MemoryRing, "bytes" | "maxBytes">;
  readonly retention: Pick<Retention, "reducedSinceMs">;
  readonly keptAside: readonly string[];
  readonly clock: Clock;
}

const msPerHour = 3_600_000;
/** A rate from less than this says nothing. */
const minElapsedMs = 10_000;

/** Makes the figures people and metrics see. */
export function createSpoolStatus(options: SpoolStatusOptions) {
  const { books, log, bound, memory, retention, clock } = options;
  const startedMs = clock.monotonicMs();
  const backlog = createBacklogRate(() => clock.monotonicMs());
  let appendedBytes = 0;
  let failingSinceMs: number | null = null;

  function hoursFor(bytes: number): number | null {
    const elapsedMs = clock.monotonicMs() - startedMs;
    if (elapsedMs < minElapsedMs || appendedBytes === 0) return null;
    return Math.max(0, bytes) / ((appendedBytes / elapsedMs) * msPerHour);
  }

  function storage(): StorageStatus {
    const isFailing = failingSinceMs !== null;
    const left = isFailing ? hoursFor(memory.maxBytes - memory.bytes) : null;
    const cause = log.failure instanceof Error ? (log.failure.cause ?? log.failure) : log.failure;
    return {
      state: isFailing ? "failing" : "ok",
      code: isFailing ? errorCode(cause) : "",
      sinceMs: failingSinceMs,
      memoryBytes: memory.bytes,
      memoryMaxBytes: memory.maxBytes,
      memoryMinutesLeft: left === null ? null : left * 60,
    };
  }

  function status(
    current: Pick<SpoolStatus, "epoch" | "storeId" | "unreadable" | "isFull" | "maxBytes">,
  ): SpoolStatus {
    const { index } = books;
    const book = books.bookOf(current.epoch);
    const ledgers = book?.machines ?? new Map<string, MachineCounts>();
    const machines = Object.fromEntries(
      books.machines.map((machineId, at) => {
        const counts = ledgers.get(machineId) ?? { produced: 0, suppressed: 0, lost: 0 };
        return [machineId, { ...counts, pendingBatches: index.pendingOf(at) }];
      }),
    );
    return {
      ...current,
      epochBatches: (book?.next ?? 1) - 1,
      epochSettled: book?.settled.size ?? 0,
      bytes: log.bytes,
      roomBytes: bound(),
      pendingBatches: index.pendingBatches,
      pendingBytes: index.pendingBytes,
      hoursLeft: hoursFor(bound() - index.pendingBytes),
      hoursToCatchUp: backlog.hoursLeft(index.pendingBytes),
      reducedSinceMs: retention.reducedSinceMs,
      storage: storage(),
      keptAside: options.keptAside,
      machines,
    };
  }

  return {
    status,
    /** Call with the bytes of each batch. */
    onAppended(bytes: number): void {
      appendedBytes += bytes;
    },
    onFailing(): void {
      failingSinceMs = clock.nowMs();
    },
    onHealed(): void {
      failingSinceMs = null;
    },
  };
}
