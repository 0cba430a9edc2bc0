import { systemClock } from "@firebreak/kit/clock.ts";
import type { GatewayOptions } from "../gateway-options.ts";
import type { Spool } from "../spool/spool.ts";

/** Samples would otherwise all be pushed to just behind the newest one of before, until the clock has caught up. */
export function isClockBehind(
  { machines, clock, log }: Pick<GatewayOptions, "machines" | "clock" | "log">,
  spool: Pick<Spool, "newestStampNs">,
): boolean {
  const nowNs = BigInt(Math.floor((clock ?? systemClock).nowMs())) * 1_000_000n;
  const isBehind = machines.some(({ machineId }) => {
    const newest = spool.newestStampNs(machineId);
    return newest !== undefined && newest > nowNs + 1_000_000_000n;
  });
  if (isBehind) log.warn({}, "the clock is behind what was spooled, epoch renewed");
  return isBehind;
}
