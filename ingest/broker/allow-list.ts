import type { Clock } from "@firebreak/kit/clock.ts";
import type { GatewayCredential } from "@firebreak/kit/credentials.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { GatewayCredentials } from "./gateway-credentials.ts";

export interface AllowListOptions {
  readonly credentials: Pick<GatewayCredentials, "find">;
  /** The same at once, of a gateway that is heard for the first time: its first message may be one it has no right to. */
  readonly findNow: (gatewayId: string) => GatewayCredential | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry {
  machines: readonly string[] | undefined;
  lookedMs: number;
}

const freshMs = 15_000;
const capacity = 50_000;

/**
 * For which machines an enrolled gateway may speak, whatever an external broker lets it do; none once it is revoked.
 * Undefined for one that is not enrolled here.
 */
export function createAllowList({
  credentials,
  findNow,
  clock,
  log,
}: AllowListOptions): (gatewayId: string) => readonly string[] | undefined {
  const entries = new Map<string, Entry>();
  return (gatewayId) => {
    const now = clock.monotonicMs();
    const known = entries.get(gatewayId);
    if (known && now - known.lookedMs < freshMs) return known.machines;
    if (!known) {
      if (entries.size >= capacity) entries.clear();
      const machines = machinesIn(findNow(gatewayId));
      entries.set(gatewayId, { machines, lookedMs: now });
      return machines;
    }
    known.lookedMs = now;
    credentials.find(gatewayId).then(
      (found) => {
        known.machines = machinesIn(found);
      },
      (error: unknown) => log.error({ err: error, gatewayId }, "rights cannot be looked at"),
    );
    return known.machines;
  };
}

const machinesIn = (found: GatewayCredential | undefined): readonly string[] | undefined =>
  found?.revoked ? [] : found?.machines;
