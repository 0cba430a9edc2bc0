import type { Clock } from "@firebreak/kit/clock.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import type { GatewayCredentials } from "./gateway-credentials.ts";

interface Entry {
  machines: readonly string[] | undefined;
  lookedMs: number;
}

const freshMs = 15_000;
const capacity = 50_000;

/**
 * For which machines an enrolled gateway may speak, whatever an external broker lets it do; none once it is revoked.
 * Undefined for one that is not enrolled here, and until its file was read for the first time.
 */
export function createAllowList(
  credentials: Pick<GatewayCredentials, "find">,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): (gatewayId: string) => readonly string[] | undefined {
  const entries = new Map<string, Entry>();
  return (gatewayId) => {
    const now = clock.monotonicMs();
    const known = entries.get(gatewayId);
    if (known && now - known.lookedMs < freshMs) return known.machines;
    if (!known && entries.size >= capacity) entries.clear();
    const entry = known ?? { machines: undefined, lookedMs: now };
    entry.lookedMs = now;
    entries.set(gatewayId, entry);
    credentials.find(gatewayId).then(
      (found) => {
        entry.machines = found?.revoked ? [] : found?.machines;
      },
      (error: unknown) => log.error({ err: error, gatewayId }, "rights cannot be looked at"),
    );
    return entry.machines;
  };
}
