import type { Clock } from "@firebreak/kit/clock.ts";

/** Engineering default: further than the clocks of a hub and a gateway differ that are both kept. */
const aheadNs = 3_600_000_000_000n;

/**
 * Whether what arrives takes the place of what is shown as now. What a clock stamped that was far ahead is not the
 * newest until then: what is of now by the hub's clock takes its place, what is late does not.
 */
export function isNewer(timeNs: bigint, knownNs: bigint, clock: Pick<Clock, "nowMs">): boolean {
  if (timeNs >= knownNs) return true;
  const nowNs = BigInt(Math.trunc(clock.nowMs())) * 1_000_000n;
  return knownNs > nowNs + aheadNs && timeNs > nowNs - aheadNs && timeNs <= nowNs + aheadNs;
}
