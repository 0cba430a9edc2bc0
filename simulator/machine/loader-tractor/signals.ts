import type { Measured } from "../machine-model.ts";
import { thicknessOf } from "../subsystems/hydraulic-circuit.ts";
import { idleRpm } from "./operator.ts";
import { displacedL, type Tractor, tractorEngine, tractorHydraulics } from "./tractor.ts";

/** Torque that percentages refer to: the peak of 41 kW at 2,400 rpm and 35 % of torque rise, Nm. */
const referenceNm = 220;
const highestRpm = 2400;
const airKpa = 100.5;

/** What this tractor has not, although its control units have the words for it: not available. */
const notFitted: Measured = {
  fuelLevel2: null,
  roadSurfaceTemperature: null,
  engineCoolantFilterDifferentialPressure: null,
  remoteAcceleratorPedalPosition: null,
  winchOilPressureSwitch: null,
  groundBasedMachineSpeed: null,
  groundBasedMachineDistance: null,
  engineRequestedTorque: null,
  engineRequestedSpeed: null,
  frontPtoOutputShaftSpeed: null,
  frontPtoShaftSpeedSetPoint: null,
  frontPtoEconomyMode: null,
  frontPtoMode: null,
  frontPtoEngagement: null,
};

/** Signals that a tractor has beside those of its engine that all plans share. `noise` in [-0.5, 0.5). */
export const tractorSignals = (
  tractor: Tractor,
  ambientC: number,
  noise: () => number,
): Measured => ({
  ...notFitted,
  ...torqueSignals(tractor),
  ...airSignals(tractor, noise),
  ...filterSignals(tractor),
  ...fluidSignals(tractor, ambientC, noise),
  ...electricSignals(tractor, noise),
  ...vehicleSignals(tractor),
});

function torqueSignals({ engine, wish }: Tractor): Measured {
  const turns = engine.speedRpm / tractorEngine.ratedRpm;
  const isRunning = engine.speedRpm > 300;
  const percentOf = (kw: number) =>
    isRunning ? (100 * kw * 9549) / (engine.speedRpm * referenceNm) : 0;
  const asked = isRunning ? wish.speedRpm : 0;
  const pedal = Math.min(100, Math.max(0, (100 * (asked - idleRpm)) / (highestRpm - idleRpm)));
  const torque = Math.min(100, percentOf(engine.shaftKw + engine.frictionKw));
  return {
    acceleratorPedalPosition1: pedal,
    acceleratorPedal1LowIdleSwitch: pedal < 1 ? 1 : 0,
    engineSpeedAtIdle: idleRpm,
    engineSpeedAtIdleFromSa6: idleRpm,
    enginePercentTorqueAtIdle: 24,
    enginePercentTorqueAtIdleFromSa6: 24,
    engineReferenceTorque: referenceNm,
    engineDesiredOperatingSpeed: asked,
    nominalFrictionPercentTorque: percentOf(engine.frictionKw),
    estimatedEngineParasiticLossesPercentTorque: isRunning ? 3 : 0,
    actualEnginePercentTorque: torque,
    actualEnginePercentTorqueFraction: Math.floor((torque % 1) * 8) / 8,
    actualMaximumAvailableEnginePercentTorque: Math.min(100, 60 + 80 * turns),
    driverDemandEnginePercentTorque: torque,
    engineDemandPercentTorque: torque,
    // SAE J1939-71, SPN 899: 0 low idle governor, 1 accelerator pedal.
    engineTorqueMode: pedal < 1 ? 0 : 1,
    engineOverrideControlMode: 0,
    engineControllingDeviceAddress: 0,
    // SPN 1675: 3 start finished.
    engineStarterMode: isRunning ? 3 : 0,
  };
}

function airSignals({ engine, exhaustC }: Tractor, noise: () => number): Measured {
  const isRunning = engine.speedRpm > 300;
  // Four-stroke: each cylinder fills every other turn, to about nine tenths.
  const airKgPerH =
    ((displacedL * engine.speedRpm) / 2) * 60 * 0.9 * 0.0012 * (1 + engine.boostKpa / airKpa);
  const fuelKgPerH = engine.fuelRateLph * 0.84;
  const load = engine.loadPercent / 100;
  return {
    engineIntakeAirAbsolutePressure: airKpa - engine.airFilterKpa + engine.boostKpa,
    engineIntercoolerTemperature: engine.intakeC + noise(),
    engineThrottleValve1Position: isRunning ? 92 : 0,
    engineExhaustGasTemperature: exhaustC + 2 * noise(),
    aftertreatment1ExhaustGasMassFlowRate: airKgPerH + fuelKgPerH,
    engineExtendedCrankcaseBlowByPressure: isRunning ? 0.25 + 0.5 * load : 0,
    engineCrankcasePressure: isRunning ? 0.2 + 0.6 * load : 0,
    dieselParticulateFilterIntakePressure: isRunning
      ? (0.5 + 0.04 * engine.sootPercent) * (airKgPerH / 200) ** 1.5
      : 0,
  };
}

