import { HOUR_MS, MINUTE_MS } from "../lifecycle/step.ts";
import type { SilencePolicy } from "./silence-policy.ts";
import type { SilentMachine } from "./silent-machine.ts";
import { visitOf } from "./visits.ts";

export interface DueSilences {
  /** To be looked at now, the longest silent first. */
  readonly due: readonly SilentMachine[];
  /** Machines that want it too and wait: there are too many, or they were lost together. */
  readonly waiting: number;
}

/** Which silent machines somebody is to look at now. Pure. */
export function dueSilences(
  silent: readonly SilentMachine[],
  of: {
    readonly policy: SilencePolicy;
    /** It has a ticket already, or does not work at present. */
    readonly isExcused: (machineId: string) => boolean;
    /** Of its plan; undefined: as of all. */
    readonly afterHoursOf?: (machineId: string) => number | undefined;
    /** Tickets opened within the last hour. */
    readonly openedLately: number;
  },
): DueSilences {
  const { policy, isExcused, openedLately, afterHoursOf } = of;
  const visited = silent.filter((machine) => visitOf(machine) !== undefined);
  const together = lostTogether(visited, policy.together);
  const isHeld = ({ machineId, heardMs }: SilentMachine) =>
    together.has(machineId) && heardMs < policy.together.hours * HOUR_MS;
  const afterMs = (machineId: string) => (afterHoursOf?.(machineId) ?? policy.afterHours) * HOUR_MS;
  const wanted = visited.filter(
    ({ machineId, heardMs }) => heardMs >= afterMs(machineId) && !isExcused(machineId),
  );
  const due = wanted
    .filter((machine) => !isHeld(machine))
    .sort((a, b) => a.sinceMs - b.sinceMs)
    .slice(0, Math.max(0, policy.mostAnHour - openedLately));
  return { due, waiting: wanted.length - due.length };
}

/** Machines that fell silent with so many others that it is nothing of their own. */
function lostTogether(
  silent: readonly SilentMachine[],
  { machines, withinMinutes }: SilencePolicy["together"],
): Set<string> {
  const sorted = [...silent].sort((a, b) => a.sinceMs - b.sinceMs);
  const found = new Set<string>();
  let from = 0;
  let next = 0;
  for (const [to, { sinceMs }] of sorted.entries()) {
    while (sinceMs - (sorted[from]?.sinceMs ?? sinceMs) > withinMinutes * MINUTE_MS) from++;
    if (to + 1 - from < machines) continue;
    for (const { machineId } of sorted.slice(Math.max(from, next), to + 1)) found.add(machineId);
    next = to + 1;
  }
  return found;
}
