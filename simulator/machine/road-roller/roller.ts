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
  thicknessOf,
} from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import { restingVibration, stepVibration, type Vibration } from "./drums.ts";
import { firstLane, type Lanes, rollingKmh, stepLanes } from "./lanes.ts";
import type { RollerParameters } from "./parameters.ts";
import { filledSprinkler, type Sprinkler, stepSprinkler } from "./sprinkler.ts";

/** State of a tandem vibratory roller. Pressures in bar, temperatures in °C. */
export interface Roller {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly lanes: Lanes;
  readonly vibration: Vibration;
  readonly sprinkler: Sprinkler;
  /** Forward positive. */
  speedKmh: number;
  forwardBar: number;
  reverseBar: number;
  chargeBar: number;
  matC: number;
  compaction: number;
  /** Along the strip, metres. */
  alongM: number;
}

export const rollerEngine: EngineSize = { ratedKw: 100, ratedRpm: 2200, tankL: 240 };
export const rollerHydraulics: HydraulicSize = {
  ratedKw: 75,
  ratedBar: 400,
  ratedLpm: 260,
  tankL: 110,
};
const workingRpm = 2200;
/** Litres a minute of the travel drive for one km/h, and of charge, steering and fan. */
const travelLpm = 15;
const auxiliaryLpm = 55;
const auxiliaryBar = 40;
const freshMatC = 142;

export const coldRoller = (ambientC: number, hours: number, seed: number): Roller => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, rollerHydraulics),
  charging: restedCharging(),
  lanes: firstLane(seed),
  vibration: restingVibration(ambientC, hours),
  sprinkler: filledSprinkler(),
  speedKmh: 0,
  forwardBar: 0,
  reverseBar: 0,
  chargeBar: 0,
  matC: ambientC,
  compaction: 0,
  alongM: 0,
});

/**
 * Advances the roller by `dt` seconds, in place: the operator rolls lane by lane, the drums vibrate, the sprinklers wet
 * them; travel and vibration take from the engine and heat the oil.
 */
export function stepRoller(
  roller: Roller,
  parameters: RollerParameters,
  conditions: Conditions,
  dt: number,
): void {
  const { demand, ambientC } = conditions;
  const { lanes, engine } = roller;
  stepLanes(lanes, demand, dt);
  stepTravel(roller, parameters, conditions, dt);
  stepMat(roller, ambientC, dt);
  const { oilC } = roller.hydraulics;
  const place = { lanes, engineRpm: engine.speedRpm, oilC, ambientC, matC: roller.matC };
  stepVibration(roller.vibration, parameters, place, dt);
  const isRolling = demand.activity === "work" && !lanes.isWaiting;
  const isBreak = demand.activity === "off" || demand.activity === "idle" || lanes.isWaiting;
  stepSprinkler(roller.sprinkler, parameters, { isRolling, isBreak, ambientC }, dt);
  stepPumps(roller, parameters, conditions, dt);
  const powerKw = roller.hydraulics.shaftKw + 5;
  stepEngine(
    engine,
    { size: rollerEngine, parameters: parameters.engine },
    { speedRpm: wantedRpm(roller, demand.activity), powerKw },
    ambientC,
    dt,
  );
  stepCharging(roller.charging, parameters.charging, engine, dt);
}

function wantedRpm({ lanes }: Roller, activity: string): number {
  if (activity === "off") return 0;
  if (activity === "idle") return 900;
  if (activity === "travel") return 1900;
  return lanes.isWaiting ? 1000 : workingRpm;
}

/** Driving presses one side of the closed circuit, braking before the turn the other; rough hands press harder. */
function stepTravel(
  roller: Roller,
  parameters: RollerParameters,
  { demand }: Conditions,
  dt: number,
): void {
  const before = roller.speedKmh;
  const isTravel = demand.activity === "travel";
  const wanted = isTravel ? 9 : roller.lanes.lever * rollingKmh(demand.effort);
  const ramp = 1.8 - 0.8 * demand.roughness;
  roller.speedKmh = towards(before, wanted, dt, ramp);
  if (wanted === 0 && Math.abs(roller.speedKmh) < 0.05) roller.speedKmh = 0;
  roller.alongM += (roller.speedKmh / 3.6) * dt;
  const isTurning = roller.engine.speedRpm > 300;
  const push = (90 * (wanted - roller.speedKmh)) / 5 + 14 * roller.speedKmh;
  const rests = isTurning ? roller.chargeBar : 0;
  const forward = Math.min(400, rests + Math.max(0, push + (wanted > 0 ? 55 : 0)));
  const reverse = Math.min(400, rests + Math.max(0, -push + (wanted < 0 ? 55 : 0)));
  roller.forwardBar = towards(roller.forwardBar, forward, dt, 0.6);
  roller.reverseBar = towards(roller.reverseBar, reverse, dt, 0.6);
  const turns = Math.min(1, roller.engine.speedRpm / 1100);
  const thin = thicknessOf(roller.hydraulics.oilC) ** 0.07;
  const charge = isTurning ? Math.min(33, 26 * turns * thin * parameters.chargeShare) : 0;
  roller.chargeBar = towards(roller.chargeBar, charge, dt, 0.8);
}

/** Fresh mat is hot and loose; it cools and stiffens pass by pass. */
function stepMat(roller: Roller, ambientC: number, dt: number): void {
  const { lanes } = roller;
  const isRolling = lanes.lever !== 0;
  const wanted = isRolling ? freshMatC - 5.5 * lanes.pass + 0.15 * (ambientC - 20) : roller.matC;
  const standsC = roller.engine.speedRpm > 300 ? wanted : ambientC;
  roller.matC = towards(roller.matC, standsC, dt, isRolling ? 6 : 1800);
  const stiff = roller.vibration.isOn ? 22 + 7 * lanes.pass : 0;
  roller.compaction = towards(roller.compaction, stiff, dt, 2);
}

function stepPumps(
  roller: Roller,
  parameters: RollerParameters,
  { ambientC, demand }: Conditions,
  dt: number,
): void {
  const isTurning = demand.activity !== "off" && roller.engine.speedRpm > 300;
  const driven = Math.abs(roller.speedKmh) * travelLpm;
  const shaken = roller.vibration.lpm;
  const rest = isTurning ? auxiliaryLpm * Math.min(1, roller.engine.speedRpm / 1500) : 0;
  const lpm = driven + shaken + rest;
  const drivenBar = Math.max(roller.forwardBar, roller.reverseBar);
  const work = driven * drivenBar + shaken * roller.vibration.bar + rest * auxiliaryBar;
  stepHydraulics(
    roller.hydraulics,
    { size: rollerHydraulics, parameters: parameters.hydraulics },
    { pressureBar: lpm > 0 ? work / lpm : 0, displacedLpm: isTurning ? lpm : 0, usefulShare: 0.68 },
    ambientC,
    dt,
  );
}