/** States of the particulate filter. @see SAE J1939-71, AFT1 status (PGN 64892) */
function filterSignals({ engine, filterOutletC }: Tractor): Measured {
  const isRunning = engine.speedRpm > 300;
  return {
    dpf1OutletGasTemperature: filterOutletC,
    dpfLampCommand: 0,
    dpfStatus: engine.isRegenerating ? 1 : 0,
    dpfActiveRegenerationStatus: isRunning && engine.isRegenerating ? 1 : 0,
    dpfPassiveRegenerationStatus: isRunning && engine.loadPercent > 55 ? 1 : 0,
    dpfActiveRegenerationInhibitedStatus: 0,
  };
}

function fluidSignals(
  { engine, hydraulics }: Tractor,
  ambientC: number,
  noise: () => number,
): Measured {
  const isRunning = engine.speedRpm > 300;
  const flow = isRunning ? engine.speedRpm / 2000 : 0;
  return {
    engineOilLevel: isRunning ? 84 : 92,
    engineOilFilterDifferentialPressure: Math.min(
      120,
      18 * flow * Math.sqrt(thicknessOf(engine.oilC - 40)),
    ),
    engineTurbochargerOilTemperature: engine.oilC + (isRunning ? 0.12 * engine.loadPercent : 0),
    engineCoolantPressure: Math.min(100, Math.max(0, 1.6 * (engine.coolantC - 40)) + 12 * flow),
    hydraulicOilTemperature: hydraulics.oilC + 0.4 * noise(),
    hydraulicOilLevel: (100 * hydraulics.oilL) / tractorHydraulics.tankL,
    hydraulicOilFilterRestrictionSwitch: hydraulics.returnBar > 4 ? 1 : 0,
    cabInteriorTemperature: ambientC + (isRunning ? 4 : 0) + 0.3 * noise(),
  };
}

/** Its supply has 12 V: half of what the shared one has. */
function electricSignals({ engine, charging }: Tractor, noise: () => number): Measured {
  const volts = charging.volts / 2;
  return {
    batteryPotential: volts + 0.03 * noise(),
    keyswitchBatteryPotential: volts + 0.03 * noise(),
    chargingSystemPotential: volts + 0.03 * noise(),
    alternatorCurrent: charging.alternatorAmps,
    netBatteryCurrent: charging.batteryAmps,
    alternatorSpeed: 2.8 * engine.speedRpm,
  };
}

function vehicleSignals(tractor: Tractor): Measured {
  const { engine, speedKmh, wish } = tractor;
  const isMoving = speedKmh > 0.5;
  return {
    wheelBasedVehicleSpeed: speedKmh,
    engineInstantaneousFuelEconomy: isMoving
      ? Math.min(125, speedKmh / Math.max(0.5, engine.fuelRateLph))
      : 0,
    engineAverageFuelEconomy: tractor.drivenKm / Math.max(1, engine.fuelUsedL),
    engineTotalRevolutions: tractor.revolutions,
    totalVehicleHours: engine.hours,
    totalPowerTakeoffHours: engine.hours * 0.05,
    transmissionSelectedGear: wish.gear,
    transmissionCurrentGear: isMoving ? wish.gear : 0,
    transmissionActualGearRatio: ratioOf(wish.gear),
    parkingBrakeSwitch: wish.speedRpm > idleRpm ? 0 : 1,
    brakeSwitch: tractor.isBraking ? 1 : 0,
    ptoGovernorState: 0,
    // The rear power take-off is fitted and not used for loading.
    rearPtoOutputShaftSpeed: 0,
    rearPtoShaftSpeedSetPoint: 540,
    rearPtoEconomyMode: 0,
    rearPtoMode: 0,
    rearPtoEngagement: 0,
  };
}

/** Nine gears in three ranges, each about 1.35 times the one below; engineering default. */
const ratioOf = (gear: number) => (gear === 0 ? 0 : 60 / 1.35 ** (Math.abs(gear) - 1));
