import { isFor, promisesOfLevel, type ServiceLevel } from "@firebreak/plans/service-promises.ts";
import type { SlaProfileName } from "@firebreak/plans/sla-profiles.ts";
import type { Priority } from "../vocabulary.ts";
import type { ClockKind, SlaTarget } from "./sla-clock.ts";
import { slaConfig } from "./sla-config.ts";

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
  const { response, arrival, resolution, resolutionAfterArrival } = promisesOfLevel(
    parties,
    priority,
  );
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
