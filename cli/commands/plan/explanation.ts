import type { ConfigPath } from "@firebreak/kit/load-config.ts";
import { derivedOf } from "@firebreak/plans/derived-inputs.ts";
import { type ExplainedTime, explainPromises } from "@firebreak/plans/explain-promises.ts";
import { type OpenedPlan, planRef } from "@firebreak/plans/load-plans.ts";
import type { Service } from "@firebreak/plans/plan-schema.ts";
import { foldService, resolveService } from "@firebreak/plans/resolve-service.ts";
import { layersOf, type Origin } from "@firebreak/plans/service-layers.ts";
import { inspectionProgramOf } from "@firebreak/tickets/planner/inspection-program.ts";
import { shortest } from "./check.ts";
import type { ChosenPlace } from "./choose-place.ts";
import { derivedWords } from "./derived-words.ts";
import type { KnownOrganisation } from "./known-organisation.ts";

/** Where a value is from, for people and programs. */
export interface ShownOrigin extends Pick<Origin, "layer" | "of" | "overrideId"> {
  /** `file:line:column`; left out for what stands in no file. */
  readonly at?: string;
}

/** One value of the resolved plan. */
export interface ExplainedValue {
  readonly name: string;
  readonly value: unknown;
  readonly from: ShownOrigin;
}

export interface Explanation {
  /** `<plan>@<version>`. */
  readonly plan: string;
  readonly file: string;
  readonly productType: string;
  readonly tier: Service["tier"];
  /** Where regions, customers and promises are from. */
  readonly organisation: string;
  readonly place: {
    /** From the root to the leaf. */
    readonly regionIds: readonly string[];
    readonly segment: string | undefined;
    readonly customerId: string | undefined;
    readonly commitmentId: string | undefined;
  };
  /** What is laid over the plan there, in this order. */
  readonly layers: readonly (ShownOrigin & { readonly changes: readonly string[] })[];
  readonly values: readonly ExplainedValue[];
  readonly times: readonly (Omit<ExplainedTime, "origin"> & { readonly from: ShownOrigin })[];
  /** Places that the plan speaks of, whether asked for or not. */
  readonly speaksOf: { readonly regions: readonly string[]; readonly segments: readonly string[] };
  /** What the plan reckons from its signals, the same everywhere. */
  readonly derived: readonly {
    readonly name: string;
    readonly unit: string;
    readonly says: string;
    readonly at: string;
  }[];
  /** The service section with these values in place. */
  readonly service: Service;
}

/** What a plan means in a place, and which layer each value is from. Pure. */
export function explainPlan(
  opened: OpenedPlan,
  { layers, customer, commitment }: ChosenPlace,
  organisation: KnownOrganisation,
): Explanation {
  const { plan, file, positionOf } = opened;
  const { service } = plan;
  const shown = shortest(file);
  const indexOf = commitment ? organisation.commitments.indexOf(commitment) : -1;
  const show = (origin: Origin, field?: string): ShownOrigin => {
    const at =
      origin.layer === "commitment"
        ? organisation.placeOf(commitmentPath(indexOf, field))
        : origin.path && spot(shown, positionOf(origin.path));
    const { path: _, ...rest } = origin;
    return at === undefined ? rest : { ...rest, at };
  };
  const resolved = resolveService(service, layers);
  return {
    plan: planRef(plan),
    file: shown,
    productType: service.productType,
    tier: service.tier,
    organisation: organisation.source,
    place: {
      regionIds: layers.regionIds,
      segment: layers.segment,
      customerId: customer?.customerId,
      commitmentId: commitment?.commitmentId,
    },
    layers: shownLayers(service, layers, show),
    values: valuesOf(service, layers, show),
    times: explainPromises(resolved, commitment).map(({ origin, ...time }) => ({
      ...time,
      from: show(origin, time.by === "clock" ? "slaOverrides" : "slaProfile"),
    })),
    speaksOf: {
      regions: Object.keys(service.regionOverrides ?? {}).sort(),
      segments: Object.keys(service.segmentOverrides ?? {}).sort(),
    },
    derived: Object.entries(derivedOf(plan)).map(([name, one]) => ({
      ...{ name, unit: one.unit, says: derivedWords(one) },
      at: spot(shown, positionOf(["rules", "derived", name])),
    })),
    service: foldService(service, resolved),
  };
}

type Show = (origin: Origin, field?: string) => ShownOrigin;
type Layers = ChosenPlace["layers"];

const spot = (
  file: string,
  { line, column }: { readonly line: number; readonly column: number },
): string => `${file}:${line}:${column}`;

const commitmentPath = (index: number, field: string | undefined): ConfigPath =>
  field === undefined ? ["commitments", index] : ["commitments", index, field];

function shownLayers(service: Service, layers: Layers, show: Show): Explanation["layers"] {
  const [, ...over] = layersOf(service, layers);
  const { commitment } = layers;
  const { commitmentId = "", inspectionMonths, slaProfile, slaOverrides = [] } = commitment ?? {};
  return [
    ...over.map(({ origin, terms, pathTo }) => {
      const changes = Object.entries(terms).flatMap(([name, value]) =>
        value === undefined ? [] : [name],
      );
      // The layer's own place is that of its group, one step above its values.
      const path = pathTo("calendarMonths")?.slice(0, -1);
      return { ...show(path ? { ...origin, path } : origin), changes };
    }),
    ...(commitment === undefined
      ? []
      : [
          {
            ...show({ layer: "commitment", of: commitmentId }),
            changes: [
              ...(slaProfile === undefined ? [] : ["slaProfile"]),
              ...(slaOverrides.length === 0 ? [] : ["slaOverrides"]),
              ...(inspectionMonths === undefined ? [] : ["inspectionMonths"]),
            ],
          },
        ]),
  ];
}

/** What has a value; months as they are really inspected, with the template and denser ones of new types. */
function valuesOf(service: Service, layers: Layers, show: Show): ExplainedValue[] {
  const resolved = resolveService(service, layers);
  const { months, peak } = inspectionProgramOf(service, layers);
  const ofPlan: Origin = { layer: "plan", of: "" };
  const settled = {
    slaProfile: resolved.slaProfile,
    slaUplift: resolved.slaUplift,
    inspectionMonths: { value: months, origin: resolved.calendarMonths?.origin ?? ofPlan },
    frequencyMultiplier: resolved.frequencyMultiplier,
    peak: peak && { value: peak, origin: resolved.peak?.origin ?? ofPlan },
    staffing: resolved.staffing,
    premium: resolved.premium,
    stockFactor: resolved.stockFactor,
    marketStage: resolved.marketStage,
  };
  return Object.entries(settled).flatMap(([name, one]) =>
    one === undefined ? [] : [{ name, value: one.value, from: show(one.origin, name) }],
  );
}
