import { openRolloutDesk, type RolloutDesk } from "@firebreak/ingest/rollout/rollout-desk.ts";
import type { Ingest } from "@firebreak/ingest/start-ingest.ts";
import type { Clock } from "@firebreak/kit/clock.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { KnownMachine } from "@firebreak/tickets/registry/judge-store.ts";
import {
  encodeConfigurationCommand,
  parseConfigurationReport,
} from "@firebreak/wire/configuration-codec.ts";
import { metricNames } from "@firebreak/wire/session.ts";

/** Roll-outs of configurations over the gateways of this hub; they go on where they were when it ended. */
export async function startRollouts(parts: {
  readonly db: Database;
  readonly storeId: string;
  readonly ingest: Ingest;
  readonly machines: ReadonlyMap<string, KnownMachine>;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<RolloutDesk> {
  const { db, storeId, ingest, machines, clock } = parts;
  const log = parts.log.child({ component: "rollouts" });
  const planOf = (machineId: string) => machines.get(machineId)?.plan ?? null;
  const desk = await openRolloutDesk({
    db,
    storeId,
    clock,
    log,
    fleet: async () =>
      (await ingest.gateways())
        .filter(({ revoked }) => revoked === null)
        .map(({ gatewayId, machines: ids }) => ({
          gatewayId,
          machines: ids.map((machineId) => ({ machineId, plan: planOf(machineId) })),
        })),
    facts: ingest.gatewayFacts,
    hasBatchSince: ingest.hasBatchSince,
    send: (gatewayId, command) =>
      ingest.order(gatewayId, metricNames.configuration, encodeConfigurationCommand(command)),
    check: async (text) => {
      // Schemas of every bus: loaded when somebody asks.
      const { checkLayerText } = await import("@firebreak/gateway/remote/lay-over.ts");
      return checkLayerText(text);
    },
  });
  ingest.onNodeData((gatewayId, metrics) => {
    for (const { name, value } of metrics)
      if (name === metricNames.configurationReport && typeof value === "string")
        try {
          desk.hear(gatewayId, parseConfigurationReport(value));
        } catch (err) {
          log.warn(
            { err, gatewayId },
            "what a gateway said of its configuration was not understood",
          );
        }
  });
  return desk;
}
