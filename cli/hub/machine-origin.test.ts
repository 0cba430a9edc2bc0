import { aempGatewayId, aempPlan } from "@firebreak/ingest/aemp/machine-samples.ts";
import type { LiveView } from "@firebreak/ingest/live/live-view.ts";
import { expect, test } from "vitest";
import { machineRegistry } from "./server-ports.ts";

test("the fleet holds machines of gateways and of other makers' servers, each with where it comes from", async () => {
  const common = { dictionaryHash: "h", firstSeenAt: "2026-05-01T08:00:00.000Z" };
  const machines = new Map(
    [
      { machineId: "PUMP-1", plan: "concrete-pump-truck", gatewayId: "gw-1", ...common },
      { machineId: "cat:P1", plan: aempPlan, gatewayId: aempGatewayId("cat"), ...common },
      { machineId: "cat:P2", plan: aempPlan, gatewayId: aempGatewayId("cat"), ...common },
    ].map((machine) => [machine.machineId, machine] as const),
  );
  const live = { machines: () => [], machine: () => undefined, gatewayOf: () => null };
  const registry = machineRegistry(machines, live as unknown as LiveView, {
    health: { word: () => "unknown" },
    silence: { of: () => undefined },
    aemp: {
      about: (id) =>
        id === "cat:P1"
          ? { oemName: "Caterpillar", model: "320", equipmentId: "Digger" }
          : undefined,
      makerOf: () => "Cat",
    },
  });
  const shown = (await registry.list()).map(({ title, origin }) => [title, origin?.maker]);
  expect(shown).toEqual([
    [null, undefined],
    ["320 · Digger", "Caterpillar"],
    [null, "Cat"],
  ]);
  expect((await registry.get("cat:P1"))?.origin).toEqual({
    standard: "ISO 15143-3",
    sourceId: "cat",
    maker: "Caterpillar",
  });
});
