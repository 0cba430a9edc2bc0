import { drawn } from "../../random.ts";
import type { Weather } from "../../surroundings/weather.ts";
import type { Conditions, PowerBalance } from "../machine-model.ts";
import {
  type DriveSize,
  type ElectricDrive,
  healthyDrive,
  restingDrive,
  stepDrive,
} from "../subsystems/electric-drive.ts";
import {
  type LiftCycle,
  type LiftRoom,
  newCycle,
  stepLiftCycle,
} from "../subsystems/lift-cycle.ts";
import { type MainsSupply, openSupply, stepSupply } from "../subsystems/mains-supply.ts";
import { towards } from "../subsystems/towards.ts";
import { greatestT, type Hoist, restingHoist, stepHoist } from "./hoist.ts";
import type { TowerCraneParameters } from "./parameters.ts";

/** State of a tower crane with a trolley jib. */
export interface TowerCrane {
  readonly hoist: Hoist;
  readonly trolley: ElectricDrive;
  readonly slewing: ElectricDrive;
  readonly supply: MainsSupply;
  readonly cycle: LiftCycle;
  isOn: boolean;
  radiusM: number;
  slewDeg: number;
  cabinetC: number;
  cabinetHeatKw: number;
  cabinetCooledKw: number;
  /** At the top of the tower, m/s; the gust wanders within what the weather gives. */
  gustMps: number;
  meanMps: number;
  momentPercent: number;
  hasCutOut: boolean;
  /** Seconds for which it has been above the limiter's setting. */
  aboveSeconds: number;
  tiltDeg: number;
  hours: number;
  liftedT: number;
  overloadCount: number;
  liftsBefore: number;
  /** Lifts of before the start. */
  readonly earlierLifts: number;
  ageSeconds: number;
  gustBlock: number;
  /** Of the gust now, 0 none to 1 the strongest. */
  gustShare: number;
}

const trolleySize: DriveSize = { ratedKw: 5.5, ratedRpm: 1400 };
const slewingSize: DriveSize = { ratedKw: 15, ratedRpm: 1400 };
const room: LiftRoom = {
  radiusM: [8, 68],
  heightM: [2, 52],
  slewDeg: 170,
  slingSeconds: 50,
};
/** At rated speed of the motors. */
const trolleyMps = 1.1;
const slewDegPerSecond = 4.2;
/** Cabin, lights, control and hydraulics of the brakes while it is on, and what stays on, kW. */
const auxiliaryKw = 2.2;
const standbyKw = 0.4;
/** Wind at 60 m by that at 10 m, exponent 0.16. @see GB/T 3811, out-of-service wind */
const windAtTop = 1.33;
/** Gust at the top at which the operator puts the load down. JGJ 33: work stops at 6 Beaufort (10.8 m/s mean). */
const stopsAtGustMps = 16;
const cabinetKwPerK = 0.11;
const cabinetWallKwPerK = 0.008;
const cabinetSeconds = 900;

export const restingCrane = (ambientC: number, hours: number, seed: number): TowerCrane => ({
  hoist: restingHoist(ambientC),
  trolley: restingDrive(ambientC),
  slewing: restingDrive(ambientC),
  supply: openSupply(hours * 14),
  cycle: newCycle(seed, room),
  isOn: false,
  radiusM: 20,
  slewDeg: 0,
  cabinetC: ambientC,
  cabinetHeatKw: 0,
  cabinetCooledKw: 0,
  gustMps: 0,
  meanMps: 0,
  momentPercent: 0,
  hasCutOut: false,
  aboveSeconds: 0,
  tiltDeg: 0.03,
  hours,
  liftedT: hours * 14,
  overloadCount: Math.round(hours * 0.01),
  liftsBefore: 0,
  earlierLifts: Math.round(hours * 9),
  ageSeconds: 0,
  gustBlock: -1,
  gustShare: 0,
});

/** What may be lifted at a radius, t: chart of a crane with 2.5 t at 75 m. Engineering default. */
export const ratedLoadOf = (radiusM: number): number =>
  Math.min(greatestT, 212 / Math.max(20, radiusM) - 0.33);

/**
 * Advances the crane by `dt` seconds, in place: the operator lifts, carries and sets down; drives draw from the supply
 * what that takes; the limiter cuts out; the tower leans with load and wind.
 */
