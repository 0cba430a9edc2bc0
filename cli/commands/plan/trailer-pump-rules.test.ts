import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { foundByPlan, type Values } from "./found-by-plan.fixture.ts";

const plan = loadPlan("trailer-concrete-pump");

/** What is found in five minutes of pumping in which these signals, by second, have these values. */
const found = (signals: Values): string[] =>
  foundByPlan(
    plan,
    { engineSpeed: 1550, strokesPerMinute: 18, ...signals },
    { seconds: 300, stepSeconds: 2 },
  );

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
