import { describe, expect, test } from "vitest";
import type { MachineFile } from "../organisation/machine-file.ts";
import { planOfFile, usageOfFile } from "./machine-usage.ts";
import { noon, planWith, pumpPlan } from "./planner.fixture.ts";

const file = (changes: Partial<MachineFile> = {}): MachineFile => ({
  machineId: "m-1",
  serialNumber: "SN-1",
  productType: "concrete_pump_truck",
  state: "in_service",
  regionId: "hunan",
  handoverAt: "2026-01-01",
  demonstrationSite: false,
  peakPeriods: [],
  ...changes,
});
const meter = (readingHours: number, offsetHours = 0) => ({
  readingHours,
  offsetHours,
  at: "2026-04-11T00:00:00.000Z",
  replacements: [],
});

describe("usageOfFile", () => {
  test("hours over all meters, and their average since handover to the reading", () => {
    expect(usageOfFile(file({ meter: meter(100, 900) }), noon("2026-08-01"))).toEqual({
      operatingHours: 1000,
      hoursPerDay: 10,
    });
  });

  test("what the machine shows counts when it is more, on top of the meters before", () => {
    const machine = file({ meter: meter(100, 900) });
    const shown = usageOfFile(machine, Date.parse("2026-07-20T00:00:00.000Z"), 300);
    expect(shown).toEqual({ operatingHours: 1200, hoursPerDay: 6 });
    expect(usageOfFile(machine, noon("2026-08-01"), 50)?.operatingHours).toBe(1000);
    expect(usageOfFile(file(), noon("2026-08-01"), 50)?.operatingHours).toBe(50);
  });

  test("no average from a few days, and nothing from nothing", () => {
    expect(usageOfFile(file({ meter: meter(80) }), noon("2026-01-10"))).toEqual({
      operatingHours: 80,
    });
    expect(usageOfFile(file(), noon("2026-08-01"))).toBeUndefined();
  });
});

describe("planOfFile", () => {
  const other = { ...planWith({ productType: "paver" }), plan: "paver" };
  const plans = new Map([pumpPlan, other].map((plan) => [plan.plan, plan]));

  test("the named plan, then the gateway's, then the only one of the type", () => {
    const machine = { productType: "concrete_pump_truck" };
    expect(planOfFile({ ...machine, planId: "paver" }, plans)).toBe(other);
    expect(planOfFile(machine, plans, "paver")).toBe(other);
    expect(planOfFile(machine, plans)).toBe(pumpPlan);
    expect(planOfFile({ productType: "crane" }, plans)).toBeUndefined();
  });

  test("of two plans for one type neither is guessed", () => {
    const twice = new Map(plans).set("pump-2", { ...pumpPlan, plan: "pump-2" });
    expect(planOfFile({ productType: "concrete_pump_truck" }, twice)).toBeUndefined();
  });
});
