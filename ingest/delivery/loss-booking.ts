import type { DatabaseSync } from "node:sqlite";
import { errorCode } from "@firebreak/kit/coded-error.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { EpochOffer, NumberRange } from "@firebreak/wire/session.ts";
import type { LossRecord } from "../journal/record.ts";
import type { DeliveryIndex } from "./delivery-index.ts";
import { createDeliveryStore, type Stream } from "./delivery-store.ts";
import { lostRanges, samplesLost } from "./loss.ts";

export interface LossBooking {
  /** Remembers an offer until everything it shows to be lost is booked. A newer offer of the epoch replaces it. */
  consider(gatewayId: string, offer: EpochOffer): void;
  /** Books what can be counted exactly by now. */
  book(): void;
}

interface Options {
  readonly index: DeliveryIndex;
  readonly database: DatabaseSync;
  /** @throws CodedError LOG_FULL */
  readonly append: (record: LossRecord) => void;
  readonly nowMs: () => number;
  readonly log: Logger;
}

/** Books batch numbers that neither side has, one gap after the other, lowest first. */
export function createLossBooking(options: Options): LossBooking {
  const { index, append, nowMs, log } = options;
  const store = createDeliveryStore(options.database);
  const open = new Map<string, { gatewayId: string; offer: EpochOffer }>();

  const count = (stream: Stream, gap: NumberRange, offer: EpochOffer) => {
    const machines: Record<string, { samples: number; after: number }> = {};
    const ids = new Set([...stream.tallies.keys(), ...Object.keys(offer.machines)]);
    for (const machineId of ids) {
      const around = store.surroundings(stream.id, machineId, ...gap);
      const context = { settled: stream.settled, offer, machineId };
      const samples = samplesLost(gap, around, context);
      if (samples === undefined) return undefined;
      const after = (around.previous?.after ?? 0) + around.quarantined + samples;
      if (samples > 0) machines[machineId] = { samples, after };
    }
    return machines;
  };

  /** True when nothing of this offer is left to book. */
  const bookStream = (gatewayId: string, offer: EpochOffer): boolean => {
    const stream = index.stream(gatewayId, offer.epoch);
    const gap = lostRanges(stream.seen, offer)[0];
    if (!gap) return true;
    index.commit();
    const machines = count(stream, gap, offer);
    if (!machines) return false;
    const [first, last] = gap;
    const { epoch } = offer;
    append({
      kind: "loss",
      gatewayId,
      epoch,
      first,
      last,
      reason: "not-on-gateway",
      bookedAtMs: nowMs(),
      machines,
    });
    stream.seen.addRange(first, last);
    log.error({ gatewayId, epoch, first, last, machines }, "batches are lost on both sides");
    return false;
  };

  return {
    consider: (gatewayId, offer) =>
      void open.set(`${gatewayId}\n${offer.epoch}`, { gatewayId, offer }),
    book() {
      for (const [key, { gatewayId, offer }] of open) {
        try {
          if (bookStream(gatewayId, offer)) open.delete(key);
        } catch (error) {
          if (errorCode(error) !== "LOG_FULL")
            log.error({ err: error, gatewayId }, "losses cannot be booked, trying again");
        }
      }
    },
  };
}
