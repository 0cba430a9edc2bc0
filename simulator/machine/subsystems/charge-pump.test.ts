import { describe, expect, test } from "vitest";
import { chargeBarOf, healthyCharge } from "./charge-pump.ts";

const size = { ratedLpm: 100, ratedRpm: 2000, setBar: 25 };

describe("chargeBarOf", () => {
  const warm = { speedRpm: 2000, leakLpm: 10, oilC: 50 };

  test("the relief valve holds its pressure as long as more is delivered than leaks", () => {
    expect(chargeBarOf(size, healthyCharge, warm)).toBe(25);
    expect(chargeBarOf(size, healthyCharge, { ...warm, leakLpm: 75 })).toBe(25);
  });

  test("a leak of all that is delivered leaves nothing", () => {
    expect(chargeBarOf(size, healthyCharge, { ...warm, leakLpm: 100 })).toBe(0);
    expect(chargeBarOf(size, { deliveryShare: 0.1 }, warm)).toBe(0);
  });

  test("what is left over sets the pressure by its square root", () => {
    // A quarter of the 20 L/min that the relief valve needs.
    expect(chargeBarOf(size, healthyCharge, { ...warm, leakLpm: 95 })).toBeCloseTo(12.5, 6);
  });

  test("cold oil stands at most a tenth higher", () => {
    const cold = chargeBarOf(size, healthyCharge, { ...warm, oilC: -18 });
    expect(cold).toBeGreaterThan(25);
    expect(cold).toBeCloseTo(27.5, 6);
  });
});
