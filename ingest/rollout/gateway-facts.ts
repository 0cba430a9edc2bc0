import type { Delivery } from "../delivery/delivery.ts";
import type { SparkplugHost } from "../host/sparkplug-host.ts";
import type { LiveView } from "../live/live-view.ts";
import type { GatewayFacts } from "./rollout.ts";

/** What a roll-out asks of gateways, out of what the intake knows. */
export function gatewayFactsOf(parts: {
  readonly host: Pick<SparkplugHost, "nodes">;
  readonly live: LiveView;
  readonly delivery: Delivery;
}): (gatewayId: string) => GatewayFacts {
  const { host, live, delivery } = parts;
  return (gatewayId) => {
    const machines = live.machines().filter((machine) => machine.gatewayId === gatewayId);
    const contacts = machines.flatMap(({ lastContact }) =>
      lastContact === null ? [] : [Date.parse(lastContact)],
    );
    return {
      isOnline: host.nodes.some((node) => node.gatewayId === gatewayId && node.isOnline),
      lastBatchMs: contacts.length === 0 ? null : Math.max(...contacts),
      lost: machines.reduce((sum, { machineId }) => sum + delivery.totals(machineId).lost, 0),
    };
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
