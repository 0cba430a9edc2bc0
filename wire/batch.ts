import type { MachineEvent } from "./machine-event.ts";
import type { SampleColumns } from "./sample-columns.ts";

/** Whose batch it is. Not in the block but bound to it: the checksum is seeded with both ids. */
export interface BatchIdentity {
  readonly gatewayId: string;
  readonly machineId: string;
}

/** Why content was given up before it was sent. Written to disk and wire: only add at the end. */
export const lossReasons = ["spool-full", "spool-damaged", "not-on-gateway", "too-large"] as const;
export type LossReason = (typeof lossReasons)[number];

/**
 * What a batch says about itself; readable without the dictionary.
 * (gateway, epoch, number) names a batch for ever: numbers start at 1, are never skipped and never reused.
 */
export interface BatchHeader {
  /** 32 hex digits: 128 random bits, new whenever a spool is created, restored or repaired. */
  readonly epoch: string;
  readonly number: number;
  /** Sending order only: `alarm` batches hold trouble codes and go first. */
  readonly lane: "alarm" | "live";
  /** Hash of the SignalDictionary that explains the signal indexes. */
  readonly dictionary: string;
  readonly baseNs: bigint;
  readonly sampleCount: number;
  readonly eventCount: number;
  /** Samples of this machine in this epoch so far, after shaping, this batch (or what it replaces) included. */
  readonly produced: number;
  /** Samples of this machine in this epoch so far that shaping (dead band) held back. */
  readonly suppressed: number;
  /**
   * Present when samples were given up before sending. What was kept of them is the content: nothing at all, or fewer
   * samples than there were.
   */
  readonly tombstone?: { readonly reason: LossReason; readonly samples: number };
}

/** Ordered samples and events of one machine. */
export interface Batch {
  readonly header: BatchHeader;
  readonly samples: SampleColumns;
  readonly events: readonly MachineEvent[];
}

/** The most an encoded batch may weigh, bytes. */
export const maxBatchBytes = 64 * 1024;
