import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { JournalRecord, QuarantineReason } from "../journal/record.ts";
import { createFloodLimit } from "./flood-limit.ts";
import type { HostOptions } from "./host-options.ts";
import type { NodeSession } from "./node-session.ts";

/** Something that arrived and cannot be used. */
export interface Unusable {
  readonly topic: string;
  readonly reason: QuarantineReason;
  readonly bytes: Uint8Array;
  readonly machineId?: string;
  readonly header?: {
    readonly epoch: string;
    readonly number: number;
    readonly sampleCount: number;
  };
}

const recordsPerMinute = 120;

/** Keeps what cannot be used. Beyond the limit it is only counted: unless settled, it comes again. */
export function createQuarantine({ delivery, clock }: Pick<HostOptions, "delivery" | "clock">) {
  const mayKeep = createFloodLimit(() => clock.monotonicMs(), recordsPerMinute);
  return ({ gatewayId, counts }: NodeSession, unusable: Unusable): void => {
    counts.quarantined++;
    if (!mayKeep(gatewayId)) return;
    const { topic, reason, bytes, header } = unusable;
    const record: JournalRecord = {
      kind: "quarantine",
      topic,
      reason,
      receivedAtMs: clock.nowMs(),
      gatewayId,
      machineId: unusable.machineId ?? null,
      batch: header
        ? { epoch: header.epoch, number: header.number, samples: header.sampleCount }
        : null,
      length: bytes.length,
      bytes,
    };
    try {
      delivery.append(record);
    } catch (error) {
      if (errorCode(error) !== "LOG_FULL") throw error;
    }
  };
}
