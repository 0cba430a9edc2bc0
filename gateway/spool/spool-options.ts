import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Disk } from "@firebreak/log/disk.ts";
import type { MachineEvent } from "@firebreak/wire/machine-event.ts";
import type { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";

export interface SpoolOptions {
  readonly gatewayId: string;
  /** Belongs to this spool alone; created if absent. */
  readonly folder: string;
  /** Bound on disk, bytes. */
  readonly maxBytes: number;
  readonly segmentBytes?: number;
  /** At most this long after it was made a batch is on disk, ms. */
  readonly syncIntervalMs: number;
  /** Bound of what is kept in memory while the disk takes nothing, bytes. Default 8 MiB. */
  readonly memoryBytes?: number;
  readonly clock: Clock;
  readonly log: Logger;
  /** For tests: a disk that fails. */
  readonly disk?: Disk;
}

/** What one batch is made of. */
export interface SpoolContent {
  readonly machineId: string;
  readonly dictionary: SignalDictionary;
  readonly lane: "alarm" | "live";
  readonly samples: SampleColumns;
  readonly events: readonly MachineEvent[];
  /** Samples held back since the last content of this machine. */
  readonly suppressed: number;
}

/** One batch as it goes out. */
export interface SpooledBatch {
  readonly machineId: string;
  readonly epoch: string;
  readonly number: number;
  readonly block: Uint8Array;
}

export const defaultMemoryBytes = 8 * 1024 * 1024;

/** At most an eighth of the bound and a sixteenth of the disk, because two segments are kept free to work in. */
export function segmentBytesOf(
  { maxBytes, segmentBytes = 4 * 1024 * 1024 }: SpoolOptions,
  diskBytes = Number.POSITIVE_INFINITY,
): number {
  return Math.min(
    segmentBytes,
    Math.floor(maxBytes / 8),
    Math.max(64 * 1024, Math.floor(diskBytes / 16)),
  );
}
