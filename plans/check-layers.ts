import { checkClocks } from "./check-emergency.ts";
import { segments } from "./place-words.ts";
import { type PlanMistake, repeated, unknownName } from "./plan-mistake.ts";
import type { Plan, Service } from "./plan-schema.ts";
import { type Layer, layersOf, type Origin, type ServiceLayers } from "./service-layers.ts";
import { type SettledTerms, settleTerms } from "./settle-terms.ts";
import { entitlements } from "./tier-entitlements.ts";

/** Every region that there is, and the ids from the root to it, itself included. */
export type RegionTree = ReadonlyMap<string, readonly string[]>;

type Path = PlanMistake["path"];

const at = (path: Path, message: string, where: PlanMistake["at"] = "value"): PlanMistake => ({
  path,
  message,
  at: where,
});

/** PL-1 of the plan as it is resolved in each place that it speaks of. `regions`: as for `checkLayerTerms`. */
export const checkLayerTimes = ({ service }: Plan, regions?: RegionTree): PlanMistake[] =>
  inEachPlace(service, regions, checkTimes);

/**
 * PL-2 and PL-3 of the plan as it is resolved in each place that it speaks of. `regions`: where they are known; without
 * them each region is taken to lie right below the plan.
 */
export const checkLayerTerms = ({ service }: Plan, regions?: RegionTree): PlanMistake[] =>
  inEachPlace(service, regions, (layers) => checkTerms(settleTerms(layers), service.tier));

/** Each mistake once, however many places have it. */
function inEachPlace(
  service: Service,
  regions: RegionTree | undefined,
  check: (layers: readonly Layer[]) => PlanMistake[],
): PlanMistake[] {
  const found = placesOf(service, regions).flatMap((place) => check(layersOf(service, place)));
  return [...new Map(found.map((one) => [JSON.stringify([one.path, one.message]), one])).values()];
}

/** The plan alone, and each region and segment that it names, one with the other. */
function placesOf(
  { regionOverrides = {}, segmentOverrides = {} }: Service,
  regions: RegionTree | undefined,
): ServiceLayers[] {
  const paths = Object.keys(regionOverrides).map((id) => regions?.get(id) ?? [id]);
  return [[], ...paths].flatMap((regionIds) =>
    [undefined, ...Object.keys(segmentOverrides)].map((segment) => ({ regionIds, segment })),
  );
}

/** PL-5: the regions and segments that a plan speaks of are there; of regions only where they are known. */
export function checkPlaces(
  { service: { regionOverrides = {}, segmentOverrides = {} } }: Plan,
  regions?: RegionTree,
): PlanMistake[] {
  const ofKind = (section: string, what: string, names: object, known: readonly string[]) =>
    Object.keys(names)
      .flatMap((name) => unknownName(what, name, { known, path: ["service", section, name] }))
      .map((mistake): PlanMistake => ({ ...mistake, at: "key" }));
  return [
    ...(regions === undefined
      ? []
      : ofKind("regionOverrides", "region", regionOverrides, [...regions.keys()])),
    ...ofKind("segmentOverrides", "segment", segmentOverrides, segments),
  ];
}

/** PL-1: a layer's own times promise more than the profile that holds once it is laid over those before. */
function checkTimes(layers: readonly Layer[]): PlanMistake[] {
  return layers.flatMap(({ terms, pathTo }, index) => {
    const path = pathTo("clocks");
    if (terms.clocks === undefined || path === undefined) return [];
    const { slaProfile, slaUplift } = settleTerms(layers.slice(0, index + 1));
    const already = { profile: slaProfile.value, uplift: slaUplift?.value ?? 0 };
    return checkClocks(terms.clocks, already, path);
  });
}

/** PL-2 and PL-3: what the tier entitles to, pointed at where it is said. */
function checkTerms(settled: SettledTerms, tier: Service["tier"]): PlanMistake[] {
  const may = entitlements[tier];
  const { calendarMonths, staffing } = settled;
  const found = calendarMonths ? checkMonths(calendarMonths.value, calendarMonths.origin) : [];
  found.push(...checkPremium(settled, tier));
  if (staffing?.value.dedicatedSpecialist && !may.dedicatedSpecialist)
    found.push(
      at(
        [...pathOf(staffing.origin), "dedicatedSpecialist"],
        `tier ${tier} has no specialist of its own`,
      ),
    );
  if (may.preventive) return found;
  if (calendarMonths?.value.some((month) => month !== 1))
    found.push(at(pathOf(calendarMonths.origin), "tier meet has the inspection of month 1 only"));
  for (const name of ["peak", "frequencyMultiplier"] as const)
    if (settled[name] !== undefined)
      found.push(at(pathOf(settled[name].origin), `tier meet has no ${name}; remove it`, "key"));
  return found;
}

/** Of overrides month 1 is added by itself (O-08). */
function checkMonths(months: readonly number[], origin: Origin): PlanMistake[] {
  const path = pathOf(origin);
  const says = "must contain 1: the inspection within one month after handover is fixed";
  return [
    ...(origin.layer === "plan" && !months.includes(1) ? [at(path, says)] : []),
    ...repeated(months).map((index) => at([...path, index], "is listed already")),
  ];
}

function checkPremium({ premium }: SettledTerms, tier: Service["tier"]): PlanMistake[] {
  const may = entitlements[tier];
  if (premium === undefined || may.premium) return [];
  const isOfRegion = premium.origin.layer === "region";
  if (isOfRegion && may.preventive) return [];
  const hint = may.preventive ? "; a region may add them" : "";
  return [at(pathOf(premium.origin), `tier ${tier} has no premium services${hint}`, "key")];
}

const pathOf = ({ path = [] }: Origin): Path => path;
