import { unknownParts } from "./check-catalogue.ts";
import { checkLayerTerms, checkLayerTimes, checkPlaces, type RegionTree } from "./check-layers.ts";
import { type PlanMistake, repeated, tolerant, unknownName } from "./plan-mistake.ts";
import type { Plan } from "./plan-schema.ts";
import { entitlements, tierOfProduct } from "./tier-entitlements.ts";

type Path = PlanMistake["path"];

/** Invariants of the service plan and its references (PL-1 to PL-5), of regions only where they are known. */
export function checkService(plan: Plan, regions?: RegionTree): PlanMistake[] {
  const checks = [
    checkTier,
    checkPartsPolicy,
    checkPoints,
    checkIntervals,
    checkChecklists,
    checkParts,
    checkHourMeter,
  ];
  return [
    ...[checkPlaces, checkLayerTimes, checkLayerTerms].flatMap((check) =>
      tolerant(check)(plan, regions),
    ),
    ...checks.flatMap((check) => tolerant(check)(plan)),
  ];
}

const at = (path: Path, message: string, where: PlanMistake["at"] = "value"): PlanMistake => ({
  path,
  message,
  at: where,
});

/** PL-3: what a tier entitles to, of what no layer changes. */
function checkTier({ service }: Plan): PlanMistake[] {
  const { tier, productType, preventive, intervals = [] } = service;
  const found: PlanMistake[] = [];
  const told = Object.hasOwn(tierOfProduct, productType) ? tierOfProduct[productType] : undefined;
  if (told !== undefined && told !== tier)
    found.push(at(["service", "tier"], `a ${productType} is of tier ${told}, not ${tier}`));
  if (entitlements[tier].preventive) return found;
  // C-19: the base service of tier meet has the month-1 inspection and no other.
  if (preventive?.hazardPoints !== undefined)
    found.push(
      at(
        ["service", "preventive", "hazardPoints"],
        "tier meet has no hazardPoints; remove it",
        "key",
      ),
    );
  for (const [index, { everyHours, everyMonths }] of intervals.entries())
    if (everyHours === undefined && everyMonths !== undefined)
      found.push(
        at(
          ["service", "intervals", index, "everyMonths"],
          'tier meet has services by hours; give "everyHours", with the months beside it',
          "key",
        ),
      );
  return found;
}

/** PL-4. */
function checkPartsPolicy({ service: { tier, partsPolicy, parts = [] } }: Plan): PlanMistake[] {
  const path = ["service", "partsPolicy"];
  const may = entitlements[tier];
  const found: PlanMistake[] = [];
  for (const [index, { reservePer100Machines = 0 }] of parts.entries())
    if (reservePer100Machines > 0 && !may.reserve)
      found.push(
        at(
          ["service", "parts", index, "reservePer100Machines"],
          `only tier exceed has parts reserved, not ${tier}; remove it`,
          "key",
        ),
      );
  if (partsPolicy?.reserve && !may.reserve)
    found.push(at([...path, "reserve"], `only tier exceed has parts reserved, not ${tier}`));
  if (partsPolicy?.supplyTimeGuarantee && !may.supplyTimeGuarantee)
    found.push(
      at([...path, "supplyTimeGuarantee"], "tier meet is not guaranteed a time of supply"),
    );
  return found;
}

function checkPoints({ service: { preventive } }: Plan): PlanMistake[] {
  const points = preventive?.hazardPoints ?? [];
  const path = ["service", "preventive", "hazardPoints"];
  return [
    ...points.flatMap(({ atHours, atMonths }, index) =>
      (atHours === undefined) === (atMonths === undefined)
        ? [at([...path, index], 'give exactly one of "atHours" and "atMonths"')]
        : [],
    ),
    ...repeated(points.map(({ id }) => id)).map((index) =>
      at([...path, index, "id"], "is the id of an earlier hazard point"),
    ),
  ];
}

function checkIntervals(plan: Plan): PlanMistake[] {
  const { intervals = [] } = plan.service;
  const path = ["service", "intervals"];
  return [
    ...unknownParts(
      plan,
      intervals.flatMap(({ kit = [] }, index) =>
        kit.map(({ partNo }, line): [string, Path] => [
          partNo,
          [...path, index, "kit", line, "partNo"],
        ]),
      ),
    ),
    ...intervals.flatMap(({ everyHours, everyMonths }, index) =>
      everyHours === undefined && everyMonths === undefined
        ? [at([...path, index], 'give "everyHours", "everyMonths" or both')]
        : [],
    ),
    ...intervals.flatMap(({ everyHours, leadHours }, index) =>
      everyHours !== undefined && leadHours !== undefined && leadHours >= everyHours
        ? [at([...path, index, "leadHours"], `must be less than ${everyHours}, the interval`)]
        : [],
    ),
    ...repeated(intervals.map(({ id }) => id)).map((index) =>
      at([...path, index, "id"], "is the id of an earlier interval"),
    ),
  ];
}

/** PL-5 for checklists: every one that is named is there, and what its steps name is there too. */
function checkChecklists({ acquisition, service }: Plan): PlanMistake[] {
  const { preventive, intervals = [], checklists = {}, parts = [] } = service;
  const known = Object.keys(checklists);
  const named: [string, Path][] = [
    ...(preventive
      ? [[preventive.checklist, ["service", "preventive", "checklist"]] as [string, Path]]
      : []),
    ...intervals.map(({ checklist }, index): [string, Path] => [
      checklist,
      ["service", "intervals", index, "checklist"],
    ]),
  ];
  const found = named.flatMap(([name, path]) => unknownName("checklist", name, { known, path }));
  const signals = Object.keys(acquisition.signals);
  const positions = parts.map(({ position }) => position);
  for (const [id, { steps }] of Object.entries(checklists)) {
    const path = ["service", "checklists", id, "steps"];
    for (const index of repeated(steps.map((step) => step.id)))
      found.push(at([...path, index, "id"], "is the id of an earlier step of this checklist"));
    for (const [index, { signal, measures }] of steps.entries()) {
      if (signal !== undefined)
        found.push(
          ...unknownName("signal", signal, { known: signals, path: [...path, index, "signal"] }),
        );
      if (measures !== undefined)
        found.push(
          ...unknownName("position", measures, {
            known: positions,
            path: [...path, index, "measures"],
          }),
        );
    }
  }
  return found;
}

function checkParts({ acquisition, service: { parts = [] } }: Plan): PlanMistake[] {
  const path = ["service", "parts"];
  const signals = Object.keys(acquisition.signals);
  return [
    ...repeated(parts.map(({ position }) => position)).map((index) =>
      at([...path, index, "position"], "another part sits at this position"),
    ),
    ...parts.flatMap(({ wearLife }, index) => {
      const where = [...path, index, "wearLife", "signal"];
      const { basis, signal } = wearLife ?? {};
      if (signal === undefined) return [];
      if (basis === "months") return [at(where, "months need no counter; remove it", "key")];
      return unknownName("signal", signal, { known: signals, path: where });
    }),
  ];
}

function checkHourMeter({ acquisition: { signals }, service: { hourMeter } }: Plan): PlanMistake[] {
  if (hourMeter === undefined) return [];
  const path = ["service", "hourMeter"];
  const unit = signals[hourMeter]?.unit;
  if (unit === undefined)
    return unknownName("signal", hourMeter, { known: Object.keys(signals), path });
  return unit === "h" ? [] : [at(path, `must be a signal in h; "${hourMeter}" is in ${unit}`)];
}
