import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { describe, expect, test } from "vitest";

const plan = loadPlan("asphalt-paver");
const minute = 60;

/** What is found while the screed warms up, standing, for so long. */
function preheating(
  minutes: number,
  { engineSpeed = 1500, volts = 231 }: { engineSpeed?: number; volts?: number } = {},
): string[] {
  const samples = every(5, [0, minutes * minute], (at) => at).flatMap((at: number) => [
    { at, signal: "engineSpeed", value: engineSpeed },
    { at, signal: "wheelBasedMachineSpeed", value: 0 },
    { at, signal: "screedHeatingState", value: 1 },
    { at, signal: "heatingMeterVoltageL1", value: volts },
  ]);
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan)
    .say(samples)
    .map(({ phase, ruleId, failureMode }) => `${phase} ${ruleId} ${failureMode}`);
}

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
