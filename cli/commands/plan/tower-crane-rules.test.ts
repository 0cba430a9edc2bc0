import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { describe, expect, test } from "vitest";
import { foundByPlan, type Values } from "./found-by-plan.fixture.ts";

const plan = loadPlan("tower-crane");

/** What is found in ten minutes in which these signals, by second, have these values. */
const found = (signals: Values, controlOn = 1): string[] =>
  foundByPlan(plan, { ...signals, controlOn }, { seconds: 600, stepSeconds: 5 });

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

  test("finds a bearing that runs heavily long before it is hot, winter or summer", () => {
    const bearing = { hoistGearOilTemperature: 12, hoistGearBearingTemperature: 35 };
    const says = ["raised gear-bearing-runs-heavily hoist-gearbox-wear"];
    expect(found(bearing)).toEqual(says);
    expect(found({ hoistGearOilTemperature: 60, hoistGearBearingTemperature: 82 })).toEqual(says);
    expect(found({ hoistGearBearingTemperature: 35 })).toEqual([]); // how warm the oil is nobody knows
  });

  test("finds a weak supply, not the start of a motor, nor a supply that is cut at night", () => {
    expect(found({ supplyMeterVoltageL1: 192 })).toEqual([
      "raised supply-voltage-low site-supply-weak",
    ]);
    expect(found({ supplyMeterVoltageL1: (at) => (at % 120 === 0 ? 180 : 221) })).toEqual([]);
    expect(found({ supplyMeterVoltageL1: 0 }, 0)).toEqual([]);
  });
});