export function stepCrane(
  crane: TowerCrane,
  parameters: TowerCraneParameters,
  conditions: Conditions,
  dt: number,
): void {
  const { hoist, cycle } = crane;
  crane.ageSeconds += dt;
  stepWind(crane, conditions, dt);
  crane.isOn = conditions.demand.activity !== "off";
  const isTooWindy = crane.gustMps > stopsAtGustMps;
  const demand = isTooWindy && crane.isOn ? breakOf(conditions) : conditions.demand;
  stepLiftCycle(
    cycle,
    room,
    { heightM: hoist.heightM, slewDeg: crane.slewDeg, radiusM: crane.radiusM },
    { demand, isRefused: crane.hasCutOut },
    dt,
  );
  const air = { ambientC: conditions.ambientC, cabinetC: crane.cabinetC };
  const slungT = cycle.isLoaded ? slungLoad(crane, demand.roughness) : 0;
  const wish = { isOn: crane.isOn, lever: cycle.hoist, slungT, roughness: demand.roughness };
  stepHoist(hoist, parameters, wish, air, dt);
  stepTrolley(crane, parameters, air, dt);
  stepSlewing(crane, parameters, air, dt);
  stepLimiter(crane, parameters, dt);
  stepCabinet(crane, parameters, conditions.ambientC, dt);
  const { trolley, slewing } = crane;
  const drivesKw = hoist.drive.electricKw + trolley.electricKw + slewing.electricKw;
  const restKw = crane.isOn ? auxiliaryKw : standbyKw;
  stepSupply(crane.supply, parameters.supply, drivesKw + restKw, dt);
  stepTower(crane, parameters, dt);
  count(crane, dt);
}

const breakOf = ({ demand: { roughness } }: Conditions) =>
  ({ activity: "idle", effort: 0, roughness }) as const;

/** Snatched off the ground it swings: more for a moment, the more roughly it is done. */
function slungLoad({ cycle }: TowerCrane, roughness: number): number {
  const rated = ratedLoadOf(Math.max(cycle.pickRadiusM, cycle.putRadiusM));
  const isSnatched = cycle.phase === 1 && cycle.inPhaseSeconds < 1.5;
  return rated * cycle.loadShare * (isSnatched ? 1.03 + 0.09 * roughness : 1);
}

/** Gusts come and go within ten minutes; the sensor at the top sees them one by one. */
function stepWind(crane: TowerCrane, { windMps, gustMps }: Weather, dt: number): void {
  const block = Math.floor(crane.ageSeconds / 7);
  if (block !== crane.gustBlock) crane.gustShare = drawn(crane.cycle.seed, block, 31) ** 2;
  crane.gustBlock = block;
  const wanted = windAtTop * (0.7 * windMps + (gustMps - 0.7 * windMps) * crane.gustShare);
  crane.gustMps = towards(crane.gustMps, wanted, dt, 3);
  crane.meanMps = towards(crane.meanMps, windAtTop * windMps, dt, 200);
}

function stepTrolley(
  crane: TowerCrane,
  { trolleySlack }: TowerCraneParameters,
  air: { readonly ambientC: number; readonly cabinetC: number },
  dt: number,
): void {
  const lever = crane.cycle.reach;
  const drags = (12 + 5 * crane.hoist.loadT) * (1 + 0.4 * trolleySlack);
  stepDrive(
    crane.trolley,
    { size: trolleySize, parameters: healthyDrive },
    {
      isOn: crane.isOn,
      speedRpm: lever * trolleySize.ratedRpm,
      torquePercent: Math.sign(lever) * drags,
      rampSeconds: 1.5,
    },
    air,
    dt,
  );
  crane.radiusM += trolleyMps * (crane.trolley.speedRpm / trolleySize.ratedRpm) * dt;
}

/** Friction of the ring grows with what hangs on it and as its grease stiffens; wind pushes the jib one way. */
function stepSlewing(
  crane: TowerCrane,
  { ringFriction }: TowerCraneParameters,
  air: { readonly ambientC: number; readonly cabinetC: number },
  dt: number,
): void {
  const lever = crane.cycle.slew;
  const stiffness = 1 + Math.max(0, 10 - air.ambientC) / 80;
  const rubs = (15 + 0.07 * crane.momentPercent) * stiffness * ringFriction;
  const pushed = 0.11 * crane.gustMps ** 2 * Math.sin((crane.slewDeg * Math.PI) / 180);
  stepDrive(
    crane.slewing,
    { size: slewingSize, parameters: healthyDrive },
    {
      isOn: crane.isOn,
      speedRpm: lever * slewingSize.ratedRpm,
      torquePercent: lever === 0 ? 0 : Math.sign(lever) * rubs + pushed,
      rampSeconds: 4,
    },
    air,
    dt,
  );
  crane.slewDeg += slewDegPerSecond * (crane.slewing.speedRpm / slewingSize.ratedRpm) * dt;
}

