import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { describe, expect, test } from "vitest";

const plan = loadPlan("trailer-concrete-pump");

type Values = Readonly<Record<string, number | ((at: number) => number)>>;

/** What is found in five minutes of pumping in which these signals, by second, have these values. */
function found(signals: Values): string[] {
  const all: Values = { engineSpeed: 1550, strokesPerMinute: 18, ...signals };
  const samples = every(2, [0, 300], (at) => at).flatMap((at: number) =>
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

describe("the trailer pump's plan on its Modbus signals", () => {
  test("is silent on a hot day, the pulses of the lubrication included", () => {
    const pulses = (at: number) => (at % 20 < 6 ? 220 : 60);
    expect(found({ waterBoxTemperature: 46, greasePressure: pulses })).toEqual([]);
  });

  test("finds worn pistons by the water box, and not before the machine pumps", () => {
    const water = (at: number) => Math.min(52, 44 + at / 20);
    expect(found({ waterBoxTemperature: water })).toEqual(["raised water-box-hot piston-wear"]);
    expect(found({ waterBoxTemperature: water, strokesPerMinute: 0 })).toEqual([]);
  });

  test("finds a blocked lubrication by pressure that stays", () => {
    expect(found({ greasePressure: (at) => (at < 60 ? 80 : 240) })).toEqual([
      "raised grease-pressure-high grease-line-blocked",
    ]);
  });
});
