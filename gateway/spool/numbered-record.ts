import type { LossReason } from "@firebreak/wire/batch.ts";
import { encodeBatch } from "@firebreak/wire/batch-block.ts";
import type { EpochBook } from "./epoch-book.ts";
import type { SpoolContent } from "./spool-options.ts";
import { encodeBatchRecord } from "./spool-record.ts";

export interface WritableContent extends SpoolContent {
  readonly counts: { readonly produced: number; readonly suppressed: number };
  readonly tombstone?: { readonly reason: LossReason; readonly samples: number };
}

/** The record that content becomes under the next number of a book, and what its machine's counts then are. */
export function numberedRecord(gatewayId: string, book: EpochBook, content: WritableContent) {
  const { machineId, counts } = content;
  const ledger = book.countsOf(machineId);
  const produced = ledger.produced + counts.produced;
  const suppressed = ledger.suppressed + counts.suppressed;
  const { epoch, next: number } = book;
  const batch = { ...content, epoch, number, produced, suppressed };
  const block = encodeBatch({ gatewayId, machineId }, batch);
  return {
    payload: encodeBatchRecord(machineId, block),
    number,
    reached: { produced, suppressed },
  };
}
