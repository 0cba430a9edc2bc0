import type { Clocks } from "./layer-schema.ts";
import { type PlanMistake, repeated } from "./plan-mistake.ts";
import { raisedBy } from "./service-promises.ts";
import {
  baselinePromises,
  type EmergencyPriority,
  emergencyPriorities,
  type Promises,
  type SlaProfileName,
  slaProfiles,
} from "./sla-profiles.ts";

type Clock = "response" | "arrival" | "resolution";

/** What holds where the clocks are promised: a time of one's own may only be shorter. */
export interface PromisedAlready {
  readonly profile: SlaProfileName;
  /** Levels by which faults are served as more urgent. */
  readonly uplift: number;
}

/** PL-1: times of one's own promise more than profile and baseline do, never less, and each of them once. */
export function checkClocks(
  clocks: Clocks,
  already: PromisedAlready,
  path: PlanMistake["path"],
): PlanMistake[] {
  const twice = repeated(clocks.map(({ clock, priority = "" }) => `${clock} ${priority}`)).map(
    (index): PlanMistake => ({
      path: [...path, index],
      message: `the ${clocks[index]?.clock} of ${clocks[index]?.priority ?? "all"} faults has a time already`,
      at: "value",
    }),
  );
  const loose = clocks.flatMap(({ clock, priority, targetMinutes }, index) => {
    const limits = (priority === undefined ? emergencyPriorities : [priority]).flatMap((of) =>
      limitsOf(already, of, clock),
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
  /** Who promises it, in words, and that it is so because faults are served as more urgent. */
  readonly by: string;
  readonly how: string;
}

function limitsOf(
  { profile, uplift }: PromisedAlready,
  of: EmergencyPriority,
  clock: Clock,
): Limit[] {
  const seenAs = raisedBy(of, uplift);
  const how = seenAs === of ? "" : `, served as ${seenAs} ones`;
  const sources = [
    { by: `profile ${profile}`, promises: slaProfiles[profile].promises[seenAs], how },
    { by: "the baseline", promises: baselinePromises[of], how: "" },
  ];
  return sources.flatMap(({ promises, ...rest }) => {
    const minutes = minutesOf(promises, clock);
    return minutes === undefined ? [] : [{ minutes, of, ...rest }];
  });
}

const looser = (
  path: PlanMistake["path"],
  clock: Clock,
  { minutes, of, by, how }: Limit,
): PlanMistake => ({
  path,
  message: `must be at most ${minutes}, as ${by} promises for the ${clock} of ${of} faults${how}`,
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

/** Clocks in which times promise less than the baseline for the same faults, of those that both have. */
export const looserThanBase = (of: EmergencyPriority, promises: Promises): readonly Clock[] =>
  (["response", "arrival", "resolution"] as const).filter((clock) => {
    const own = minutesOf(promises, clock);
    const base = minutesOf(baselinePromises[of], clock);
    return own !== undefined && base !== undefined && own > base;
  });

/** Clocks in which a profile promises less than the baseline does; empty: it may be used. */
export const looserThanBaseline = (profile: SlaProfileName): string[] =>
  emergencyPriorities.flatMap((of) =>
    looserThanBase(of, slaProfiles[profile].promises[of]).map((clock) => `${of} ${clock}`),
  );
