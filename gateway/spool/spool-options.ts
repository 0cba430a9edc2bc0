import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
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
  readonly clock: Clock;
  readonly log: Logger;
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

/** At most an eighth of the bound, because two segments of it are kept free to work in. */
export const segmentBytesOf = ({
  maxBytes,
  segmentBytes = 4 * 1024 * 1024,
}: SpoolOptions): number => Math.min(segmentBytes, Math.floor(maxBytes / 8));
