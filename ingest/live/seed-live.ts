import type { Logger } from "@firebreak/kit/logger.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { FollowingStore } from "../store/store.ts";
import type { LiveViewKeeper } from "./live-view.ts";

const seedMachines = 20_000;

/** Fills the live view with what was known before, one machine after the other, behind what arrives. */
export function seedLive(
  live: LiveViewKeeper,
  {
    delivery,
    store,
    log,
  }: {
    readonly delivery: Pick<Delivery, "lastContacts">;
    readonly store: Pick<FollowingStore, "signals">;
    readonly log: Logger;
  },
): void {
  const contacts = delivery.lastContacts();
  for (const { machineId, gatewayId, atMs } of contacts)
    live.setContact(machineId, gatewayId, atMs);
  const run = async () => {
    for (const { machineId } of contacts.slice(0, seedMachines))
      live.seed(machineId, await store.signals(machineId));
  };
  run().catch((error: unknown) => log.debug({ err: error }, "live view was not seeded to the end"));
}
