import type { Clock } from "@firebreak/kit/clock.ts";
import { metricNames } from "@firebreak/wire/session.ts";
import { encodeAcknowledgements } from "@firebreak/wire/session-codec.ts";
import { DataType, encodePayload } from "@firebreak/wire/sparkplug-payload.ts";
import type { Metric } from "@firebreak/wire/sparkplug-types.ts";
import { defaultGroup, sparkplugTopic } from "@firebreak/wire/topics.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { Feed } from "../feed/feed.ts";
import type { NodeName } from "./node-name.ts";

/** What the hub tells gateways, in NCMD: each at most once, so one that cannot be reached never hears it. */
export interface NodeCommands {
  requestRebirth(node: NodeName): void;
  /** To a gateway of ours. */
  send(gatewayId: string, metric: Metric): void;
  acknowledge(gatewayId: string, epochs: ReadonlySet<string>): void;
}

export function createNodeCommands(parts: {
  readonly feed: Pick<Feed, "publish">;
  readonly delivery: Pick<Delivery, "acknowledgements">;
  readonly clock: Clock;
}): NodeCommands {
  const { feed, delivery, clock } = parts;
  const command = (node: NodeName, metric: Metric) => {
    const timestampMs = clock.nowMs();
    const metrics = [{ ...metric, timestampMs }];
    const payload = encodePayload({ timestampMs, metrics });
    feed.publish(sparkplugTopic({ ...node, type: "NCMD" }), payload);
  };
  const send = (gatewayId: string, metric: Metric) =>
    command({ group: defaultGroup, edge: gatewayId }, metric);
  return {
    requestRebirth: (node) =>
      command(node, { name: metricNames.rebirth, datatype: DataType.Boolean, value: true }),
    send,
    acknowledge(gatewayId, epochs) {
      if (epochs.size === 0) return;
      const value = encodeAcknowledgements(delivery.acknowledgements(gatewayId, epochs));
      send(gatewayId, { name: metricNames.acknowledge, datatype: DataType.String, value });
    },
  };
}
