import type { Batch, BatchHeader } from "@firebreak/wire/batch.ts";
import {
  batchChecksum,
  decodeBatch,
  readBatchHeader,
  verifyBatch,
} from "@firebreak/wire/batch-block.ts";
import type { SignalDictionary } from "@firebreak/wire/signal-dictionary.ts";
import type { QuarantineReason } from "../journal/record.ts";

/** What to do with a block that arrived. */
export type Verdict =
  | {
      readonly kind: "take";
      readonly batch: Batch;
      readonly dictionary: SignalDictionary | undefined;
    }
  | { readonly kind: "duplicate"; readonly header: BatchHeader }
  | { readonly kind: "needs-dictionary"; readonly header: BatchHeader }
  | {
      readonly kind: "quarantine";
      readonly reason: QuarantineReason;
      /** Absent when not even the header could be read, or nothing in it is to be believed. */
      readonly header?: BatchHeader;
    };

export interface BatchContext {
  readonly gatewayId: string;
  readonly machineId: string;
  readonly lookUp: (epoch: string, number: number) => { seen: boolean; checksum?: number };
  readonly dictionary: (hash: string) => SignalDictionary | undefined;
  /** Epochs that the gateway offered: what a block without a valid checksum may settle. */
  readonly epochs: readonly string[];
  /** Highest number seen of an epoch. */
  readonly highest: (epoch: string) => number;
  /** The hub's clock, ms since 1970. */
  readonly nowMs: number;
}

/** How far ahead of everything seen a number without a valid checksum may lie and still be believed. */
const plausibleStep = 10_000;

/**
 * Samples so far ahead of the hub's clock are no matter of two clocks that differ: they would stand as the newest of
 * their signals for years.
 */
export const aheadMs = 400 * 86_400_000;
export const isImplausible = (timeMs: number, nowMs: number): boolean => timeMs > nowMs + aheadMs;

/** Judges one block. Pure, never throws, whatever the bytes are. */
export function judgeBatch(block: Uint8Array, context: BatchContext): Verdict {
  const header = tryHeader(block);
  if (!header) return { kind: "quarantine", reason: "malformed-block" };
  if (!verifyBatch(context, block))
    return isPlausible(header, context)
      ? { kind: "quarantine", reason: "checksum", header }
      : { kind: "quarantine", reason: "checksum" };
  const known = context.lookUp(header.epoch, header.number);
  if (known.seen) {
    const isSame = known.checksum === undefined || known.checksum === batchChecksum(block);
    // A batch given up after it was sent and lost on the way: the hub has more than the gateway.
    if (isSame || header.tombstone) return { kind: "duplicate", header };
    return { kind: "quarantine", reason: "cloned-number", header };
  }
  if (header.sampleCount > 0 && isImplausible(Number(header.baseNs / 1_000_000n), context.nowMs))
    return { kind: "quarantine", reason: "implausible-time", header };
  const dictionary = context.dictionary(header.dictionary);
  if (!dictionary && header.sampleCount > 0) return { kind: "needs-dictionary", header };
  try {
    const batch = decodeBatch(block, dictionary ?? placeholder(header.dictionary));
    return { kind: "take", batch, dictionary };
  } catch {
    return { kind: "quarantine", reason: "malformed-block", header };
  }
}

/** Tombstones and events need no signals to be read. */
const placeholder = (hash: string): SignalDictionary => ({ hash, plan: "", signals: [] });

function tryHeader(block: Uint8Array): BatchHeader | undefined {
  try {
    return readBatchHeader(block);
  } catch {
    return undefined;
  }
}

function isPlausible({ epoch, number, sampleCount }: BatchHeader, context: BatchContext): boolean {
  if (!context.epochs.includes(epoch) || sampleCount > 100_000) return false;
  const known = context.lookUp(epoch, number);
  return !known.seen && number <= context.highest(epoch) + plausibleStep;
}
