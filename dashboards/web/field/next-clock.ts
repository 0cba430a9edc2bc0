import type { SmartWorkOrder } from "./field-types.ts";

type Clock = SmartWorkOrder["clocks"][number];

/** The clock that runs out first among those that run. Pure. */
export const nextClock = (clocks: readonly Clock[]): Clock | undefined =>
  clocks
    .filter(({ status }) => status === "running" || status === "breached")
    .filter(({ stoppedAt }) => stoppedAt === undefined)
    .sort((one, other) => Date.parse(one.dueAt) - Date.parse(other.dueAt))[0];
