import type { Delivery } from "../delivery/delivery.ts";
import type { SparkplugHost } from "../host/sparkplug-host.ts";
import type { LiveView } from "../live/live-view.ts";
import type { GatewayFacts } from "./rollout.ts";

/** What a roll-out asks of gateways, out of what the intake knows. */
export function gatewayFactsOf(parts: {
  readonly host: Pick<SparkplugHost, "isOnline">;
  readonly live: Pick<LiveView, "machinesOf">;
  readonly delivery: Pick<Delivery, "totals">;
}): GatewayFacts {
  const { host, live, delivery } = parts;
  return {
    isOnline: (gatewayId) => host.isOnline(gatewayId),
    lastBatchMs: (gatewayId) =>
      live
        .machinesOf(gatewayId)
        .reduce<number | null>(
          (newest, { lastContactMs }) =>
            lastContactMs === null ? newest : Math.max(newest ?? 0, lastContactMs),
          null,
        ),
    lost: (gatewayId) =>
      live
        .machinesOf(gatewayId)
        .reduce((sum, { machineId }) => sum + delivery.totals(machineId).lost, 0),
  };
}

/** Whether a batch of this epoch from `number` on has been settled: it is on the journal's disk. */
export const hasBatchSince = (
  delivery: Pick<Delivery, "highest" | "lookUp">,
  gatewayId: string,
  { epoch, number }: { readonly epoch: string; readonly number: number },
): boolean => {
  const highest = delivery.highest(gatewayId, epoch);
  return highest >= number && delivery.lookUp(gatewayId, epoch, highest).seen;
};
