import type { SignalValues } from "../buses/bus-input.ts";
import { coldEngine, type DieselEngine, stepEngine } from "./diesel-engine.ts";

/** State of a loader tractor at loading work; temperatures in °C. */
export interface LoaderTractor {
  readonly engine: DieselEngine;
  oilC: number;
  speedKmh: number;
  seconds: number;
}

export const createLoaderTractor = (ambientC: number, hours: number): LoaderTractor => ({
  engine: { ...coldEngine(ambientC, hours), coolantC: 71 },
  oilC: 44,
  speedKmh: 0,
  seconds: 0,
});

const oilHeatKjPerK = 120; // 60 L of hydraulic and transmission oil

/** Advances the tractor by `dt` seconds, in place. Duty: drive in, lift, drive back, wait; 40 s in all. */
export function stepLoaderTractor(
  tractor: LoaderTractor,
  ambientC: number,
  dt: number,
  random: () => number,
): void {
  const inCycle = tractor.seconds % 40;
  const isDriving = inCycle < 9 || (inCycle > 16 && inCycle < 26);
  const isLifting = inCycle >= 9 && inCycle <= 16;
  const powerKw = isLifting ? 24 : isDriving ? 17 : 3;
  const speedRpm = (isLifting ? 1750 : isDriving ? 1600 : 900) + 8 * (random() - 0.5);
  stepEngine(tractor.engine, { speedRpm, powerKw }, ambientC, dt);
  tractor.speedKmh += ((isDriving ? 8.5 : 0) - tractor.speedKmh) * (1 - Math.exp(-dt / 1.2));
  const heatKw = (isLifting ? 7 : 1.5) - 0.11 * (tractor.oilC - ambientC);
  tractor.oilC += (heatKw * dt) / oilHeatKjPerK;
  tractor.seconds += dt;
}

/** What the sensors of a loader tractor measure, by the signal names of its plan. */
export function loaderTractorSignals(
  { engine, oilC, speedKmh }: LoaderTractor,
  ambientC: number,
): SignalValues {
  return {
    engineSpeed: engine.speedRpm,
    enginePercentLoadAtCurrentSpeed: engine.loadPercent,
    actualEnginePercentTorque: engine.loadPercent * 0.9,
    engineOilPressure: engine.oilPressureKpa,
    engineCoolantTemperature: engine.coolantC,
    engineCoolantLevel: 92,
    engineFuelRate: engine.fuelRateLph,
    engineFuelTemperature1: ambientC + 14,
    engineIntakeAirTemperature: ambientC + 3,
    engineIntakeManifold1Temperature: ambientC + 18,
    engineIntakeManifold1Pressure: engine.loadPercent * 0.9,
    engineAirFilter1DifferentialPressure: 1.2,
    barometricPressure: 100.5,
    keyswitchBatteryPotential: engine.speedRpm > 300 ? 14.1 : 12.5,
    engineTotalHoursOfOperation: engine.hours,
    totalVehicleHours: engine.hours,
    hydraulicOilTemperature: oilC,
    wheelBasedVehicleSpeed: speedKmh,
    acceleratorPedalPosition1: engine.speedRpm > 1000 ? 55 : 0,
  };
}
