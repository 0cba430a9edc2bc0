import { setTimeout as sleep } from "node:timers/promises";
import { createBackoff } from "@firebreak/kit/backoff.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { Delivery } from "../delivery/delivery.ts";
import type { FollowingStore } from "../store/store.ts";
import type { LiveViewKeeper } from "./live-view.ts";

export interface SeedOptions {
  readonly delivery: Pick<Delivery, "lastContacts">;
  readonly store: Pick<FollowingStore, "signals">;
  readonly log: Logger;
  readonly backoff?: Pick<ReturnType<typeof createBackoff>, "nextMs" | "reset">;
}

/**
 * Fills the live view with what was known before, one machine after the other, behind what arrives. A machine whose
 * values cannot be read comes again after the others. Returns what ends it.
 */
export function seedLive(
  live: LiveViewKeeper,
  { delivery, store, log, backoff = createBackoff(1_000, 60_000) }: SeedOptions,
): () => void {
  const contacts = delivery.lastContacts();
  for (const { machineId, gatewayId, atMs } of contacts)
    live.setContact(machineId, gatewayId, atMs);
  const end = new AbortController();
  const { signal } = end;
  const run = async () => {
    const machineIds = contacts.map(({ machineId }) => machineId);
    // The list grows while it is gone through.
    for (const machineId of machineIds) {
      if (signal.aborted) return;
      try {
        live.seed(machineId, await store.signals(machineId));
        backoff.reset();
      } catch (error) {
        if (signal.aborted) return;
        log.debug({ err: error, machineId }, "last values could not be read, will be tried again");
        machineIds.push(machineId);
        await sleep(backoff.nextMs(), undefined, { signal });
      }
    }
    live.endSeed();
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, "live view was not seeded to the end");
  });
  return () => end.abort();
}
