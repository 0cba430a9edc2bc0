import type { SignalValues } from "../buses/bus-input.ts";
import type { ConcretePump } from "./concrete-pump.ts";

const boomUnfolded = 2;
/** What such a truck has used up to now, on average. */
const litresPerHour = 19;
const idleShare = 0.3;
/** Hydraulic oil while it pumps, L/min: 21 strokes of 23 L. */
const usualOilFlow = 21 * 23;

/** What the sensors of a concrete pump truck measure, by the signal names of its plan. */
export function pumpTruckSignals(pump: ConcretePump, ambientC: number): SignalValues {
  const { engine } = pump;
  return {
    engineSpeed: engine.speedRpm,
    enginePercentLoadAtCurrentSpeed: engine.loadPercent,
    actualEnginePercentTorque: engine.loadPercent * 0.9,
    engineCoolantTemperature: engine.coolantC,
    engineOilPressure: engine.oilPressureKpa,
    engineOilTemperature1: engine.coolantC + 9,
    engineFuelRate: engine.fuelRateLph,
    fuelLevel1: engine.fuelPercent,
    engineTotalHoursOfOperation: engine.hours,
    batteryPotential: engine.speedRpm > 300 ? 27.9 : 25.1,
    ambientAirTemperature: ambientC,
    hydraulicOilTemperature: pump.oilC,
    hydraulicTankTemperature: pump.oilC - 1.5,
    mainPressure: pump.mainPressureBar,
    accumulatorPressure: pump.accumulatorBar,
    sValveShiftTime: pump.shiftTimeMs,
    strokesPerMinute: pump.strokesPerMinute,
    strokeCount: Math.floor(pump.strokeCount),
    outputFlow: pump.outputM3PerHour,
    waterBoxTemperature: pump.waterBoxC,
    agitatorPressure: pump.agitatorBar,
    boomPressure: pump.boomBar,
    boomState: boomUnfolded,
    isPumping: pump.isPumping ? 1 : 0,
    engineCoolantLevel: 94,
    engineIntakeManifold1Pressure: engine.loadPercent * 1.6,
    engineIntakeManifold1Temperature: ambientC + 18,
    engineAirFilter1DifferentialPressure: engine.loadPercent * 0.03,
    engineTotalFuelUsed: engine.hours * litresPerHour,
    engineTotalIdleHours: engine.hours * idleShare,
    totalPowerTakeoffHours: engine.hours * (1 - idleShare),
    wheelBasedVehicleSpeed: 0,
    hydraulicOilFilterRestrictionSwitch: 0,
    hydraulicOilLevel: 88,
    defTank1Level: 61,
    engineProtectionSystemApproachingShutdown: 0,
    caseDrainFlow: usualOilFlow * pump.parameters.leakage,
    suctionPressure: -0.12,
    returnPressure: 1.8,
    waterBoxLevel: 82,
    outriggerTilt: 0.6,
    greaseLevel: 64,
  };
}
