import type { ActiveCode } from "../../buses/bus-input.ts";
import type { Weather } from "../../surroundings/weather.ts";
import type { Measured } from "../machine-model.ts";
import type { Charging } from "./charging.ts";
import type { DieselEngine } from "./diesel-engine.ts";

/**
 * What the engine control unit measures, by the names that all plans share; a plan takes those it knows. `noise` in
 * [-0.5, 0.5).
 * @see SAE J1939-71 for the parameters
 */
export function engineSignals(
  engine: DieselEngine,
  charging: Charging,
  weather: Weather,
  noise: () => number,
): Measured {
  const isRunning = engine.speedRpm > 300;
  return {
    engineSpeed: engine.speedRpm + (isRunning ? 12 * noise() : 0),
    enginePercentLoadAtCurrentSpeed: engine.loadPercent,
    actualEnginePercentTorque: engine.torquePercent,
    engineCoolantTemperature: engine.coolantC + 0.4 * noise(),
    engineCoolantLevel: engine.coolantLevelPercent,
    engineOilPressure: engine.oilPressureKpa + (isRunning ? 6 * noise() : 0),
    engineOilTemperature1: engine.oilC + 0.4 * noise(),
    engineIntakeManifold1Pressure: Math.max(0, engine.boostKpa + (isRunning ? 2 * noise() : 0)),
    engineIntakeManifold1Temperature: engine.intakeC + 0.5 * noise(),
    engineIntakeAirTemperature: weather.ambientC + (isRunning ? 4 : 0) + 0.5 * noise(),
    engineAirFilter1DifferentialPressure: engine.airFilterKpa,
    engineFuelFilterDifferentialPressure: engine.fuelFilterKpa,
    engineFuelDeliveryPressure: isRunning
      ? Math.max(0, 620 - engine.fuelFilterKpa * 2 + 8 * noise())
      : 0,
    engineFuelTemperature1: weather.ambientC + (isRunning ? 14 : 0),
    engineFuelRate: engine.fuelRateLph,
    engineTotalFuelUsed: engine.fuelUsedL,
    engineTotalHoursOfOperation: engine.hours,
    engineTotalIdleHours: engine.idleHours,
    fuelLevel1: engine.fuelPercent,
    defTank1Level: engine.defPercent,
    dpf1SootLoadPercent: engine.sootPercent,
    dpfStatus: engine.isRegenerating ? 1 : 0,
    waterInFuelIndicator: 0,
    engineProtectionSystemApproachingShutdown: isApproachingShutdown(engine) ? 1 : 0,
    batteryPotential: charging.volts + 0.05 * noise(),
    keyswitchBatteryPotential: charging.volts + 0.05 * noise(),
    barometricPressure: 100.5,
    ambientAirTemperature: weather.ambientC + 0.3 * noise(),
  };
}

const isApproachingShutdown = (engine: DieselEngine) =>
  engine.coolantC > 110 || (engine.speedRpm > 600 && engine.oilPressureKpa < 60);

/**
 * What the engine control unit reports as active: the usual limits of makers, engineering defaults.
 * @see SAE J1939-73, appendix A (FMI 0 high, most severe; 1 low, most severe; 15, 17 the least severe)
 */
export function engineCodes(engine: DieselEngine, charging: Charging, sa = 0): ActiveCode[] {
  const codes: ActiveCode[] = [];
  const isRunning = engine.speedRpm > 600;
  if (engine.coolantC > 112) codes.push({ sa, spn: 110, fmi: 0, lamp: "red" });
  else if (engine.coolantC > 106) codes.push({ sa, spn: 110, fmi: 15, lamp: "amber" });
  if (engine.coolantLevelPercent < 25) codes.push({ sa, spn: 111, fmi: 1, lamp: "red" });
  if (isRunning && engine.oilPressureKpa < 70) codes.push({ sa, spn: 100, fmi: 1, lamp: "red" });
  if (isRunning && engine.airFilterKpa > 6.5) codes.push({ sa, spn: 107, fmi: 15, lamp: "amber" });
  if (isRunning && charging.volts < 24) codes.push({ sa, spn: 168, fmi: 17, lamp: "amber" });
  if (engine.sootPercent > 95) codes.push({ sa, spn: 3719, fmi: 15, lamp: "amber" });
  return codes;
}
