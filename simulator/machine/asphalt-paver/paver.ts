import type { Demand } from "../../surroundings/duty.ts";
import type { Conditions } from "../machine-model.ts";
import { type Bearing, restingBearing, stepBearing } from "../subsystems/bearing.ts";
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
import type { PaverParameters } from "./parameters.ts";
import { morningSite, type PavingSite, stepSite } from "./paving-site.ts";
import { coldScreed, type Screed, stepScreed } from "./screed.ts";

/** A drive of the material feed: speed in rpm, pressure in bar. */
export interface FeedDrive {
  rpm: number;
  bar: number;
}

/** State of a tracked paver. Pressures in bar, temperatures in °C. */
export interface Paver {
  readonly engine: DieselEngine;
  readonly hydraulics: HydraulicCircuit;
  readonly charging: Charging;
  readonly screed: Screed;
  readonly site: PavingSite;
  readonly augerBearing: Bearing;
  readonly leftConveyor: FeedDrive;
  readonly rightConveyor: FeedDrive;
  readonly leftAuger: FeedDrive;
  readonly rightAuger: FeedDrive;
  readonly tamper: FeedDrive;
  vibrationRpm: number;
  pressureBar: number;
  speedMps: number;
  travelBar: number;
  chargeBar: number;
  /** 0 neutral, 1 travel, 2 positioning, 3 paving. */
  mode: 0 | 1 | 2 | 3;
  materialPercent: number;
  mixC: number;
  generatorKw: number;
}

export const paverEngine: EngineSize = { ratedKw: 130, ratedRpm: 2000, tankL: 300 };
export const paverHydraulics: HydraulicSize = {
  ratedKw: 70,
  ratedBar: 250,
  ratedLpm: 330,
  tankL: 220,
};
/** Mix as it comes from the plant, less what the way took. 120 to 165 °C behind the screed. */
const deliveredC = 152;
const workingRpm = 1650;
/** Litres of oil for one turn of conveyor or auger, of tamper and vibration at working speed, L/min. */
const feedLitres = 0.9;
const tamperLpm = 42;
const vibrationLpm = 36;
const vibrationBar = 90;
/** Of lumps at the first load of a truck, seconds. */
const lumpsSeconds = 9;

const standingDrive = (): FeedDrive => ({ rpm: 0, bar: 0 });

export const coldPaver = (ambientC: number, hours: number, seed: number): Paver => ({
  engine: standingEngine(ambientC, hours),
  hydraulics: restingHydraulics(ambientC, paverHydraulics),
  charging: restedCharging(),
  screed: coldScreed(ambientC),
  site: morningSite(seed),
  augerBearing: restingBearing(ambientC),
  leftConveyor: standingDrive(),
  rightConveyor: standingDrive(),
  leftAuger: standingDrive(),
  rightAuger: standingDrive(),
  tamper: standingDrive(),
  vibrationRpm: 0,
  pressureBar: 0,
  speedMps: 0,
  travelBar: 0,
  chargeBar: 0,
  mode: 0,
  materialPercent: 0,
  mixC: ambientC,
  generatorKw: 0,
});

export const isPaving = ({ site, mode }: Paver): boolean => mode === 3 && site.stage === "pave";

/**
 * Advances the paver by `dt` seconds, in place: the crew preheats, waits and paves; feed, tamper and tracks take what mix
 * and wear ask for from the pumps, the screed from the generator, both from the engine.
 */
export function stepPaver(
  paver: Paver,
  parameters: PaverParameters,
  conditions: Conditions,
  dt: number,
): void {
  const { demand, ambientC } = conditions;
  const isOn = demand.activity !== "off";
  stepSite(paver.site, demand, paver.screed, dt);
  paver.mode = modeOf(paver, demand);
  const paves = isPaving(paver);
  stepFeed(paver, parameters, demand, dt);
  stepTravel(paver, parameters, demand, dt);
  const isHeated = isOn && demand.activity !== "travel";
  stepScreed(
    paver.screed,
    parameters,
    {
      engineRpm: paver.engine.speedRpm,
      isSwitchedOn: isHeated,
      ambientC,
      mixC: paves ? deliveredC : Number.NaN,
      isDamp: conditions.rainMmPerHour > 0,
    },
    dt,
  );
  stepMix(paver, ambientC, dt);
  // The bearing hangs in the mix, behind a seal.
  const aroundC = paver.site.hasMix ? ambientC + 0.53 * (paver.mixC - ambientC) : ambientC;
  const turn = { speed: paver.rightAuger.rpm / 100, load: paver.rightAuger.rpm > 1 ? 0.5 : 0 };
  stepBearing(paver.augerBearing, parameters.augerBearing, turn, aroundC, dt);
  stepPumps(paver, parameters, conditions, dt);
  stepEngineOf(paver, parameters, demand, ambientC, dt);
}

function modeOf({ site }: Paver, { activity }: Demand): Paver["mode"] {
  if (activity === "travel") return 1;
  if (activity !== "work") return 0;
  return site.stage === "pave" || site.stage === "await-next" ? 3 : 2;
}

