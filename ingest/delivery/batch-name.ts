import { batchChecksum, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import type { JournalRecord } from "../journal/record.ts";

/** Which batch number a record settles; undefined for one that settles none. */
export function batchNameOf(
  record: JournalRecord,
): { gatewayId: string; epoch: string; number: number; checksum: number } | undefined {
  if (record.kind === "batch") {
    const { epoch, number } = readBatchHeader(record.block);
    const { gatewayId, block } = record;
    return { gatewayId, epoch, number, checksum: batchChecksum(block) };
  }
  if (record.kind !== "quarantine" || !record.batch || record.gatewayId === null) return undefined;
  const { epoch, number } = record.batch;
  const checksum = record.bytes.length >= 4 ? batchChecksum(record.bytes) : 0;
  return { gatewayId: record.gatewayId, epoch, number, checksum };
}
