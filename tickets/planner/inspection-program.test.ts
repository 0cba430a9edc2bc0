import { resolveService } from "@firebreak/plans/resolve-service.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PlanOverride } from "../organisation/plan-override.ts";
import { inspectionProgramOf } from "./inspection-program.ts";
import { planWith, preventive, pumpPlan } from "./planner.fixture.ts";

const base = { regionIds: [] };
const monthsOf = (...given: Parameters<typeof inspectionProgramOf>) =>
  inspectionProgramOf(...given).months;

describe("inspectionProgramOf", () => {
  test("O-08, AS-11: month 1 stays, whatever the plan or an override says", () => {
    const south = { regionOverrides: { south: { calendarMonths: [2, 5] } } };
    expect(monthsOf(planWith(south).service, { regionIds: ["south"] })).toEqual([1, 2, 5]);
    expect(monthsOf(pumpPlan.service, base)).toEqual([1, 3, 6, 12]);
    const own = planWith({ preventive: { ...preventive, calendarMonths: [3] } });
    expect(monthsOf(own.service, base)).toEqual([1, 3]);
  });

  test("C-03: 1, 3, 6, 12 are the template of plans without points of their own", () => {
    const { preventive: _, ...service } = pumpPlan.service;
    expect(monthsOf(service, base)).toEqual([1, 3, 6, 12]);
  });

  test("C-19: tier meet has the inspection of month 1 and nothing else", () => {
    const program = inspectionProgramOf(planWith({ tier: "meet" }).service, base);
    expect(program).toMatchObject({ months: [1], hazardPoints: [] });
    expect(program).not.toHaveProperty("peak");
  });

  test("PL-7: the leaf region is laid over the root, the segment over both", () => {
    const { service } = planWith({
      regionOverrides: {
        central: { calendarMonths: [4], slaProfile: "standard" },
        hunan: { calendarMonths: [5], slaUplift: 1 },
      },
      segmentOverrides: { railway: { calendarMonths: [6], slaUplift: 2 } },
    });
    const regionIds = ["central", "hunan"];
    expect(monthsOf(service, { regionIds })).toEqual([1, 5]);
    expect(monthsOf(service, { regionIds, segment: "railway" })).toEqual([1, 6]);
    expect(resolveService(service, { regionIds, segment: "railway" }).level).toEqual([
      { profile: "standard", uplift: 2 },
    ]);
  });

  test("PL-7: headquarters' override of a place is laid over the plan's own for it; a commitment has the last word", () => {
    const { service } = planWith({
      regionOverrides: { hunan: { calendarMonths: [5] } },
      segmentOverrides: { railway: { calendarMonths: [6] } },
    });
    const override = (facts: Partial<PlanOverride>): PlanOverride => ({
      overrideId: "O",
      planId: "concrete-pump-truck",
      reason: "experience",
      ...facts,
    });
    const central = override({ regionId: "central", calendarMonths: [2], slaProfile: "standard" });
    const hunan = override({ regionId: "hunan", calendarMonths: [7] });
    const railway = override({ segment: "railway", calendarMonths: [8], slaUplift: 1 });
    const commitment = { inspectionMonths: [9, 4] };
    const regionIds = ["central", "hunan"];
    const all = { regionIds, segment: "railway", overrides: [railway, hunan, central] };
    // The root's is under the leaf's, whoever wrote it; of one place headquarters' is above the plan's.
    expect(monthsOf(service, { regionIds, overrides: [central] })).toEqual([1, 5]);
    expect(monthsOf(service, { regionIds, overrides: [hunan, central] })).toEqual([1, 7]);
    expect(monthsOf(service, { ...all, overrides: [hunan] })).toEqual([1, 6]);
    expect(monthsOf(service, all)).toEqual([1, 8]);
    expect(monthsOf(service, { ...all, commitment })).toEqual([1, 4, 9]);
    expect(monthsOf(service, { ...all, commitment: {} })).toEqual([1, 8]);
    expect(resolveService(service, all).level).toEqual([{ profile: "standard", uplift: 1 }]);
    // Elsewhere nothing changes, and tier meet has month 1 only whoever promises more (C-19).
    const south = { ...all, regionIds: ["south"], segment: "water" };
    expect(monthsOf(service, south)).toEqual([1, 3, 6, 12]);
    const meet = planWith({ tier: "meet" }).service;
    expect(monthsOf(meet, { ...all, commitment })).toEqual([1]);
  });

  test("a type in its launch phase is inspected twice as often", () => {
    const launched = planWith({ lifecyclePhase: "new" });
    expect(monthsOf(launched.service, base)).toEqual([1, 2, 3, 5, 6, 9, 12]);
  });

  test("PL-2: month 1 is there for any layers", () => {
    const months = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(months, months, fc.integer({ min: 1, max: 4 }), (own, other, multiplier) => {
        const overrides = [
          { overrideId: "O", planId: "P", regionId: "south", calendarMonths: own, reason: "why" },
        ];
        const { service } = planWith({
          preventive: { ...preventive, calendarMonths: own, frequencyMultiplier: multiplier },
          regionOverrides: { south: { calendarMonths: other } },
        });
        for (const layers of [{}, { overrides }, { commitment: { inspectionMonths: other } }]) {
          const found = monthsOf(service, { regionIds: ["south"], ...layers });
          expect(found[0]).toBe(1);
          expect([...found].sort((a, b) => a - b)).toEqual(found);
        }
      }),
      { numRuns: 100 },
    );
  });
});
