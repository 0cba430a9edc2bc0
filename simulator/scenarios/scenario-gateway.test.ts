import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { expect, test } from "vitest";
import { ScenarioGateway, samplesIn } from "./scenario-gateway.ts";

const dictionary = createDictionary("concrete-pump-truck", []);
const address = async () => ({ url: "mqtt://127.0.0.1:1" });

test("of outages that overlap the last one to end brings the link back", async () => {
  const gateway = new ScenarioGateway({
    ...{ gatewayId: "G", machineId: "M", dictionary, address },
  });
  gateway.goOffline();
  gateway.goOffline();
  gateway.goOnline();
  expect(gateway.isOffline).toBe(true);
  gateway.goOnline();
  expect(gateway.isOffline).toBe(false);
  gateway.goOffline();
  await gateway.leave();
  expect(gateway.isOffline).toBe(false);
});

test("what a hub no longer has is counted in samples, not in batches", () => {
  const numbers = [
    [2, 2],
    [4, 5],
  ] as const;
  expect(samplesIn(numbers, [1, 20, 300, 4_000, 50_000])).toBe(54_020);
});
