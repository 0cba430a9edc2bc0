import type { Service } from "./plan-schema.ts";
import { type Layer, layersOf, type Origin, type ServiceLayers } from "./service-layers.ts";
import { type ServiceLevel, serviceLevelOf } from "./service-promises.ts";
import { type Settled, type SettledTerms, settleTerms } from "./settle-terms.ts";
import { entitlements } from "./tier-entitlements.ts";

/** What a plan means for one machine: of every term that layers may change the value that holds, and where it is from. */
export interface ResolvedService extends SettledTerms {
  readonly tier: Service["tier"];
  /** What is promised when something breaks; the commitment's promise stands beside the plan's and only tightens. */
  readonly level: ServiceLevel;
}

/**
 * PL-7: the plan, its regions from the root to the leaf, the customer's segment, his commitment, each laid over those
 * before. Month 1 is in it whatever they say (PL-2), and nothing that the tier is not entitled to (PL-3, C-19). Pure: the
 * order in which a file or a list names layers changes nothing.
 */
export function resolveService(service: Service, layers: ServiceLayers): ResolvedService {
  const { commitment } = layers;
  const settled = settleTerms([...layersOf(service, layers), ...monthsOf(commitment)]);
  const { slaProfile, slaUplift, clocks } = settled;
  return {
    ...settled,
    ...withinTier(settled, service.tier),
    tier: service.tier,
    level: serviceLevelOf({
      commitment,
      plan: {
        slaProfile: slaProfile.value,
        ...(clocks.length === 0 ? {} : { slaOverrides: clocks.map(({ value }) => value) }),
      },
      segment: slaUplift === undefined ? {} : { slaUplift: slaUplift.value },
    }),
  };
}

/**
 * The section as it reads with these values in place and without its layers. What has no place in a plan of its own
 * (`slaUplift`, `stockFactor`, `marketStage`), and inspections of a plan that has none, stay out of it.
 */
export function foldService(service: Service, resolved: ResolvedService): Service {
  const { regionOverrides: _r, segmentOverrides: _s, staffing: _t, premium: _p, ...rest } = service;
  const { slaProfile, clocks, staffing, premium } = resolved;
  const preventive = service.preventive && foldInspections(service.preventive, resolved);
  return {
    ...rest,
    emergency: {
      slaProfile: slaProfile.value,
      ...(clocks.length === 0 ? {} : { clocks: clocks.map(({ value }) => value) }),
    },
    ...(preventive ? { preventive } : {}),
    ...(staffing ? { staffing: staffing.value } : {}),
    ...(premium ? { premium: premium.value } : {}),
  };
}

type Inspections = NonNullable<Service["preventive"]>;

function foldInspections(preventive: Inspections, resolved: ResolvedService): Inspections {
  const { peak: _p, frequencyMultiplier: _f, ...rest } = preventive;
  const { calendarMonths, peak, frequencyMultiplier } = resolved;
  return {
    ...rest,
    ...(calendarMonths ? { calendarMonths: [...calendarMonths.value] } : {}),
    ...(peak ? { peak: peak.value } : {}),
    ...(frequencyMultiplier ? { frequencyMultiplier: frequencyMultiplier.value } : {}),
  };
}

function monthsOf(commitment: ServiceLayers["commitment"]): Layer[] {
  const { commitmentId = "", inspectionMonths } = commitment ?? {};
  if (inspectionMonths === undefined) return [];
  return [
    {
      origin: { layer: "commitment", of: commitmentId },
      terms: { calendarMonths: [...inspectionMonths] },
      pathTo: () => undefined,
    },
  ];
}

type Bounded = Pick<
  SettledTerms,
  "calendarMonths" | "peak" | "frequencyMultiplier" | "staffing" | "premium"
>;

/** What only a region may add to tier `above` is kept when a region says it. */
function withinTier(settled: SettledTerms, tier: Service["tier"]): Bounded {
  const may = entitlements[tier];
  const ofTier: Origin = { layer: "tier", of: tier };
  const { calendarMonths, peak, frequencyMultiplier, staffing, premium } = settled;
  const mayPremium = may.premium || (may.preventive && premium?.origin.layer === "region");
  const isTooMuch = staffing?.value.dedicatedSpecialist && !may.dedicatedSpecialist;
  return {
    calendarMonths: may.preventive ? withMonthOne(calendarMonths) : { value: [1], origin: ofTier },
    peak: may.preventive ? peak : undefined,
    frequencyMultiplier: may.preventive ? frequencyMultiplier : undefined,
    staffing: isTooMuch
      ? { value: { ...staffing.value, dedicatedSpecialist: false }, origin: ofTier }
      : staffing,
    premium: mayPremium ? premium : undefined,
  };
}

const withMonthOne = (
  listed: Settled<readonly number[]> | undefined,
): Settled<readonly number[]> | undefined =>
  listed && { ...listed, value: monthsWithOne(listed.value) };

/** PL-2: ascending, each once, month 1 among them. */
export const monthsWithOne = (months: readonly number[]): readonly number[] =>
  [...new Set([1, ...months])].sort((a, b) => a - b);
