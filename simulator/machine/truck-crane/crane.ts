import type { Conditions } from "../machine-model.ts";
import { type Charging, restedCharging, stepCharging } from "../subsystems/charging.ts";
import {
  type DieselEngine,
  type EngineSize,
  standingEngine,
  stepEngine,
} from "../subsystems/diesel-engine.ts";
import {
  type HydraulicCircuit,
  type HydraulicSize,
  restingHydraulics,
  stepHydraulics,
} from "../subsystems/hydraulic-circuit.ts";
import {
  type LiftCycle,
  type LiftRoom,
  newCycle,
  stepLiftCycle,
} from "../subsystems/lift-cycle.ts";
import { towards } from "../subsystems/towards.ts";
import type { TruckCraneParameters } from "./parameters.ts";
import { restingWinch, stepWinch, type Winch } from "./winch.ts";

/** State of a truck crane with a telescopic boom. Pressures in bar, temperatures in °C. */
export interface TruckCrane {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly cycle: LiftCycle;
  readonly winch: Winch;
  isPtoEngaged: boolean;
  /** Since the outriggers began to come out. */
  settingSeconds: number;
  radiusM: number;
  /** Since the start, right positive. */
  slewDeg: number;
  slewDps: number;
  slewBar: number;
  pumpBar: number;
  momentPercent: number;
  hasCutOut: boolean;
  isBypassed: boolean;
  aboveSeconds: number;
  tiltDeg: number;
  gustMps: number;
  speedKmh: number;
  drivenM: number;
  craneHours: number;
  overloadCount: number;
  readonly earlierLifts: number;
}

export const craneEngine: EngineSize = { ratedKw: 260, ratedRpm: 1900, tankL: 350 };
export const craneHydraulics: HydraulicSize = {
  ratedKw: 90,
  ratedBar: 250,
  ratedLpm: 320,
  tankL: 500,
};
const room: LiftRoom = { radiusM: [5, 21], heightM: [1, 24], slewDeg: 130, slingSeconds: 100 };
export const boomM = 27;
const setUpSeconds = 240;
/** Fixed pumps behind an open centre: what no one takes goes back at this pressure. */
const openCentreBar = 16;
const lpmPerRpm = 0.2;
const slewDps = 6;
const luffMps = 0.5;
/** Gust at which the load is set down, m/s; the duty calls the work off at less. */
const stopsAtGustMps = 13.8;
/** Wind at the boom's head by that at 10 m, exponent 0.16. */
const windAtHead = 1.2;

export const restingTruckCrane = (ambientC: number, hours: number, seed: number): TruckCrane => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, craneHydraulics),
  charging: restedCharging(),
  cycle: newCycle(seed, room),
  winch: restingWinch(),
  isPtoEngaged: false,
  settingSeconds: 0,
  radiusM: 8,
  slewDeg: 0,
  slewDps: 0,
  slewBar: 0,
  pumpBar: 0,
  momentPercent: 0,
  hasCutOut: false,
  isBypassed: false,
  aboveSeconds: 0,
  tiltDeg: 0.15,
  gustMps: 0,
  speedKmh: 0,
  drivenM: hours * 9_000,
  craneHours: hours * 0.6,
  overloadCount: Math.round(hours * 0.01),
  earlierLifts: Math.round(hours * 5),
});

/** What may be lifted at a radius with four falls, t. Engineering default: a crane of 50 t with a part of its boom out. */
export const ratedLoadOf = (radiusM: number): number =>
  Math.max(1, Math.min(16, 190 / Math.max(5, radiusM) - 4));

export const areOutriggersSet = ({ settingSeconds }: TruckCrane): boolean =>
  settingSeconds > setUpSeconds;

/**
 * Advances the crane by `dt` seconds, in place: it drives, is set up, lifts; winch, luffing and slewing take from pumps that
 * always turn with the power take-off; the limiter cuts out unless its key is turned.
 */
export function stepTruckCrane(
  crane: TruckCrane,
  parameters: TruckCraneParameters,
  conditions: Conditions,
  dt: number,
): void {
  const { demand } = conditions;
  stepSetUp(crane, demand.activity, dt);
  crane.gustMps = towards(crane.gustMps, windAtHead * conditions.gustMps, dt, 8);
  const isTooWindy = crane.gustMps > windAtHead * stopsAtGustMps;
  const isResting = demand.activity === "work" && (isTooWindy || !areOutriggersSet(crane));
  stepLiftCycle(
    crane.cycle,
    room,
    { heightM: crane.winch.heightM, slewDeg: crane.slewDeg, radiusM: crane.radiusM },
    {
      demand: isResting ? { ...demand, activity: "idle" } : demand,
      isRefused: crane.hasCutOut && !crane.isBypassed,
    },
    dt,
  );
  const slungT = crane.cycle.isLoaded ? slungLoad(crane, parameters, demand.roughness) : 0;
  const { oilC, flowLpm, caseDrainLpm } = crane.hydraulics;
  const displacedLpm = flowLpm + caseDrainLpm;
  const flowShare = displacedLpm > 0 ? flowLpm / displacedLpm : 1;
  stepWinch(crane.winch, parameters, { lever: crane.cycle.hoist, slungT, oilC, flowShare }, dt);
  stepBoom(crane, parameters, dt);
  stepLimiter(crane, parameters, dt);
  stepPumps(crane, parameters, conditions.ambientC, dt);
  stepChassis(crane, parameters, conditions, dt);
}

