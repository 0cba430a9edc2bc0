import { describe, expect, test } from "vitest";
import { healthyDrive, restingDrive, stepDrive } from "./electric-drive.ts";
import { dcLinkOf, healthySupply, openSupply, stepSupply } from "./mains-supply.ts";

const size = { ratedKw: 55, ratedRpm: 1450 };
const air = { ambientC: 20, cabinetC: 25 };
const demand = { isOn: true, speedRpm: 1450, torquePercent: 80, rampSeconds: 1.2 };

function driven(seconds: number, parameters = healthyDrive) {
  const drive = restingDrive(20);
  let lossKj = 0;
  let cooledKj = 0;
  for (let second = 0; second < seconds; second++) {
    const before = drive.windingC;
    stepDrive(drive, { size, parameters }, demand, air, 1);
    lossKj += drive.motorLossKw;
    cooledKj +=
      (drive.motorCooledKw * ((before + drive.windingC) / 2 - 20)) / Math.max(0.01, before - 20);
  }
  return { drive, lossKj, cooledKj };
}

describe("a drive", () => {
  test("takes from the supply what the shaft gives and what is lost", () => {
    const { drive } = driven(60);
    expect(drive.shaftKw).toBeCloseTo(44, 0);
    expect(drive.electricKw).toBeCloseTo(
      drive.shaftKw + drive.motorLossKw + drive.converterLossKw,
      6,
    );
  });

  test("warms by what its losses leave after cooling", () => {
    const { drive, lossKj, cooledKj } = driven(1200);
    const kjPerK = ((55 * 0.08) / 200) * 1500;
    expect(drive.windingC - 20).toBeCloseTo((lossKj - cooledKj) / kjPerK, 0);
  });

  test("gets hotter without its fan", () => {
    const sound = driven(3600).drive.windingC;
    expect(driven(3600, { ...healthyDrive, motorFan: 0 }).drive.windingC).toBeGreaterThan(
      sound + 20,
    );
  });

  test("feeds a resistor while the load drives it", () => {
    const drive = restingDrive(20);
    for (let second = 0; second < 20; second++)
      stepDrive(drive, { size, parameters: healthyDrive }, { ...demand, speedRpm: -1450 }, air, 1);
    expect(drive.resistorKw).toBeGreaterThan(30);
    expect(drive.electricKw).toBe(0);
  });
});

describe("a supply", () => {
  test("gives less voltage the more is drawn and the worse its line is", () => {
    const voltsAt = (kw: number, lineOhm: number) => {
      const supply = openSupply(0);
      for (let second = 0; second < 30; second++) stepSupply(supply, { lineOhm }, kw, 1);
      return supply.volts;
    };
    expect(voltsAt(60, healthySupply.lineOhm)).toBeCloseTo(224, 0);
    expect(voltsAt(60, 0.4)).toBeLessThan(198);
    expect(voltsAt(5, 0.4)).toBeGreaterThan(225);
  });

  test("counts energy, and its DC link follows the voltage", () => {
    const supply = openSupply(100);
    for (let second = 0; second < 3600; second++) stepSupply(supply, healthySupply, 30, 1);
    expect(supply.energyKwh).toBeCloseTo(130, 6);
    expect(dcLinkOf(supply)).toBeGreaterThan(520);
    expect(dcLinkOf(openSupply(0))).toBeGreaterThan(dcLinkOf(supply));
  });
});
