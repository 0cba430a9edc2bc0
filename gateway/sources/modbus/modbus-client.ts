import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { BlockRead } from "./registers/plan-reads.ts";

/**
 * - `exception`: the device answered, and said no; `code` is the Modbus exception code.
 * - `silence`: nothing came in time.
 * - `garbled`: something came, but no valid answer; `reason` is for people, `is` for what follows from it.
 * - `closed`: the connection is gone.
 */
export type ReadFailure =
  | { readonly kind: "exception"; readonly code: number }
  | { readonly kind: "silence"; readonly reason: string }
  | {
      readonly kind: "garbled";
      readonly reason: string;
      readonly is?: "no-frame" | "check-sum";
    }
  | { readonly kind: "closed"; readonly reason: string };

/** `words`: registers, or 0 and 1 for the bit tables; only valid until the next read. */
export type ReadOutcome = { readonly words: ArrayLike<number> } | { readonly failure: ReadFailure };

export interface ReadRequest {
  readonly unitId: number;
  readonly block: BlockRead;
  /** How long the device may take to begin its answer. */
  readonly timeoutMs: number;
  /** Silence the device needs before it is asked; only a serial line minds. */
  readonly quietMs: number;
}

/** One connection, with one request on the way at a time. It can only read. */
export interface ModbusClient {
  /** Reads one block; never throws. Call it again only after it has answered. */
  read(request: ReadRequest): Promise<ReadOutcome>;
  close(): Promise<void>;
}

/** What a connection counts of its own. */
export interface LinkCounts {
  connects: number;
  bytes: number;
  crcErrors: number;
  echoes: number;
  foreignFrames: number;
  strayBytes: number;
}

/** Told of every byte that goes out and comes in, as it was written or arrived. */
export type Hear = (direction: "request" | "reply", bytes: Uint8Array) => void;

export const noCounts = (): LinkCounts => ({
  connects: 0,
  bytes: 0,
  crcErrors: 0,
  echoes: 0,
  foreignFrames: 0,
  strayBytes: 0,
});

export const closedFailure = (reason: string): ReadOutcome => ({
  failure: { kind: "closed", reason },
});

export function unreachable(what: string, cause: unknown): CodedError {
  const reason = cause instanceof Error ? cause.message : errorCode(cause);
  const message = `Cannot reach ${what}: ${reason}`;
  return new CodedError("MODBUS_CONNECT_FAILED", message, { retryable: true, cause });
}
