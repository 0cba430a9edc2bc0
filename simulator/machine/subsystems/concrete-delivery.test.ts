import { describe, expect, test } from "vitest";
import {
  type DeliveryDrive,
  type DeliveryParameters,
  healthyDelivery,
  restingDelivery,
  stepDelivery,
} from "./concrete-delivery.ts";

const size = { cylinderM3: 0.0565, litresPerStroke: 17 };
const drive: DeliveryDrive = {
  demand: { activity: "work", effort: 0.6, roughness: 0 },
  isReversing: false,
  engineRpm: 1700,
  oilC: 50,
  caseDrainLpm: 10,
};

function pumped(
  seconds: number,
  changed: Partial<DeliveryParameters> = {},
  driven: Partial<DeliveryDrive> = {},
) {
  const delivery = restingDelivery(20, 0);
  const parameters = { ...healthyDelivery, ...changed };
  let m3 = 0;
  for (let second = 0; second < seconds; second++) {
    stepDelivery(delivery, { size, parameters }, { ...drive, ...driven }, 20, 1);
    m3 += delivery.outputM3PerHour / 3600;
  }
  return { delivery, m3 };
}

describe("stepDelivery", () => {
  test("what comes out is what the strokes hold", () => {
    const { delivery, m3 } = pumped(600);
    expect(m3 / (delivery.strokeCount * size.cylinderM3)).toBeCloseTo(0.85, 2);
  });

  test("main pressure follows the resistance of the line", () => {
    const clean = pumped(90).delivery.linePressureBar;
    expect(pumped(90, { lineResistance: 1.3 }).delivery.linePressureBar / clean).toBeCloseTo(
      1.3,
      1,
    );
  });

  test("without nitrogen the S-valve turns slowly", () => {
    expect(pumped(60).delivery.shiftTimeMs).toBeLessThan(300);
    expect(pumped(60, { preChargeBar: 40 }).delivery.shiftTimeMs).toBeGreaterThan(400);
  });

  test("grout past the pistons heats the water box", () => {
    const sound = pumped(600).delivery.waterBoxC;
    expect(pumped(600, { pistonLeak: 0.2 }).delivery.waterBoxC).toBeGreaterThan(sound + 10);
  });

  test("reversing takes the pressure off the line and delivers nothing", () => {
    const { delivery } = pumped(60, { lineResistance: 3 }, { isReversing: true });
    expect(delivery.linePressureBar).toBeLessThan(70);
    expect(delivery.outputM3PerHour).toBe(0);
  });
});
