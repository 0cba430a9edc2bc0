import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { NumberRange } from "@firebreak/wire/session.ts";

/** Cumulative samples of one machine in one epoch. */
export interface MachineCounts {
  /** After shaping, lost ones included. */
  readonly produced: number;
  readonly suppressed: number;
  /** Given up by this spool. */
  readonly lost: number;
}

/** What must be known of an epoch when its batches are no longer in the log. */
export interface EpochCheckpoint {
  readonly epoch: string;
  readonly next: number;
  readonly settled: readonly NumberRange[];
  readonly machines: Readonly<Record<string, MachineCounts>>;
}

/** Everything that a start needs and that lies before this record in the log. The last epoch is the current one. */
export interface Checkpoint {
  readonly epochs: readonly EpochCheckpoint[];
}

export type SpoolRecord =
  | { readonly kind: "checkpoint"; readonly checkpoint: Checkpoint }
  | { readonly kind: "batch"; readonly machineId: string; readonly block: Uint8Array };

/** First byte of a record; written to disk, never renumber. */
const kinds = { checkpoint: 1, batch: 2 } as const;

export const encodeCheckpoint = (checkpoint: Checkpoint): Uint8Array =>
  Buffer.concat([Buffer.of(kinds.checkpoint), Buffer.from(JSON.stringify(checkpoint))]);

export function encodeBatchRecord(machineId: string, block: Uint8Array): Uint8Array {
  const id = Buffer.from(machineId);
  return Buffer.concat([Buffer.of(kinds.batch, id.length), id, block]);
}

/** `block` is a view of `payload`. @throws CodedError SPOOL_RECORD, not retryable */
export function decodeSpoolRecord(payload: Uint8Array): SpoolRecord {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const kind = bytes[0];
  if (kind === kinds.batch) {
    const end = 2 + (bytes[1] ?? 0);
    return { kind: "batch", machineId: bytes.toString("utf8", 2, end), block: bytes.subarray(end) };
  }
  if (kind === kinds.checkpoint) {
    try {
      const checkpoint = JSON.parse(bytes.toString("utf8", 1)) as Checkpoint;
      return { kind: "checkpoint", checkpoint };
    } catch (error) {
      throw unreadable("unreadable checkpoint in the spool", error);
    }
  }
  throw unreadable("a record of unknown kind in the spool");
}

const unreadable = (problem: string, cause?: unknown) =>
  new CodedError("SPOOL_RECORD", problem, { cause });