function stepSetUp(crane: TruckCrane, activity: string, dt: number): void {
  // The power take-off is engaged when the crane stands.
  if (activity === "work" && crane.speedKmh === 0) crane.settingSeconds += dt;
  if (activity === "travel" || activity === "off") crane.settingSeconds = 0;
  crane.isPtoEngaged = crane.settingSeconds > 0;
  if (crane.isPtoEngaged) crane.craneHours += dt / 3600;
}

/** Who has got used to the key lifts more with it. */
function slungLoad(
  { cycle }: TruckCrane,
  { bypassHabit }: TruckCraneParameters,
  roughness: number,
): number {
  const rated = ratedLoadOf(Math.max(cycle.pickRadiusM, cycle.putRadiusM));
  const isSnatched = cycle.phase === 1 && cycle.inPhaseSeconds < 1.5;
  const isBold = cycle.loadShare > 0.7;
  const share = cycle.loadShare * (isBold ? 1 + 0.35 * bypassHabit : 1);
  return rated * share * (isSnatched ? 1.02 + 0.08 * roughness : 1);
}

function stepBoom(crane: TruckCrane, { ringFriction }: TruckCraneParameters, dt: number): void {
  const { cycle } = crane;
  const wantedDps = cycle.slew * slewDps;
  crane.slewDps = towards(crane.slewDps, wantedDps, dt, 2.2);
  if (cycle.slew === 0 && Math.abs(crane.slewDps) < 0.1) crane.slewDps = 0;
  crane.slewDeg += crane.slewDps * dt;
  crane.radiusM += cycle.reach * luffMps * dt;
  const lag = Math.abs(wantedDps - crane.slewDps) / slewDps;
  const rubs = (16 + 0.24 * crane.momentPercent) * ringFriction;
  const wanted = cycle.slew === 0 ? 0 : 24 + rubs + 70 * lag;
  crane.slewBar = towards(crane.slewBar, wanted, dt, 0.5);
}

function stepLimiter(crane: TruckCrane, { bypassHabit }: TruckCraneParameters, dt: number): void {
  crane.momentPercent = (100 * crane.winch.loadT) / ratedLoadOf(crane.radiusM);
  crane.isBypassed = bypassHabit > 0.3 && crane.cycle.isLoaded && crane.cycle.loadShare > 0.7;
  crane.aboveSeconds = crane.momentPercent > 100 ? crane.aboveSeconds + dt : 0;
  const cutsOut = crane.aboveSeconds > 0.5;
  if (cutsOut && !crane.hasCutOut) crane.overloadCount++;
  crane.hasCutOut = cutsOut;
}

function stepPumps(
  crane: TruckCrane,
  parameters: TruckCraneParameters,
  ambientC: number,
  dt: number,
): void {
  const { cycle, winch, hydraulics } = crane;
  const luffBar = cycle.reach === 0 ? 0 : 60 + 1.1 * crane.momentPercent;
  const wanted = Math.max(openCentreBar, winch.motorBar, luffBar, crane.slewBar);
  const lpm = crane.isPtoEngaged ? crane.engine.speedRpm * lpmPerRpm : 0;
  crane.pumpBar = towards(crane.pumpBar, lpm > 0 ? Math.min(250, wanted) : 0, dt, 0.4);
  const givenKw = (lpm * crane.pumpBar) / 600;
  const slewKw = (Math.abs(crane.slewDps) / slewDps) * 0.06 * crane.slewBar;
  const luffKw = Math.abs(cycle.reach) * 0.03 * luffBar;
  // A sinking load gives its work to the oil: the share is negative then.
  const workKw = winch.workKw + slewKw + luffKw;
  const usefulShare = givenKw > 0 ? Math.max(-2, Math.min(0.85, workKw / givenKw)) : 0;
  stepHydraulics(
    hydraulics,
    { size: craneHydraulics, parameters: parameters.hydraulics },
    { pressureBar: crane.pumpBar, displacedLpm: lpm, usefulShare },
    ambientC,
    dt,
  );
  const isFilledUp = lpm === 0 && parameters.hydraulics.oilLossLph === 0;
  if (isFilledUp && hydraulics.oilL < 0.8 * craneHydraulics.tankL)
    hydraulics.oilL = 0.9 * craneHydraulics.tankL;
}

function stepChassis(
  crane: TruckCrane,
  parameters: TruckCraneParameters,
  { demand, ambientC }: Conditions,
  dt: number,
): void {
  crane.speedKmh = towards(crane.speedKmh, demand.activity === "travel" ? 52 : 0, dt, 14);
  if (demand.activity !== "travel" && crane.speedKmh < 0.3) crane.speedKmh = 0;
  crane.drivenM += (crane.speedKmh / 3.6) * dt;
  const leanDeg = areOutriggersSet(crane)
    ? 0.0022 * crane.momentPercent + parameters.settledDeg
    : 0;
  crane.tiltDeg = towards(crane.tiltDeg, 0.15 + leanDeg, dt, 5);
  const driveKw = 7 + 1.7 * crane.speedKmh;
  const { activity, effort } = demand;
  const speedRpm =
    activity === "off"
      ? 0
      : activity === "idle"
        ? 750
        : activity === "travel"
          ? 1450
          : 1250 + 250 * effort;
  stepEngine(
    crane.engine,
    { size: craneEngine, parameters: parameters.engine },
    { speedRpm, powerKw: crane.hydraulics.shaftKw + driveKw },
    ambientC,
    dt,
  );
  stepCharging(crane.charging, parameters.charging, crane.engine, dt);
}
