import { describe, expect, test } from "vitest";
import { type Cut, restingDrum, stepDrum } from "./drum.ts";
import { healthyMill, type MillParameters } from "./parameters.ts";

const cut: Cut = {
  pass: { second: 300, passes: 0, phase: "milling", depthM: 0.075 },
  isWorked: true,
  speedMps: 0,
  engineRpm: 1750,
  demand: { activity: "work", effort: 0.65, roughness: 0.3 },
  ambientC: 20,
};

/** Mills for ten minutes, as fast as the cut allows. */
function milled(changed: Partial<MillParameters> = {}) {
  const drum = restingDrum(20);
  const parameters = { ...healthyMill(), ...changed };
  for (let second = 0; second < 600; second++)
    stepDrum(drum, parameters, { ...cut, speedMps: drum.feedMps }, 1);
  return drum;
}

describe("stepDrum", () => {
  test("power in the cut is energy of the volume times what is milled", () => {
    const drum = milled();
    const kjPerM3 = drum.kw / drum.m3PerS;
    expect(kjPerM3).toBeGreaterThan(11_000);
    expect(kjPerM3).toBeLessThan(15_500);
  });

  test("blunt picks slow the machine by about 40 %, take more power and shake", () => {
    const sharp = milled();
    const blunt = milled({ pickWear: 0.7 });
    expect(blunt.feedMps / sharp.feedMps).toBeGreaterThan(0.5);
    expect(blunt.feedMps / sharp.feedMps).toBeLessThan(0.8);
    expect(blunt.kw).toBeGreaterThan(sharp.kw);
    expect(blunt.vibrationMmps).toBeGreaterThan(12);
    expect(sharp.vibrationMmps).toBeLessThan(8);
  });

  test("a slack belt slips: the drum turns slower for the same engine", () => {
    expect(milled({ beltSlip: 4 }).rpm).toBeLessThan(0.97 * milled().rpm);
  });

  test("a gear without oil turns more of the power into heat", () => {
    const sound = milled();
    const dry = milled({ gearFriction: 3 });
    expect(dry.gearC - 20).toBeCloseTo(3 * (sound.gearC - 20), 0);
    expect(dry.shaftKw).toBeGreaterThan(sound.shaftKw);
  });
});
