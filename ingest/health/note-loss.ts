import type { ArrivedBatch } from "../host/host-options.ts";
import type { HealthBook } from "./health-book.ts";

const minuteNs = 60_000_000_000n;

/** Remembers when the samples were read that a gateway says it gave up. */
export function noteLoss(
  health: Pick<HealthBook, "lost">,
  { machineId, batch: { header } }: ArrivedBatch,
): void {
  const { tombstone, baseNs } = header;
  if (tombstone === undefined || tombstone.samples === 0) return;
  const { reason, samples } = tombstone;
  health.lost({ machineId, minute: Number(baseNs / minuteNs), reason, samples });
}
