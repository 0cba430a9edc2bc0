import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { monthsWithOne, resolveService } from "@firebreak/plans/resolve-service.ts";
import type { ServiceLayers } from "@firebreak/plans/service-layers.ts";
import { entitlements } from "@firebreak/plans/tier-entitlements.ts";
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

/** C-19: what every machine has, of whatever tier and without any plan. */
export const baseProgram = (config: PlannerConfig = plannerConfig): InspectionProgram => ({
  months: [1],
  hazardPoints: [],
  leadDays: config.leadDays,
  bundle: config.bundle,
});

/** O-08, C-19: the plan resolved for the machine, with the template where nobody names months and denser for new types. */
export function inspectionProgramOf(
  service: Service,
  layers: ServiceLayers,
  config: PlannerConfig = plannerConfig,
): InspectionProgram {
  const { preventive, tier, lifecyclePhase } = service;
  const { calendarMonths, peak, frequencyMultiplier } = resolveService(service, layers);
  const base = {
    leadDays: preventive?.leadDays ?? config.leadDays,
    bundle: preventive?.bundle ?? config.bundle,
    ...(preventive === undefined ? {} : { checklist: preventive.checklist }),
  };
  const months = calendarMonths?.value ?? monthsWithOne(config.templateMonths);
  if (!entitlements[tier].preventive) return { ...base, months, hazardPoints: [] };
  const multiplier =
    frequencyMultiplier?.value ?? (lifecyclePhase === "new" ? config.launchMultiplier : 1);
  return {
    ...base,
    months: denser(months, multiplier),
    hazardPoints: preventive?.hazardPoints ?? [],
    peak: peak?.value ?? config.peak,
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
