import { describe, expect, test } from "vitest";
import { healthyPaver, type PaverParameters } from "./parameters.ts";
import { coldScreed, phaseAmps, type ScreedPlace, setpointC, stepScreed } from "./screed.ts";

const heating: ScreedPlace = {
  engineRpm: 1650,
  isSwitchedOn: true,
  ambientC: 10,
  mixC: Number.NaN,
  isDamp: false,
};

function heated(seconds: number, change: Partial<PaverParameters> = {}, place = heating) {
  const screed = coldScreed(place.ambientC);
  const parameters = { ...healthyPaver(), ...change };
  for (let second = 0; second < seconds; second++) stepScreed(screed, parameters, place, 1);
  return { screed, parameters };
}

describe("a screed", () => {
  test("preheats in 20 to 40 minutes, and then holds its set temperature", () => {
    expect(heated(1000).screed.heatingState).toBe(1);
    const { zoneC, heatingState } = heated(2400).screed;
    expect(heatingState).toBe(2);
    for (const plateC of zoneC) expect(Math.abs(plateC - setpointC)).toBeLessThan(8);
  });

  test("stays cold in the zone whose rods are broken, and that phase carries less", () => {
    const { screed, parameters } = heated(2400, { leftOuterRods: 1 / 3 });
    expect(Math.max(...screed.zoneC) - screed.zoneC[0]).toBeGreaterThan(20);
    const amps = ([0, 1, 2] as const).map((phase) => phaseAmps(screed, parameters, phase));
    expect(amps[0]).toBeLessThan(amps[2] ?? 0);
  });

  test("heats with the square of the generator's voltage", () => {
    const whole = heated(60).screed;
    const weak = heated(60, { generatorShare: 0.7 }).screed;
    const share = (weak.volts / whole.volts) ** 2;
    expect(weak.heatersKw / whole.heatersKw).toBeCloseTo(share, 1);
  });

  test("is switched off where the insulation is lost, and only warned by dew", () => {
    expect(heated(10, { insulation: 0.2 }).screed).toMatchObject({
      insulationState: 2,
      heatersKw: 0,
    });
    expect(heated(10, {}, { ...heating, isDamp: true }).screed.insulationState).toBe(1);
  });

  test("takes the heat of the mix", () => {
    const standing = { ...heating, isSwitchedOn: false };
    const under = heated(600, {}, { ...standing, mixC: 150 }).screed.zoneC[1];
    expect(under).toBeGreaterThan(heated(600, {}, standing).screed.zoneC[1] + 40);
  });
});
