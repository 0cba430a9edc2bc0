import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { describe, expect, test } from "vitest";

const plan = loadPlan("tower-crane");

type Values = Readonly<Record<string, number | ((at: number) => number)>>;

/** What is found in ten minutes in which these signals, by second, have these values. */
function found(signals: Values, controlOn = 1): string[] {
  const all: Values = { ...signals, controlOn };
  const samples = every(5, [0, 600], (at) => at).flatMap((at: number) =>
    Object.entries(all).map(([signal, value]) => ({
      at,
      signal,
      value: typeof value === "function" ? value(at) : value,
    })),
  );
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan)
    .say(samples)
    .map(({ phase, ruleId, failureMode }) => `${phase} ${ruleId} ${failureMode}`);
}

describe("the tower crane's plan on its Modbus signals", () => {
  test("is silent on a hot summer's day", () => {
    expect(
      found({
        hoistGearOilTemperature: 78,
        hoistGearBearingTemperature: 84,
        hoistMotorBearingTemperature: 86,
        supplyMeterVoltageL1: 207,
      }),
    ).toEqual([]);
  });

  test("finds a gearbox that heats up", () => {
    expect(found({ hoistGearBearingTemperature: (at) => 85 + at / 50 })).toEqual([
      "raised gear-bearing-hot hoist-gearbox-wear",
    ]);
  });

  test("finds a weak supply, not the start of a motor, nor a supply that is cut at night", () => {
    expect(found({ supplyMeterVoltageL1: 192 })).toEqual([
      "raised supply-voltage-low site-supply-weak",
    ]);
    expect(found({ supplyMeterVoltageL1: (at) => (at % 120 === 0 ? 180 : 221) })).toEqual([]);
    expect(found({ supplyMeterVoltageL1: 0 }, 0)).toEqual([]);
  });
});
