import { type PlanMistake, repeated } from "./plan-mistake.ts";
import type { Plan } from "./plan-schema.ts";
import {
  baselinePromises,
  type EmergencyPriority,
  emergencyPriorities,
  type Promises,
  type SlaProfileName,
  slaProfiles,
} from "./sla-profiles.ts";

type Clock = "response" | "arrival" | "resolution";

/** PL-1: a plan's own times promise more than its profile and the baseline do, never less, and each of them once. */
export function checkEmergency({ service: { emergency } }: Plan): PlanMistake[] {
  const path = ["service", "emergency", "clocks"];
  const clocks = emergency.clocks ?? [];
  const twice = repeated(clocks.map(({ clock, priority = "" }) => `${clock} ${priority}`)).map(
    (index): PlanMistake => ({
      path: [...path, index],
      message: `the ${clocks[index]?.clock} of ${clocks[index]?.priority ?? "all"} faults has a time already`,
      at: "value",
    }),
  );
  const loose = clocks.flatMap(({ clock, priority, targetMinutes }, index) => {
    const limits = (priority === undefined ? emergencyPriorities : [priority]).flatMap((of) =>
      limitsOf(emergency.slaProfile, of, clock),
    );
    const [least] = limits.toSorted((a, b) => a.minutes - b.minutes);
    return least !== undefined && targetMinutes > least.minutes
      ? [looser([...path, index, "targetMinutes"], clock, least)]
      : [];
  });
  return [...twice, ...loose];
}

interface Limit {
  readonly minutes: number;
  readonly of: EmergencyPriority;
  /** Who promises it, in words. */
  readonly by: string;
}

function limitsOf(profile: SlaProfileName, of: EmergencyPriority, clock: Clock): Limit[] {
  const sources = [
    { by: `profile ${profile}`, promises: slaProfiles[profile].promises[of] },
    { by: "the baseline", promises: baselinePromises[of] },
  ];
  return sources.flatMap(({ by, promises }) => {
    const minutes = minutesOf(promises, clock);
    return minutes === undefined ? [] : [{ minutes, of, by }];
  });
}

const looser = (
  path: PlanMistake["path"],
  clock: Clock,
  { minutes, of, by }: Limit,
): PlanMistake => ({
  path,
  message: `must be at most ${minutes}, as ${by} promises for the ${clock} of ${of} faults`,
  at: "value",
});

/** Minutes from the opening; undefined where a profile has no such clock. */
function minutesOf(promises: Promises, clock: Clock): number | undefined {
  const { arrival, resolution, resolutionAfterArrival } = promises;
  if (clock !== "resolution" || resolution !== undefined) return promises[clock];
  return arrival === undefined || resolutionAfterArrival === undefined
    ? undefined
    : arrival + resolutionAfterArrival;
}

/** Clocks in which a profile promises less than the baseline does, of those that both have; empty: it may be used. */
export const looserThanBaseline = (profile: SlaProfileName): string[] =>
  emergencyPriorities.flatMap((of) =>
    (["response", "arrival", "resolution"] as const).flatMap((clock) => {
      const own = minutesOf(slaProfiles[profile].promises[of], clock);
      const base = minutesOf(baselinePromises[of], clock);
      return own !== undefined && base !== undefined && own > base ? [`${of} ${clock}`] : [];
    }),
  );
