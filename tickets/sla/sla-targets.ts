import {
  defaultProfile,
  type Promises,
  type SlaProfileName,
  slaProfiles,
} from "@firebreak/plans/sla-profiles.ts";
import { type Priority, priorities } from "../vocabulary.ts";
import type { ClockKind, SlaTarget } from "./sla-clock.ts";
import { slaConfig } from "./sla-config.ts";

/** One time of a commitment: for one priority, or for all. */
export interface SlaOverride {
  readonly clock: "response" | "arrival" | "resolution" | "parts_delivery";
  readonly priority?: Priority;
  readonly targetMinutes: number;
}

/** What one party promises: a profile, seen from so many levels more urgent, with some times of its own. */
export interface ServicePromise {
  readonly profile: SlaProfileName;
  /** Levels by which a segment raises its service: 1 treats general as major, major as emergency. */
  readonly uplift?: number;
  /** Times that count where they are shorter than those of the profile: a commitment only tightens (PL-7). */
  readonly overrides?: readonly SlaOverride[];
}

export interface ServiceLevelSources {
  /** Of the customer, for this machine and today. */
  readonly commitment?: {
    readonly slaProfile?: SlaProfileName;
    readonly slaOverrides?: readonly SlaOverride[];
  };
  /** Of the plan, for the customer's segment. */
  readonly segment?: { readonly slaProfile?: SlaProfileName; readonly slaUplift?: number };
  readonly plan?: {
    readonly slaProfile?: SlaProfileName;
    readonly slaOverrides?: readonly SlaOverride[];
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

/** A clock to be started when a ticket opens, or when somebody has arrived. */
export interface KindTarget {
  readonly kind: ClockKind;
  readonly from: "opening" | "arrival";
  readonly target: { readonly minutes: number };
}

const plannedTriggers: readonly string[] = ["service_hours", "calendar", "peak_season"];

/**
 * The clocks of a repair or an inspection. Planned work has none (SL-6); a predicted failure is answered but arrived at
 * within its due window; a customer's report is confirmed and dispatched.
 */
export function targetsOf(
  level: SlaProfileName | ServiceLevel,
  priority: Priority,
  trigger: string,
): readonly KindTarget[] {
  if (priority === "planned" || plannedTriggers.includes(trigger)) return [];
  const parties: ServiceLevel = typeof level === "string" ? [{ profile: level }] : level;
  const promises = parties.map((party) => promisesOf(party, priority)).reduce(stricter);
  const { response, arrival, resolution, resolutionAfterArrival } = promises;
  const isPredicted = trigger === "predicted_failure";
  const confirmation =
    trigger === "customer_report" ? slaConfig.dispatchConfirmationMinutes : undefined;
  return [
    ...target("response", response),
    ...target("dispatch_confirmation", confirmation),
    ...(isPredicted ? [] : target("arrival", arrival)),
    ...(isPredicted ? [] : target("resolution", resolution)),
    ...(isPredicted ? [] : target("resolution", resolutionAfterArrival, "arrival")),
  ];
}

const target = (
  kind: ClockKind,
  minutes: number | undefined,
  from: KindTarget["from"] = "opening",
): readonly KindTarget[] => (minutes === undefined ? [] : [{ kind, from, target: { minutes } }]);

function promisesOf(
  { profile, uplift = 0, overrides = [] }: ServicePromise,
  priority: Exclude<Priority, "planned">,
): Promises {
  const raised = priorities[Math.max(priorities.indexOf(priority) - uplift, 0)];
  const seenAs = raised === undefined || raised === "planned" ? priority : raised;
  return overrides
    .filter((override) => isFor(override, priority))
    .reduce<Promises>(
      (promises, { clock, targetMinutes }) =>
        clock === "parts_delivery" ? promises : stricter(promises, { [clock]: targetMinutes }),
      slaProfiles[profile].promises[seenAs],
    );
}

const isFor = ({ priority }: SlaOverride, of: Priority): boolean =>
  priority === undefined || priority === of;

const promiseKinds = ["response", "arrival", "resolution", "resolutionAfterArrival"] as const;

/** Of each time the shorter; a time that only one promises counts. */
export function stricter(one: Promises, other: Promises): Promises {
  return Object.fromEntries(
    promiseKinds.flatMap((kind) => {
      const minutes = [one[kind], other[kind]].filter((value) => value !== undefined);
      return minutes.length === 0 ? [] : [[kind, Math.min(...minutes)]];
    }),
  );
}

/** What a parts request is about, as far as its clocks care. */
export interface PartsRequest {
  /** Of the maker's wear list: answered at once. */
  readonly isWearListed: boolean;
  readonly priority: Priority;
  /** A regional centre serves the destination (C-08). */
  readonly isCentreCovered: boolean;
}

/** From the request on: the reply, and the supply unless a delivery from a centre is promised instead (§3.9). */
export function partsRequestTargets(request: PartsRequest): readonly {
  readonly kind: ClockKind;
  readonly target: SlaTarget;
}[] {
  const { isWearListed } = request;
  const reply: SlaTarget = isWearListed
    ? { minutes: slaConfig.wearListReplyMinutes }
    : { workingDays: slaConfig.otherReplyWorkingDays };
  const supply: SlaTarget = {
    workingDays: isWearListed
      ? slaConfig.wearListSupplyWorkingDays
      : slaConfig.otherSupplyWorkingDays,
  };
  return [
    { kind: "parts_reply", target: reply },
    ...(isDelivered(request) ? [] : [{ kind: "parts_supply" as const, target: supply }]),
  ];
}

/** Emergency and major requests that a regional centre covers are delivered within 24 h of their approval. */
export const isDelivered = ({ priority, isCentreCovered }: PartsRequest): boolean =>
  isCentreCovered && (priority === "emergency" || priority === "major");

/** Approved → received; a commitment may promise less than 24 h. */
export function partsDeliveryTarget(
  priority: Priority,
  level?: ServiceLevel,
): { readonly minutes: number } {
  const promised = (level ?? []).flatMap(({ overrides = [] }) =>
    overrides
      .filter((one) => one.clock === "parts_delivery" && isFor(one, priority))
      .map(({ targetMinutes }) => targetMinutes),
  );
  return { minutes: Math.min(slaConfig.partsDeliveryMinutes, ...promised) };
}

export const reportUploadTarget: SlaTarget = { minutes: slaConfig.reportUploadMinutes };
export const flyingSquadTarget: SlaTarget = { minutes: slaConfig.flyingSquadMinutes };
export const followUpTarget: SlaTarget = { minutes: slaConfig.followUpMinutes };

/** Machine received in the workshop → repaired (O-07). */
export const turnaroundTarget = (isInWarranty: boolean): SlaTarget => ({
  workingDays: isInWarranty
    ? slaConfig.turnaroundWorkingDays.inWarranty
    : slaConfig.turnaroundWorkingDays.outOfWarranty,
});
