import type { Clock } from "@firebreak/kit/clock.ts";

/** Now, in nanoseconds since the Unix epoch, exact to the millisecond of the clock. */
export const nowNs = (clock: Clock): bigint => BigInt(Math.floor(clock.nowMs())) * 1_000_000n;