function stepFeed(paver: Paver, parameters: PaverParameters, demand: Demand, dt: number): void {
  const paves = isPaving(paver);
  const { inStageSeconds, trucks } = paver.site;
  const rpm = paves ? 24 + 26 * demand.effort : 0;
  const wander =
    1 + 0.07 * Math.sin(inStageSeconds / 23 + trucks) + 0.04 * Math.sin(inStageSeconds / 7);
  const lumps = inStageSeconds < lumpsSeconds ? 1.35 + 0.25 * demand.roughness : 1;
  const conveyorBar = (58 + 50 * demand.effort) * wander * lumps;
  const augerBar = (54 + 56 * demand.effort) * (2 - wander) * lumps;
  turnDrive(paver.leftConveyor, rpm, conveyorBar * parameters.leftConveyorDrag, dt);
  turnDrive(paver.rightConveyor, rpm * 0.97, conveyorBar * 1.03, dt);
  turnDrive(paver.leftAuger, rpm * 1.1, augerBar, dt);
  const bearingDrag = 0.96 + 0.04 * parameters.augerBearing.friction;
  const rightBar = augerBar * 0.98 * parameters.rightAugerDrag * bearingDrag;
  turnDrive(paver.rightAuger, rpm * 1.08, rightBar, dt);
  // Bitumen on the bars is stiff until the plates are warm.
  const crust = 1 + 0.6 * Math.max(0, Math.min(1, (90 - paver.screed.zoneC[1]) / 60));
  const tamperBar = (62 + 34 * demand.effort) * crust * parameters.tamperDrag;
  turnDrive(paver.tamper, paves ? 650 + 600 * demand.effort : 0, tamperBar, dt);
  paver.vibrationRpm = towards(paver.vibrationRpm, paves ? 2300 : 0, dt, 2);
  paver.pressureBar = towards(paver.pressureBar, paves ? 78 + 30 * demand.effort : 0, dt, 2);
  const height = !paver.site.hasMix ? 0 : paves ? 60 + 6 * Math.sin(inStageSeconds / 31) : 44;
  paver.materialPercent = towards(paver.materialPercent, height, dt, 6);
}

function turnDrive(drive: FeedDrive, rpm: number, bar: number, dt: number): void {
  drive.rpm = towards(drive.rpm, rpm, dt, 1.2);
  if (rpm === 0 && drive.rpm < 0.5) drive.rpm = 0;
  drive.bar = towards(drive.bar, rpm > 0 ? bar : 0, dt, 1);
}

/** The closed circuit of the tracks; its charge pump turns with the engine and feels thin oil. */
function stepTravel(paver: Paver, parameters: PaverParameters, demand: Demand, dt: number): void {
  const paves = isPaving(paver);
  const wantedMps = paves ? 0.035 + 0.06 * demand.effort : demand.activity === "travel" ? 1.1 : 0;
  paver.speedMps = towards(paver.speedMps, wantedMps, dt, 1.5);
  if (wantedMps === 0 && paver.speedMps < 0.002) paver.speedMps = 0;
  const bar = paves ? 120 + 90 * demand.effort : wantedMps > 0 ? 165 : 0;
  const isTurning = paver.engine.speedRpm > 300;
  paver.travelBar = towards(paver.travelBar, isTurning ? Math.max(22, bar) : 0, dt, 1);
  const turns = Math.min(1, paver.engine.speedRpm / 1200);
  const thin = thicknessOf(paver.hydraulics.oilC) ** 0.08;
  const chargeBar = Math.min(32, 25 * turns * thin * parameters.chargeShare);
  paver.chargeBar = towards(paver.chargeBar, isTurning ? chargeBar : 0, dt, 1);
}

function stepMix(paver: Paver, ambientC: number, dt: number): void {
  const wanted = isPaving(paver) ? deliveredC - 6 : ambientC;
  // What lies behind the screed cools within an hour.
  paver.mixC = towards(paver.mixC, wanted, dt, isPaving(paver) ? 40 : 2400);
}

/** All drives but the tracks' hang on one circuit; the tracks' own heat goes the same way, by their share of the flow. */
function stepPumps(
  paver: Paver,
  parameters: PaverParameters,
  { ambientC, demand }: Conditions,
  dt: number,
): void {
  const feeds = [paver.leftConveyor, paver.rightConveyor, paver.leftAuger, paver.rightAuger];
  let lpm = 0;
  let work = 0;
  for (const { rpm, bar } of feeds) {
    lpm += rpm * feedLitres;
    work += rpm * feedLitres * bar;
  }
  const tampedLpm = (tamperLpm * paver.tamper.rpm) / 1000;
  const shakenLpm = (vibrationLpm * paver.vibrationRpm) / 2300;
  const drivenLpm = 60 * Math.min(1, paver.speedMps / 0.1);
  const isTurning = demand.activity !== "off" && paver.engine.speedRpm > 300;
  const idleLpm = isTurning ? 30 : 0;
  lpm += tampedLpm + shakenLpm + drivenLpm + idleLpm;
  work +=
    tampedLpm * paver.tamper.bar +
    shakenLpm * vibrationBar +
    drivenLpm * paver.travelBar +
    idleLpm * 20;
  stepHydraulics(
    paver.hydraulics,
    { size: paverHydraulics, parameters: parameters.hydraulics },
    { pressureBar: lpm > 0 ? work / lpm : 0, displacedLpm: isTurning ? lpm : 0, usefulShare: 0.68 },
    ambientC,
    dt,
  );
}

function stepEngineOf(
  paver: Paver,
  parameters: PaverParameters,
  demand: Demand,
  ambientC: number,
  dt: number,
): void {
  paver.generatorKw = paver.screed.heatersKw / 0.86;
  const driveKw = 6 + paver.speedMps * 28;
  stepEngine(
    paver.engine,
    { size: paverEngine, parameters: parameters.engine },
    {
      speedRpm: wantedRpm(demand),
      powerKw: paver.hydraulics.shaftKw + paver.generatorKw + driveKw,
    },
    ambientC,
    dt,
  );
  stepCharging(paver.charging, parameters.charging, paver.engine, dt);
}

function wantedRpm({ activity }: Demand): number {
  if (activity === "off") return 0;
  if (activity === "idle") return 900;
  return workingRpm;
}