/** Above its setting for half a second it lets the load only down. */
function stepLimiter(crane: TowerCrane, parameters: TowerCraneParameters, dt: number): void {
  const rated = ratedLoadOf(crane.radiusM);
  crane.momentPercent = Math.max(0, (100 * crane.hoist.loadT) / rated);
  const measured = crane.momentPercent + (100 * parameters.loadZeroT) / rated;
  const isAbove = measured > parameters.limiterPercent;
  crane.aboveSeconds = isAbove ? crane.aboveSeconds + dt : 0;
  const cutsOut = crane.aboveSeconds > 0.5;
  if (cutsOut && !crane.hasCutOut) crane.overloadCount++;
  crane.hasCutOut = cutsOut;
}

function stepCabinet(
  crane: TowerCrane,
  { cabinetAir }: TowerCraneParameters,
  ambientC: number,
  dt: number,
): void {
  const { hoist, trolley, slewing } = crane;
  const sinksKw = hoist.drive.sinkCooledKw + trolley.sinkCooledKw + slewing.sinkCooledKw;
  crane.cabinetHeatKw = sinksKw + (crane.isOn ? 0.15 : 0.05);
  const kwPerK = cabinetWallKwPerK + (crane.isOn ? cabinetKwPerK * cabinetAir : 0);
  crane.cabinetCooledKw = kwPerK * (crane.cabinetC - ambientC);
  const restC = ambientC + crane.cabinetHeatKw / kwPerK;
  const seconds = (cabinetSeconds * (cabinetKwPerK + cabinetWallKwPerK)) / kwPerK;
  crane.cabinetC = towards(crane.cabinetC, restC, dt, seconds);
}

/** Lean of the lowest section under load and wind; what the foundation has settled stays. */
function stepTower(crane: TowerCrane, { settledDeg }: TowerCraneParameters, dt: number): void {
  const leanDeg = 0.0006 * crane.momentPercent + 0.0002 * crane.meanMps ** 2;
  crane.tiltDeg = towards(crane.tiltDeg, 0.03 + settledDeg + leanDeg, dt, 4);
}

function count(crane: TowerCrane, dt: number): void {
  if (crane.isOn) crane.hours += dt / 3600;
  if (crane.cycle.count === crane.liftsBefore) return;
  crane.liftsBefore = crane.cycle.count;
  crane.liftedT += crane.hoist.loadT;
}

/** Mains in, and what the load gives back as it sinks; out go work and what the air takes; the rest warms what has mass. */
export function balanceOfCrane({ hoist, trolley, slewing, ...crane }: TowerCrane): PowerBalance {
  const drives = [hoist.drive, trolley, slewing];
  const sum = (of: (drive: ElectricDrive) => number) =>
    drives.reduce((total, drive) => total + of(drive), 0);
  const sinksKw = sum(({ sinkCooledKw }) => sinkCooledKw);
  const insideKw = crane.cabinetHeatKw - sinksKw;
  const restKw = (crane.isOn ? auxiliaryKw : standbyKw) - insideKw;
  const airKw = sum(({ motorCooledKw }) => motorCooledKw) + hoist.gearCooledKw;
  const workKw = sum(({ shaftKw }) => Math.max(0, shaftKw));
  const lossKw = sum(({ motorLossKw, converterLossKw }) => motorLossKw + converterLossKw);
  const lifts = hoist.drive.shaftKw >= 0;
  return {
    inKw:
      crane.supply.kw +
      sum(({ shaftKw }) => Math.max(0, -shaftKw)) +
      (lifts ? 0 : hoist.gearLossKw),
    outKw:
      workKw -
      (lifts ? hoist.gearLossKw : 0) +
      sum(({ resistorKw }) => resistorKw) +
      airKw +
      crane.cabinetCooledKw +
      restKw,
    storedKw: lossKw + hoist.gearLossKw + insideKw - airKw - crane.cabinetCooledKw,
  };
}
