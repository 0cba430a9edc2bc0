import type { SignalValues } from "../buses/j1939-encoder.ts";
import type { ConcretePump } from "./concrete-pump.ts";

const boomUnfolded = 2;

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
  };
}
