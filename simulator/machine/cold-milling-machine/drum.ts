import type { Demand } from "../../surroundings/duty.ts";
import { towards } from "../subsystems/towards.ts";
import type { MillingPass } from "./milling-pass.ts";
import type { MillParameters } from "./parameters.ts";

/** State of the milling drum with clutch, belt and planetary gear. */
export interface Drum {
  /** 0 open, 1 engaging, 2 engaged. */
  clutch: 0 | 1 | 2;
  engagesFor: number;
  rpm: number;
  slipPercent: number;
  /** Speed that the cut allows, m/s. */
  feedMps: number;
  m3PerS: number;
  /** Power in the cut, and what belt and gear take of the engine for it, kW. */
  kw: number;
  shaftKw: number;
  gearC: number;
  vibrationMmps: number;
  /** Hours of milling since the picks were looked at. */
  pickHours: number;
}

/** Energy of a cubic metre of asphalt, kJ: engineering default (about 3.3 kWh). */
const kjPerM3 = 12_000;
const widthM = 2;
const ratioToEngine = 110 / 1750;
const fastestMps = 0.45;
const engageSeconds = 6;
/** Shaft power that a careful operator leaves to the drum at most, kW. */
const drumKw = 400;
/** Share of the cut's power that gear and belt turn into heat. */
const gearLoss = 0.03;

export const restingDrum = (ambientC: number): Drum => ({
  clutch: 0,
  engagesFor: 0,
  rpm: 0,
  slipPercent: 0,
  feedMps: 0,
  m3PerS: 0,
  kw: 0,
  shaftKw: 0,
  gearC: ambientC,
  vibrationMmps: 0,
  pickHours: 0,
});

/** What the drum turns in and is driven by. */
export interface Cut {
  readonly pass: MillingPass;
  readonly isWorked: boolean;
  readonly speedMps: number;
  readonly engineRpm: number;
  readonly demand: Demand;
  readonly ambientC: number;
}

/**
 * Advances the drum by `dt` seconds, in place. Blunt picks take more energy for the same volume and shake; the operator
 * first gives more power, then drives slower.
 */
export function stepDrum(drum: Drum, parameters: MillParameters, cut: Cut, dt: number): void {
  engage(drum, cut, dt);
  const turnsAt = drum.clutch === 2 ? cut.engineRpm * ratioToEngine : 0;
  const loaded = Math.min(1, drum.kw / 350);
  const slip = drum.clutch === 2 ? (0.8 + 0.9 * loaded) * parameters.beltSlip : 0;
  drum.slipPercent = Math.min(25, towards(drum.slipPercent, slip, dt, 2));
  drum.rpm = towards(drum.rpm, turnsAt * (1 - drum.slipPercent / 100), dt, 2);
  if (drum.rpm < 0.2) drum.rpm = 0;
  stepCut(drum, parameters, cut, dt);
  // Belt and gear turn what they lose into heat; the gear sits in the drum and cools badly.
  const idleKw = drum.clutch === 2 ? 8 : 0;
  drum.shaftKw =
    (drum.kw * (1 + gearLoss * parameters.gearFriction) + idleKw) / (1 - drum.slipPercent / 100);
  const gearK = (drum.rpm / 110) * (12 + 36 * loaded) * parameters.gearFriction;
  drum.gearC = towards(drum.gearC, cut.ambientC + gearK, dt, 2400);
  if (cut.engineRpm === 0) drum.pickHours = 0;
}

function engage(drum: Drum, { isWorked, pass }: Cut, dt: number): void {
  const wants = isWorked && pass.phase !== "repositioning" && pass.second > 40;
  if (!wants) {
    drum.clutch = 0;
    drum.engagesFor = 0;
    return;
  }
  drum.engagesFor += dt;
  drum.clutch = drum.engagesFor >= engageSeconds ? 2 : 1;
}

function stepCut(
  drum: Drum,
  parameters: MillParameters,
  { pass, isWorked, speedMps, demand }: Cut,
  dt: number,
): void {
  const depthM = isWorked && drum.clutch === 2 ? pass.depthM : 0;
  // A day's work blunts picks a little; they are changed where they stand overnight.
  const daily = 0.1 * Math.min(1, drum.pickHours / 6);
  const wear = Math.min(1.1, parameters.pickWear + daily);
  const stone = 1 + 0.06 * Math.sin(pass.second / 37) + 0.05 * Math.sin(pass.second / 211);
  const kjPerMetre = kjPerM3 * (1 + 1.5 * wear) * stone * widthM * depthM;
  const pushes = Math.min(0.97, 0.5 + 0.34 * demand.effort + 0.05 * demand.roughness + 0.6 * wear);
  const isCutting = depthM > 0 && pass.phase === "milling";
  drum.feedMps = isCutting ? Math.min(fastestMps, (pushes * drumKw) / kjPerMetre) : 0;
  const cutMps = isCutting ? Math.min(speedMps, fastestMps) : 0;
  drum.m3PerS = cutMps * widthM * depthM;
  drum.kw = Math.min(1.05 * drumKw, kjPerMetre * cutMps);
  if (isCutting) drum.pickHours += dt / 3600;
  const turns = drum.rpm / 110;
  const cutting = isCutting ? 2.6 + 2.2 * Math.min(1, drum.kw / 350) : 0.8;
  const shakes =
    turns * cutting * (1 + 2.3 * wear) * (1 + 0.12 * demand.roughness) +
    turns ** 2 * parameters.imbalanceMmps;
  drum.vibrationMmps = towards(drum.vibrationMmps, shakes, dt, 2);
}
