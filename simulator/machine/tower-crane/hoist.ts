import { type Bearing, restingBearing, stepBearing } from "../subsystems/bearing.ts";
import {
  type DriveSize,
  type ElectricDrive,
  restingDrive,
  stepDrive,
} from "../subsystems/electric-drive.ts";
import { towards } from "../subsystems/towards.ts";
import type { TowerCraneParameters } from "./parameters.ts";

/** State of the hoist: motor, brake, gearbox, drum and rope. Temperatures in °C. */
export interface Hoist {
  readonly drive: ElectricDrive;
  readonly motorBearing: Bearing;
  readonly gearBearing: Bearing;
  gearOilC: number;
  gearLossKw: number;
  gearCooledKw: number;
  isBrakeReleased: boolean;
  releaseMs: number;
  /** Of the rope at the drum, up positive, m/s. */
  ropeMps: number;
  heightM: number;
  /** Load that pulls at the hook, t; follows the rope's stretch as it comes off the ground. */
  loadT: number;
}

export const hoistSize: DriveSize = { ratedKw: 55, ratedRpm: 1450 };
export const ropeFalls = 2;
/** Greatest load on two falls, and the hook block, t. */
export const greatestT = 6;
const hookT = 0.3;
/** Of the hook at rated speed of the motor. */
const ratedHookMps = 0.8;
/** Torque of a sound brake, times the greatest load. @see GB/T 3811: 1.75 for hoists */
const brakeReserve = 1.75;
const gearKjPerK = 90;
const gearKwPerK = 0.026;

export const restingHoist = (ambientC: number): Hoist => ({
  drive: restingDrive(ambientC),
  motorBearing: restingBearing(ambientC),
  gearBearing: restingBearing(ambientC),
  gearOilC: ambientC,
  gearLossKw: 0,
  gearCooledKw: 0,
  isBrakeReleased: false,
  releaseMs: 190,
  ropeMps: 0,
  heightM: 2,
  loadT: 0,
});

/** What the operator asks of the hoist. */
export interface HoistWish {
  readonly isOn: boolean;
  /** Lever, -1 down to 1 up. */
  readonly lever: number;
  /** Load that is slung, t. */
  readonly slungT: number;
  readonly roughness: number;
}

/**
 * Advances the hoist by `dt` seconds, in place. A light load is lifted faster in weakened field; a closed brake holds what
 * its torque holds, the rest sinks; friction of gears and rope costs torque and heats.
 */
export function stepHoist(
  hoist: Hoist,
  parameters: TowerCraneParameters,
  wish: HoistWish,
  air: { readonly ambientC: number; readonly cabinetC: number },
  dt: number,
): void {
  const { drive } = hoist;
  hoist.loadT = towards(hoist.loadT, wish.slungT, dt, 0.8);
  const share = (hoist.loadT + hookT) / (greatestT + hookT);
  hoist.isBrakeReleased = wish.isOn && wish.lever !== 0;
  const field = wish.lever > 0 ? Math.min(1.6, 0.9 / Math.max(0.5, share)) : 1.25;
  const isUp = wish.lever > 0;
  const friction = 0.95 * parameters.ropeDrag + 0.05 * Math.min(8, parameters.gearFriction);
  stepDrive(
    drive,
    { size: hoistSize, parameters: parameters.hoistDrive },
    {
      isOn: wish.isOn,
      speedRpm: wish.lever * field * hoistSize.ratedRpm,
      torquePercent: 100 * share * (isUp ? friction : Math.max(0.15, 1.7 - friction)),
      rampSeconds: hoist.isBrakeReleased ? 1.4 - 0.5 * wish.roughness : 0.25,
    },
    air,
    dt,
  );
  stepRope(hoist, parameters, share, dt);
  stepGear(hoist, parameters, share, air.ambientC, dt);
  const gap = 0.9 - parameters.liningShare;
  hoist.releaseMs = towards(hoist.releaseMs, 185 + 520 * gap, dt, 600);
}

function stepRope(hoist: Hoist, { brakeGrip }: TowerCraneParameters, share: number, dt: number) {
  const turns = hoist.drive.speedRpm / hoistSize.ratedRpm;
  const missing = share - brakeReserve * brakeGrip;
  const slips = !hoist.isBrakeReleased && missing > 0 && hoist.heightM > 0.5;
  const sinkMps = slips ? Math.min(1.5, 0.05 + 1.4 * missing) : 0;
  hoist.ropeMps = turns * ratedHookMps * ropeFalls - sinkMps;
  hoist.heightM = Math.max(0, hoist.heightM + (hoist.ropeMps / ropeFalls) * dt);
}

function stepGear(
  hoist: Hoist,
  parameters: TowerCraneParameters,
  share: number,
  ambientC: number,
  dt: number,
): void {
  const { drive } = hoist;
  const turns = Math.min(1.3, Math.abs(drive.speedRpm) / hoistSize.ratedRpm);
  // Cold oil is churned with twice the power and more.
  const churnedKw = 0.7 * turns * 2 ** (Math.max(0, 40 - hoist.gearOilC) / 35);
  hoist.gearLossKw = 0.075 * Math.abs(drive.shaftKw) * parameters.gearFriction + churnedKw;
  hoist.gearCooledKw = gearKwPerK * (hoist.gearOilC - ambientC);
  const restC = ambientC + hoist.gearLossKw / gearKwPerK;
  hoist.gearOilC = towards(hoist.gearOilC, restC, dt, gearKjPerK / gearKwPerK);
  const turn = { speed: turns, load: share };
  stepBearing(hoist.gearBearing, parameters.gearBearing, turn, hoist.gearOilC, dt);
  const housingC = ambientC + 0.25 * (drive.windingC - ambientC);
  stepBearing(hoist.motorBearing, parameters.motorBearing, turn, housingC, dt);
}
