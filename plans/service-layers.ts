// What of a service plan differs from place to place, in the order in which it is laid over the plan (PL-7).
import type { RegionPatch } from "./layer-schema.ts";
import type { PlanMistake } from "./plan-mistake.ts";
import type { Service } from "./plan-schema.ts";
import type { PromisedTime } from "./service-promises.ts";
import type { SlaProfileName } from "./sla-profiles.ts";

type Path = PlanMistake["path"];

/** Where a value comes from. */
export interface Origin {
  /** `tier`: what the machine's tier is not entitled to is taken back, whoever says it. */
  readonly layer: "plan" | "region" | "segment" | "commitment" | "tier";
  /** The region, segment, commitment or tier; empty for the plan itself. */
  readonly of: string;
  /** Headquarters' override; left out where the plan's own file says it. */
  readonly overrideId?: string;
  /** Of the value in the plan's file. */
  readonly path?: Path;
}

type TermName = keyof RegionPatch;
/** What one layer says of the terms that may differ; what it does not name stays as it is. */
export type Terms = { readonly [Name in TermName]?: RegionPatch[Name] | undefined };

/** What headquarters change of this plan without a new version of it, for a region or a segment. */
export type PlacedOverride = Pick<Terms, "calendarMonths" | "peak" | "slaProfile" | "slaUplift"> & {
  readonly overrideId: string;
  readonly regionId?: string;
  readonly segment?: string;
};

/** What a customer was promised for a machine. */
export interface CommitmentTerms {
  readonly commitmentId?: string;
  readonly inspectionMonths?: readonly number[];
  readonly slaProfile?: SlaProfileName;
  readonly slaOverrides?: readonly PromisedTime[];
}

/** Where a machine works, and for whom. */
export interface ServiceLayers {
  /** From the root to the leaf. */
  readonly regionIds: readonly string[];
  readonly segment?: string | undefined;
  /** Of this plan, in any order. */
  readonly overrides?: readonly PlacedOverride[] | undefined;
  readonly commitment?: CommitmentTerms | undefined;
}

export interface Layer {
  readonly origin: Origin;
  readonly terms: Terms;
  /** Where in the plan's file this layer says a term. */
  readonly pathTo: (name: TermName) => Path | undefined;
}

/**
 * The plan itself, then regions from the root to the leaf, then the segment; of one place what the plan's file says, then
 * headquarters. Neither the order in the file nor that of `overrides` counts. Pure.
 */
export function layersOf(service: Service, layers: ServiceLayers): readonly Layer[] {
  const { regionIds, segment, overrides = [] } = layers;
  const { regionOverrides = {}, segmentOverrides = {} } = service;
  const sorted = overrides.toSorted((a, b) => (a.overrideId < b.overrideId ? -1 : 1));
  return [
    planLayer(service),
    ...regionIds.flatMap((id) => [
      ...ownLayer(["service", "regionOverrides", id], "region", regionOverrides),
      ...sorted.filter(({ regionId }) => regionId === id).map(headquartersLayer),
    ]),
    ...(segment === undefined
      ? []
      : [
          ...ownLayer(["service", "segmentOverrides", segment], "segment", segmentOverrides),
          ...sorted.filter((one) => one.segment === segment).map(headquartersLayer),
        ]),
  ];
}

/** Where the plan itself says what layers may change. */
const planPaths: Readonly<Partial<Record<TermName, Path>>> = {
  calendarMonths: ["service", "preventive", "calendarMonths"],
  peak: ["service", "preventive", "peak"],
  frequencyMultiplier: ["service", "preventive", "frequencyMultiplier"],
  slaProfile: ["service", "emergency", "slaProfile"],
  clocks: ["service", "emergency", "clocks"],
  staffing: ["service", "staffing"],
  premium: ["service", "premium"],
};

/** A draft that does not fit the schema may lack its emergency section. */
function planLayer({ preventive, emergency, staffing, premium }: Partial<Service>): Layer {
  return {
    origin: { layer: "plan", of: "" },
    terms: {
      calendarMonths: preventive?.calendarMonths,
      peak: preventive?.peak,
      frequencyMultiplier: preventive?.frequencyMultiplier,
      slaProfile: emergency?.slaProfile,
      clocks: emergency?.clocks,
      staffing,
      premium,
    },
    pathTo: (name) => planPaths[name],
  };
}

function ownLayer(
  path: readonly [string, string, string],
  layer: "region" | "segment",
  patches: Readonly<Record<string, Terms>>,
): Layer[] {
  const [, , of] = path;
  // A region may be called as what every object has, such as "constructor".
  const terms = Object.hasOwn(patches, of) ? patches[of] : undefined;
  if (terms === undefined) return [];
  return [{ origin: { layer, of }, terms, pathTo: (name) => [...path, name] }];
}

function headquartersLayer(override: PlacedOverride): Layer {
  const { overrideId, regionId, segment } = override;
  const { calendarMonths, peak, slaProfile, slaUplift } = override;
  const layer = regionId === undefined ? "segment" : "region";
  return {
    origin: { layer, of: regionId ?? segment ?? "", overrideId },
    terms: { calendarMonths, peak, slaProfile, slaUplift },
    pathTo: () => undefined,
  };
}
