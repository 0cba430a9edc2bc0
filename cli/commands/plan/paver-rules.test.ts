import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { foundByPlan } from "./found-by-plan.fixture.ts";

const plan = loadPlan("asphalt-paver");
const minute = 60;

/** What is found while the screed warms up, standing, for so long. */
const preheating = (
  minutes: number,
  { engineSpeed = 1500, volts = 231 }: { engineSpeed?: number; volts?: number } = {},
): string[] =>
  foundByPlan(
    plan,
    {
      engineSpeed,
      wheelBasedMachineSpeed: 0,
      screedHeatingState: 1,
      heatingMeterVoltageL1: volts,
    },
    { seconds: minutes * minute, stepSeconds: 5 },
  );

describe("the paver's plan while the screed warms up", () => {
  test("is silent for the 40 minutes that it may take", () => {
    expect(preheating(40)).toEqual([]);
  });

  test("finds that it takes longer", () => {
    expect(preheating(51)).toEqual(["raised screed-warm-up-slow screed-heating-weak"]);
  });

  test("finds a weak generator within minutes", () => {
    expect(preheating(4, { volts: 196 })).toEqual([
      "raised screed-generator-weak screed-heating-weak",
    ]);
  });

  test("says nothing of an engine that idles: the generator turns with it", () => {
    expect(preheating(60, { engineSpeed: 900, volts: 150 })).toEqual([]);
  });
});
