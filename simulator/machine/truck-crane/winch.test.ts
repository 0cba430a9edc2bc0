import { describe, expect, test } from "vitest";
import { healthyTruckCrane, type TruckCraneParameters } from "./parameters.ts";
import { restingWinch, stepWinch } from "./winch.ts";

function worked(
  lever: number,
  slungT: number,
  change: Partial<TruckCraneParameters> = {},
  { oilC = 50, flowShare = 1 } = {},
) {
  const winch = restingWinch();
  winch.heightM = 20;
  winch.loadT = slungT;
  const parameters = { ...healthyTruckCrane(), ...change };
  for (let second = 0; second < 10; second++)
    stepWinch(winch, parameters, { lever, slungT, oilC, flowShare }, 1);
  return winch;
}

describe("a winch", () => {
  test("asks for more pressure the heavier the load", () => {
    expect(worked(1, 12).motorBar).toBeGreaterThan(worked(1, 3).motorBar + 80);
    expect(worked(0, 12).motorBar).toBeLessThan(1);
  });

  test("does work on a load that rises, and gets it back from one that sinks", () => {
    const up = worked(1, 8);
    expect(up.workKw).toBeCloseTo((8.3 * 9.81 * up.ropeMps) / 4, 6);
    expect(worked(-1, 8).workKw).toBeLessThan(0);
  });

  test("holds what its brake can hold; the rest runs out", () => {
    expect(worked(0, 12).creepMm).toBeLessThan(20);
    const weak = worked(0, 12, { brakeGrip: 0.3 });
    expect(weak.creepMm).toBeGreaterThan(50);
    expect(weak.heightM).toBeLessThan(20);
    expect(worked(0, 2, { brakeGrip: 0.3 }).creepMm).toBeLessThan(20);
  });

  test("is as slow as what is left of the pump's oil", () => {
    const whole = worked(1, 5).ropeMps;
    expect(worked(1, 5, {}, { flowShare: 0.8 }).ropeMps).toBeCloseTo(0.8 * whole, 9);
  });

  test("opens its brake later with cold oil and worn discs", () => {
    const warm = worked(1, 5).releaseMs;
    expect(worked(1, 5, {}, { oilC: 0 }).releaseMs).toBeGreaterThan(1.5 * warm);
    expect(worked(1, 5, { brakeDelayMs: 400 }).releaseMs).toBeCloseTo(warm + 400, 6);
  });
});
