// Which times hold for a machine, when several parties promise some.
import {
  defaultProfile,
  type EmergencyPriority,
  emergencyPriorities,
  type Promises,
  type SlaProfileName,
  slaProfiles,
} from "./sla-profiles.ts";

/** One time that is promised beside a profile: for one priority, or for all. */
export interface PromisedTime {
  readonly clock: "response" | "arrival" | "resolution" | "parts_delivery";
  readonly priority?: EmergencyPriority | "planned";
  readonly targetMinutes: number;
}

/** What one party promises: a profile, seen from so many levels more urgent, with some times of its own. */
export interface ServicePromise {
  readonly profile: SlaProfileName;
  /** Levels by which a segment raises its service: 1 treats general as major, major as emergency. */
  readonly uplift?: number;
  /** Times that count where they are shorter than those of the profile: a commitment only tightens (PL-7). */
  readonly overrides?: readonly PromisedTime[];
}

export interface ServiceLevelSources {
  /** Of the customer, for this machine and today. */
  readonly commitment?:
    | {
        readonly slaProfile?: SlaProfileName;
        readonly slaOverrides?: readonly PromisedTime[];
      }
    | undefined;
  /** Of regions and the customer's segment. */
  readonly segment?: { readonly slaProfile?: SlaProfileName; readonly slaUplift?: number };
  readonly plan?: {
    readonly slaProfile?: SlaProfileName;
    readonly slaOverrides?: readonly PromisedTime[];
  };
}

/** All promises that hold for a machine, for the stricter of each time to win. The first names the level to people. */
export type ServiceLevel = readonly [ServicePromise, ...ServicePromise[]];

/** C-01: commitment → segment override → plan → default, and the stricter of commitment and plan wins. */
export function serviceLevelOf({ commitment, segment, plan }: ServiceLevelSources): ServiceLevel {
  const own: ServicePromise = {
    profile: segment?.slaProfile ?? plan?.slaProfile ?? defaultProfile,
    ...(segment?.slaUplift === undefined ? {} : { uplift: segment.slaUplift }),
    ...(plan?.slaOverrides === undefined ? {} : { overrides: plan.slaOverrides }),
  };
  if (commitment === undefined) return [own];
  const { slaProfile = own.profile, slaOverrides = [] } = commitment;
  return [{ profile: slaProfile, overrides: slaOverrides }, own];
}

/** The times that all parties together promise for faults of a priority: of each the shortest. Pure. */
export const promisesOfLevel = (level: ServiceLevel, priority: EmergencyPriority): Promises =>
  level.map((party) => promisesOf(party, priority)).reduce(stricter);

/** The priority whose times hold for faults of `priority`; nothing is above an emergency. */
export const raisedBy = (priority: EmergencyPriority, uplift: number): EmergencyPriority =>
  emergencyPriorities[Math.max(emergencyPriorities.indexOf(priority) - uplift, 0)] ?? priority;

function promisesOf(
  { profile, uplift = 0, overrides = [] }: ServicePromise,
  priority: EmergencyPriority,
): Promises {
  return overrides
    .filter((override) => isFor(override, priority))
    .reduce<Promises>(
      (promises, { clock, targetMinutes }) =>
        clock === "parts_delivery" ? promises : stricter(promises, { [clock]: targetMinutes }),
      slaProfiles[profile].promises[raisedBy(priority, uplift)],
    );
}

export const isFor = ({ priority }: PromisedTime, of: EmergencyPriority | "planned"): boolean =>
  priority === undefined || priority === of;

export const promiseKinds = [
  "response",
  "arrival",
  "resolution",
  "resolutionAfterArrival",
] as const;
export type PromiseKind = (typeof promiseKinds)[number];

/** Of each time the shorter; a time that only one promises counts. */
export function stricter(one: Promises, other: Promises): Promises {
  return Object.fromEntries(
    promiseKinds.flatMap((kind) => {
      const minutes = [one[kind], other[kind]].filter((value) => value !== undefined);
      return minutes.length === 0 ? [] : [[kind, Math.min(...minutes)]];
    }),
  );
}
