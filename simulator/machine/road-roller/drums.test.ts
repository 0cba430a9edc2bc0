import { describe, expect, test } from "vitest";
import { restingVibration, stepVibration } from "./drums.ts";
import { firstLane } from "./lanes.ts";
import { healthyRoller, type RollerParameters } from "./parameters.ts";
import { filledSprinkler, stepSprinkler } from "./sprinkler.ts";

function shaken(seconds: number, change: Partial<RollerParameters> = {}, oilC = 60) {
  const vibration = restingVibration(20, 0);
  const lanes = { ...firstLane(1), amplitude: "high" as const };
  const place = { lanes, engineRpm: 2200, oilC, ambientC: 20, matC: 130 };
  const parameters = { ...healthyRoller(), ...change };
  for (let second = 0; second < seconds; second++) stepVibration(vibration, parameters, place, 1);
  return vibration;
}

describe("vibration", () => {
  test("starts with a peak of pressure and reaches its frequency within five seconds", () => {
    expect(shaken(1).bar).toBeGreaterThan(shaken(20).bar);
    expect(shaken(6).front.hz).toBeGreaterThan(41);
    expect(shaken(6).startCount).toBe(1);
  });

  test("loses frequency by leakage, the more the hotter the oil", () => {
    const leaking = { vibrationLeakage: 0.13 };
    expect(shaken(20, leaking).front.hz).toBeLessThan(38);
    expect(shaken(20, leaking, 40).front.hz).toBeGreaterThan(shaken(20, leaking, 75).front.hz);
  });

  test("a worn bearing runs hot and shakes the sides unevenly, on its own drum", () => {
    const worn = shaken(3600, { frontExciter: { friction: 4, roughness: 6 } });
    expect(worn.front.bearing.temperatureC).toBeGreaterThan(worn.rear.bearing.temperatureC + 40);
    expect(worn.front.differencePercent).toBeGreaterThan(25);
    expect(worn.rear.differencePercent).toBeLessThan(10);
  });
});

describe("a sprinkler", () => {
  const sprayed = (change: Partial<RollerParameters>, ambientC = 20) => {
    const sprinkler = filledSprinkler();
    const now = { isRolling: true, isBreak: false, ambientC };
    for (let second = 0; second < 600; second++)
      stepSprinkler(sprinkler, { ...healthyRoller(), ...change }, now, 1);
    return sprinkler;
  };

  test("pressure rises behind clogged nozzles and falls behind a full strainer", () => {
    expect(sprayed({}).bar).toBeCloseTo(3.1, 1);
    expect(sprayed({ nozzleResistance: 2.5 }).bar).toBeGreaterThan(6);
    expect(sprayed({ sprayPumpShare: 0.2 }).bar).toBeLessThan(1);
  });

  test("uses water, and none when it freezes", () => {
    expect(sprayed({}).levelPercent).toBeLessThan(filledSprinkler().levelPercent);
    expect(sprayed({}, -3)).toMatchObject({ isOn: false, bar: 0 });
  });
});
