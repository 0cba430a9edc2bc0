import type { HostOptions } from "./host-options.ts";
import type { NodeSession } from "./node-session.ts";

const spacingMs = 60_000;

/** Asks a node to be born again, at most once per minute and node; true when it went out. */
export function createRebirthRequests({
  clock,
  requestRebirth,
}: Pick<HostOptions, "clock" | "requestRebirth">) {
  return (session: NodeSession): boolean => {
    const now = clock.monotonicMs();
    if (now - session.rebirthAskedMs < spacingMs) return false;
    session.rebirthAskedMs = now;
    requestRebirth(session.name);
    return true;
  };
}
