import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { isMended, remedyOf, usualCause } from "./executed-repair.ts";
import { createScenarioMachines } from "./scenario-machine.ts";

const plan = loadPlan("concrete-pump-truck");
const worn = { failureMode: "main-pump-wear", cause: "pump-worn" };
const fouled = { failureMode: "hydraulic-oil-overheating", cause: "cooler-fouled" };
const pump = "FB-CP-MP-01";
const piston = "FB-CP-PST-01";

describe("isMended", () => {
  test.each([
    {
      name: "with its part",
      fault: worn,
      said: { causeId: "pump-worn", partsUsed: [pump] },
      is: true,
    },
    {
      name: "with its part, no cause named",
      fault: worn,
      said: { partsUsed: [piston, pump] },
      is: true,
    },
    {
      name: "with the wrong part",
      fault: worn,
      said: { causeId: "pump-worn", partsUsed: [piston] },
      is: false,
    },
    {
      name: "without the part",
      fault: worn,
      said: { causeId: "pump-worn", partsUsed: [] },
      is: false,
    },
    {
      name: "for another cause",
      fault: worn,
      said: { causeId: "oil-dirty", partsUsed: [pump] },
      is: false,
    },
    {
      name: "where none is needed",
      fault: fouled,
      said: { causeId: "cooler-fouled", partsUsed: [] },
      is: true,
    },
  ])("$name: $is", ({ fault, said, is }) => {
    expect(isMended(plan, fault, { faultCode: fault.failureMode, ...said })).toBe(is);
  });

  test("another fault was found, or none", () => {
    const partsUsed = [pump];
    expect(isMended(plan, worn, { faultCode: "piston-wear", partsUsed })).toBe(false);
    expect(isMended(plan, worn, { partsUsed })).toBe(false);
  });
});

test("the remedy of a cause is the one that takes a part, and a fault's usual cause one that has such", () => {
  expect(remedyOf(plan, "charging-fault", "belt-slips")?.partNo).toBe("FB-CP-BLT-01");
  expect(usualCause(plan, "hydraulic-oil-overheating")).toBe("fan-motor");
  expect(usualCause(plan, "no-such-mode")).toBeUndefined();
});

test("a repaired machine is whole, one fault as another; what has not begun yet comes all the same", () => {
  const startMs = Date.parse("2026-05-11T06:00:00+08:00");
  const faults = [
    { fault: "main-pump-wears", atHour: 0, lifeHours: 2 },
    { fault: "oil-cooler-fouls", atHour: 10, lifeHours: 2 },
  ];
  const group = { group: "A", plan: "concrete-pump-truck", faults };
  const [machine] = createScenarioMachines(group, { plan, seed: 4, startMs });
  const stateOf = (hour: number) => {
    machine?.advanceTo(startMs + hour * 3_600_000, 10_000);
    return machine?.faults().map(({ severity }) => severity > 0);
  };
  expect(machine?.faults().map(({ cause }) => cause)).toEqual(["pump-worn", "fan-motor"]);
  expect(stateOf(8)).toEqual([true, false]);
  machine?.repair("main-pump-wears");
  machine?.repair("oil-cooler-fouls");
  expect(stateOf(35)).toEqual([false, true]);
  const [first, second] = machine?.faults() ?? [];
  expect(first?.repairedAt?.slice(0, 13)).toBe("2026-05-11T05");
  expect(second?.repairedAt).toBeNull();
});
