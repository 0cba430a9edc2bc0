import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkPlan } from "./load-plans.ts";
import { entitlements, tierOfProduct } from "./tier-entitlements.ts";

const pumpFile = join(import.meta.dirname, "concrete-pump-truck/plan.yaml");
const pump = readFileSync(pumpFile, "utf8");
const loaderFile = join(import.meta.dirname, "loader-tractor/plan.yaml");
const loader = readFileSync(loaderFile, "utf8");

/** Applies changes of which each must hit. */
function changed(text: string, changes: readonly (readonly [string, string])[]): string {
  return changes.reduce((result, [from, to]) => {
    expect(result).toContain(from);
    return result.replace(from, to);
  }, text);
}

const asMeet = [
  ["  tier: above\n", "  tier: meet\n"],
  ["supplyTimeGuarantee: true", "supplyTimeGuarantee: false"],
] as const;
const monthOneOnly = [
  ["calendarMonths: [1, 3, 6, 12]", "calendarMonths: [1]"],
  ["    peak: { leadDays: 14, afterDays: 14 }\n", ""],
] as const;

describe("checkService", () => {
  test.each([
    {
      name: "PL-2: a plan without the inspection of month 1",
      changes: [["calendarMonths: [1, 3, 6, 12]", "calendarMonths: [3, 6, 12]"]],
      says: "must contain 1: the inspection within one month after handover is fixed",
      points: "calendarMonths: [3, 6, 12]",
    },
    {
      name: "a month listed twice",
      changes: [["calendarMonths: [1, 3, 6, 12]", "calendarMonths: [1, 3, 3]"]],
      says: "is listed already",
      points: "3]",
    },
    {
      name: "PL-3: premium services of tier above",
      changes: [["  tier: exceed\n", "  tier: above\n"]],
      says: "tier above has no premium services; a region may add them",
      points: "premium:",
    },
    {
      name: "PL-4: parts reserved for another tier than exceed",
      changes: [["  tier: exceed\n", "  tier: above\n"]],
      says: "only tier exceed has parts reserved, not above",
      points: "true, supply",
    },
    {
      name: "a hazard point of two kinds",
      changes: [["        atHours: 100\n", "        atHours: 100\n        atMonths: 2\n"]],
      says: 'give exactly one of "atHours" and "atMonths"',
      points: "id: first-oil-change",
    },
    {
      name: "a hazard point of an earlier id",
      changes: [["id: s-valve-wear", "id: first-oil-change"]],
      says: "is the id of an earlier hazard point",
      points: "first-oil-change\n        atMonths",
    },
    {
      name: "an interval without its length",
      changes: [["      everyHours: 2000\n", ""]],
      says: 'give "everyHours", "everyMonths" or both',
      points: "id: service-2000h",
    },
    {
      name: "a lead longer than the interval",
      changes: [["leadHours: 20", "leadHours: 500"]],
      says: "must be less than 500, the interval",
      points: "500\n",
    },
    {
      name: "an interval of an earlier id",
      changes: [["id: service-2000h", "id: service-500h"]],
      says: "is the id of an earlier interval",
      points: "service-500h\n      title: { en: 2000",
    },
    {
      name: "PL-5: a checklist that is not there",
      changes: [["checklist: general-inspection", "checklist: general-inspectoin"]],
      says: 'there is no checklist "general-inspectoin"; did you mean "general-inspection"?',
      points: "general-inspectoin",
    },
    {
      name: "a step of an earlier id",
      changes: [["id: delivery-elbow", "id: delivery-piston-1"]],
      says: "is the id of an earlier step of this checklist",
      points: "delivery-piston-1\n          step: { en: Measure the wall",
    },
    {
      name: "a step that measures nothing known",
      changes: [["measures: delivery-elbow", "measures: elbow"]],
      says: /^there is no position "elbow"/,
      points: "elbow",
    },
    {
      name: "a step with a signal that is not there",
      changes: [
        ["signal: accumulatorPressure\n          measures", "signal: nitrogen\n          measures"],
      ],
      says: /^there is no signal "nitrogen"/,
      points: "nitrogen",
    },
    {
      name: "two parts at one position",
      changes: [["position: delivery-elbow", "position: delivery-piston-1"]],
      says: "another part sits at this position",
      points: "delivery-piston-1\n      title: { en: First",
    },
    {
      name: "a counter that is not there",
      changes: [["signal: strokeCount }", "signal: strokeCont }"]],
      says: 'there is no signal "strokeCont"; did you mean "strokeCount"?',
      points: "strokeCont",
    },
    {
      name: "an hour meter that counts no hours",
      changes: [["hourMeter: engineTotalHoursOfOperation", "hourMeter: strokeCount"]],
      says: 'must be a signal in h; "strokeCount" is in count',
      points: "strokeCount",
    },
    {
      name: "an hour meter that is not there",
      changes: [["hourMeter: engineTotalHoursOfOperation", "hourMeter: engineHours"]],
      says: /^there is no signal "engineHours"/,
      points: "engineHours",
    },
    {
      name: "a counter of months",
      changes: [["basis: months, value: 24", "basis: months, value: 24, signal: strokeCount"]],
      says: "months need no counter; remove it",
      points: "signal: strokeCount",
    },
  ] as const)("tells of $name, with line and column", ({ changes, says, points }) => {
    const bad = changed(pump, changes);
    const found = checkPlan(bad, pumpFile).find(({ message }) =>
      typeof says === "string" ? message === says : says.test(message),
    );
    expect(found).toBeDefined();
    const rest = bad
      .split("\n")
      .slice((found?.line ?? 1) - 1)
      .join("\n");
    expect(rest.slice((found?.column ?? 1) - 1)).toMatch(
      new RegExp(`^${points.replace(/[[\]]/g, "\\$&")}`),
    );
  });

  test("PL-3: tier meet has the inspection of month 1 and nothing else", () => {
    const messages = (changes: readonly (readonly [string, string])[]) =>
      checkPlan(changed(loader, [...asMeet, ...changes]), loaderFile).map(({ message }) => message);
    expect(messages([])).toEqual([
      "tier meet has the inspection of month 1 only",
      "tier meet has no peak; remove it",
    ]);
    expect(messages(monthOneOnly)).toEqual([]);
    const override = "  checklists:\n";
    const patch = `  regionOverrides:
    south: { calendarMonths: [1, 2], premium: { operatorTraining: true, standbyMachine: false, assuranceMode: false } }
  segmentOverrides:
    railway: { peak: { leadDays: 7, afterDays: 7 } }
`;
    expect(messages([...monthOneOnly, [override, `${patch}${override}`]])).toEqual([
      "tier meet has the inspection of month 1 only",
      "tier meet has no premium services",
      "tier meet has no peak; remove it",
    ]);
  });

  test("PL-3: an explicit override of a region gives tier above premium services", () => {
    const patch = `  regionOverrides:
    south: { premium: { operatorTraining: true, standbyMachine: false, assuranceMode: false } }
`;
    expect(
      checkPlan(changed(loader, [["  checklists:\n", `${patch}  checklists:\n`]]), loaderFile),
    ).toEqual([]);
  });

  test.each([
    { products: ["concrete_pump_truck", "paver", "milling_machine"], tier: "exceed" },
    { products: ["concrete_pump", "tower_crane", "horizontal_directional_drill"], tier: "above" },
    { products: ["road_roller"], tier: "meet" },
  ] as const)("O-16: $products are of tier $tier", ({ products, tier }) => {
    for (const product of products) expect(tierOfProduct[product]).toBe(tier);
    const other = tier === "meet" ? "above" : "meet";
    const bad = changed(loader, [
      ["productType: loader_tractor", `productType: ${products[0]}`],
      ["  tier: above\n", `  tier: ${other}\n`],
    ]);
    expect(checkPlan(bad, loaderFile)).toContainEqual(
      expect.objectContaining({
        path: "service.tier",
        message: `a ${products[0]} is of tier ${tier}, not ${other}`,
      }),
    );
  });

  test("O-16: what each tier may be promised", () => {
    const words = (tier: keyof typeof entitlements) =>
      Object.entries(entitlements[tier]).flatMap(([name, is]) => (is ? [name] : []));
    expect(words("exceed")).toEqual([
      "preventive",
      "premium",
      "reserve",
      "supplyTimeGuarantee",
      "dedicatedSpecialist",
    ]);
    expect(words("above")).toEqual(["preventive", "supplyTimeGuarantee"]);
    expect(words("meet")).toEqual([]);
  });

  test("O-16: a specialist of its own is for tier exceed", () => {
    const bad = changed(loader, [["dedicatedSpecialist: false", "dedicatedSpecialist: true"]]);
    expect(checkPlan(bad, loaderFile).map(({ message }) => message)).toEqual([
      "tier above has no specialist of its own",
    ]);
  });

  test("PL-4: tier meet is guaranteed no time of supply", () => {
    const found = checkPlan(
      changed(loader, [["  tier: above\n", "  tier: meet\n"], ...monthOneOnly]),
      loaderFile,
    );
    expect(found.map(({ message }) => message)).toEqual([
      "tier meet is not guaranteed a time of supply",
    ]);
  });

  test("O-08: an override may leave month 1 out, it stays all the same", () => {
    const patch = "  regionOverrides:\n    south: { calendarMonths: [2, 5] }\n";
    expect(
      checkPlan(changed(loader, [["  checklists:\n", `${patch}  checklists:\n`]]), loaderFile),
    ).toEqual([]);
  });
});
