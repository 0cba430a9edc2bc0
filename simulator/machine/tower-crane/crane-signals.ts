import { drawnNormal } from "../../random.ts";
import type { Weather } from "../../surroundings/weather.ts";
import type { Measured } from "../machine-model.ts";
import { dcLinkOf } from "../subsystems/mains-supply.ts";
import { ratedLoadOf, type TowerCrane } from "./crane.ts";
import { ropeFalls } from "./hoist.ts";
import type { TowerCraneParameters } from "./parameters.ts";

/** CiA 402, status word 6041h: operation enabled; switch-on disabled. */
const enabled = 0x0637;
const disabled = 0x0250;
/** CiA 301, state in the heartbeat: operational. */
const operational = 5;

const bit = (is: boolean) => (is ? 1 : 0);

/** What the sensors of the crane measure, by the names of plans/tower-crane. `noise` in [-0.5, 0.5). */
export function craneSignals(
  crane: TowerCrane,
  parameters: TowerCraneParameters,
  weather: Weather,
  noise: () => number,
): Measured {
  return {
    ...controllerSignals(crane, parameters, noise),
    ...driveSignals(crane, noise),
    ...monitorSignals(crane, weather, noise),
    ...meterSignals(crane, noise),
  };
}

function controllerSignals(
  crane: TowerCrane,
  parameters: TowerCraneParameters,
  noise: () => number,
): Measured {
  const { hoist, cycle } = crane;
  const loadT = hoist.loadT + parameters.loadZeroT + 0.04 * noise();
  const rated = ratedLoadOf(crane.radiusM);
  return {
    loadOnHook: loadT,
    radius: crane.radiusM + 0.02 * noise(),
    momentUtilisation: Math.max(0, crane.momentPercent + (100 * parameters.loadZeroT) / rated),
    hookHeight: hoist.heightM + 0.02 * noise(),
    slewAngle: crane.slewDeg,
    windGust: Math.max(0, crane.gustMps + 0.3 * noise()),
    windMean: crane.meanMps,
    ratedLoad: rated,
    controlOn: bit(crane.isOn),
    hoistBrakeReleased: bit(hoist.isBrakeReleased),
    slewBrakeReleased: bit(crane.isOn),
    weathervaneReleased: bit(!crane.isOn),
    momentCutOut: bit(crane.hasCutOut),
    loadCutOut: 0,
    hoistLiningWorn: bit(parameters.liningShare < 0.5),
    trolleyRopeBroken: bit(parameters.trolleySlack > 0.75),
    hookAtUpperLimit: bit(hoist.heightM > 62),
    ropeFalls,
    hoistBrakeReleaseTime: hoist.releaseMs + 6 * noise(),
    foundationTilt: crane.tiltDeg + 0.006 * noise(),
    baseTiltX: 0.8 * crane.tiltDeg + 0.006 * noise(),
    baseTiltY: -0.6 * crane.tiltDeg + 0.006 * noise(),
    operatingHours: crane.hours,
    liftCycleCount: crane.earlierLifts + cycle.count,
    liftedTotal: crane.liftedT,
    overloadCount: crane.overloadCount,
  };
}

function driveSignals({ hoist, trolley, slewing, supply, isOn }: TowerCrane, noise: () => number) {
  const ripple = (value: number) => (value === 0 ? 0 : value + 2 * noise());
  const state = isOn ? operational : null;
  return {
    hoistStatusWord: isOn ? enabled : disabled,
    hoistMotorSpeed: ripple(hoist.drive.speedRpm),
    hoistMotorTorque: ripple(hoist.drive.torquePercent),
    hoistMotorCurrent: Math.max(0, ripple(hoist.drive.currentPercent)),
    hoistDcLinkVoltage: isOn ? dcLinkOf(supply) + 4 * noise() : 0,
    hoistDriveTemperature: hoist.drive.sinkC + 0.3 * noise(),
    hoistMotorTemperature: hoist.drive.windingC + 0.4 * noise(),
    trolleyMotorSpeed: ripple(trolley.speedRpm),
    trolleyMotorTorque: ripple(trolley.torquePercent),
    trolleyDriveTemperature: trolley.sinkC + 0.3 * noise(),
    slewMotorSpeed: ripple(slewing.speedRpm),
    slewMotorTorque: ripple(slewing.torquePercent),
    slewDriveTemperature: slewing.sinkC + 0.3 * noise(),
    drumRopeSpeed: hoist.ropeMps + (hoist.ropeMps === 0 ? 0 : 0.005 * noise()),
    hoistDriveState: state,
    trolleyDriveState: state,
    slewDriveState: state,
    drumEncoderState: state,
  };
}

const monitorSignals = (
  { hoist, cabinetC }: TowerCrane,
  { ambientC }: Weather,
  noise: () => number,
) => ({
  hoistGearOilTemperature: hoist.gearOilC + 0.2 * noise(),
  hoistGearBearingTemperature: hoist.gearBearing.temperatureC + 0.2 * noise(),
  hoistMotorBearingTemperature: hoist.motorBearing.temperatureC + 0.2 * noise(),
  controlCabinetTemperature: cabinetC + 0.2 * noise(),
  outsideTemperature: ambientC + 0.3 * noise(),
});

function meterSignals({ supply, cycle }: TowerCrane, noise: () => number) {
  const phaseOf = (turn: number) =>
    supply.volts + drawnNormal(cycle.seed, turn, 41) + 0.6 * noise();
  return {
    supplyMeterVoltageL1: phaseOf(1),
    supplyMeterVoltageL2: phaseOf(2),
    supplyMeterVoltageL3: phaseOf(3),
    supplyMeterPower: supply.kw,
    supplyMeterFrequency: supply.frequencyHz + 0.02 * noise(),
    supplyMeterEnergyImport: supply.energyKwh,
  };
}
