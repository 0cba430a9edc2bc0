import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Commitment } from "../organisation/commitment.ts";
import type { PlanOverride } from "../organisation/plan-override.ts";
import { type PlannerConfig, plannerConfig } from "./planner-config.ts";

type Service = Plan["service"];
type HazardPoint = NonNullable<NonNullable<Service["preventive"]>["hazardPoints"]>[number];

/** What of a plan holds for one machine, after its regions and its customer's segment had their say. */
export interface InspectionProgram {
  /** Months after handover, ascending; 1 is always among them. */
  readonly months: readonly number[];
  readonly hazardPoints: readonly HazardPoint[];
  readonly leadDays: number;
  /** Absent for tiers that are not entitled to it. */
  readonly peak?: { readonly leadDays: number; readonly afterDays: number };
  readonly bundle: { readonly radiusKm: number; readonly windowDays: number };
  readonly checklist?: string;
}

export interface Layers {
  /** From the root to the leaf. */
  readonly regionIds: readonly string[];
  readonly segment?: string | undefined;
  /** Of this plan, put by headquarters: each is laid over what the plan says for the same place. */
  readonly overrides?: readonly PlanOverride[] | undefined;
  /** Of the customer: the last word. */
  readonly commitment?: Pick<Commitment, "inspectionMonths"> | undefined;
}

/** PL-7: base, then regions from the root, then the segment; the last that says something counts. */
export function patchesOf(
  { regionOverrides = {}, segmentOverrides = {} }: Service,
  { regionIds, segment, overrides = [] }: Layers,
) {
  const regional = regionIds.flatMap((regionId) => [
    regionOverrides[regionId] ?? [],
    overrides.filter((one) => one.regionId === regionId),
  ]);
  const own =
    segment === undefined
      ? []
      : [segmentOverrides[segment] ?? [], overrides.filter((one) => one.segment === segment)];
  return [...regional, ...own].flat();
}

/** C-19: what every machine has, of whatever tier and without any plan. */
export const baseProgram = (config: PlannerConfig = plannerConfig): InspectionProgram => ({
  months: [1],
  hazardPoints: [],
  leadDays: config.leadDays,
  bundle: config.bundle,
});

/**
 * PL-2, O-08: month 1 stays whatever the plan or an override says. Tier `meet` has month 1 and nothing else (C-19).
 */
export function inspectionProgramOf(
  service: Service,
  layers: Layers,
  config: PlannerConfig = plannerConfig,
): InspectionProgram {
  const { preventive, tier, lifecyclePhase } = service;
  const patches = patchesOf(service, layers);
  const base = {
    leadDays: preventive?.leadDays ?? config.leadDays,
    bundle: preventive?.bundle ?? config.bundle,
    ...(preventive === undefined ? {} : { checklist: preventive.checklist }),
  };
  if (tier === "meet") return { ...base, months: [1], hazardPoints: [] };
  const listed =
    layers.commitment?.inspectionMonths ??
    patches.findLast(({ calendarMonths }) => calendarMonths !== undefined)?.calendarMonths ??
    preventive?.calendarMonths ??
    config.templateMonths;
  const multiplier =
    preventive?.frequencyMultiplier ?? (lifecyclePhase === "new" ? config.launchMultiplier : 1);
  const peak = patches.findLast((patch) => patch.peak !== undefined)?.peak ?? preventive?.peak;
  return {
    ...base,
    months: denser([...new Set([1, ...listed])].sort(ascending), multiplier),
    hazardPoints: preventive?.hazardPoints ?? [],
    peak: peak ?? config.peak,
  };
}

const ascending = (a: number, b: number): number => a - b;

/** Between every two points `multiplier - 1` further ones, evenly spaced, in whole months. */
function denser(months: readonly number[], multiplier: number): readonly number[] {
  const all = months.flatMap((month, index) => {
    const next = months[index + 1];
    if (next === undefined) return [month];
    return Array.from({ length: multiplier }, (_, step) =>
      Math.round(month + ((next - month) * step) / multiplier),
    );
  });
  return [...new Set(all)].sort(ascending);
}

/** C-01: what a plan says of service levels to a region and a segment, for `serviceLevelOf`. */
export function planServiceLevel(service: Service, layers: Layers) {
  const { emergency } = service;
  const patches = patchesOf(service, layers);
  const slaProfile = patches.findLast((patch) => patch.slaProfile !== undefined)?.slaProfile;
  const slaUplift = patches.findLast((patch) => patch.slaUplift !== undefined)?.slaUplift;
  return {
    plan: {
      slaProfile: emergency.slaProfile,
      ...(emergency.clocks === undefined ? {} : { slaOverrides: emergency.clocks }),
    },
    segment: {
      ...(slaProfile === undefined ? {} : { slaProfile }),
      ...(slaUplift === undefined ? {} : { slaUplift }),
    },
  };
}
