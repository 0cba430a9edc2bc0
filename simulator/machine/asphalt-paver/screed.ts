import { towards } from "../subsystems/towards.ts";
import type { PaverParameters } from "./parameters.ts";

/** State of an electrically heated screed. Plates from left to right: extension, main, main, extension. */
export interface Screed {
  /** Of the plates, °C. */
  readonly zoneC: [number, number, number, number];
  /** Of the heaters now, kW. */
  readonly zoneKw: [number, number, number, number];
  readonly isHeated: [boolean, boolean, boolean, boolean];
  /** 0 off, 1 warming up, 2 the warmest zone has come to its set temperature. */
  heatingState: 0 | 1 | 2;
  /** 0 good, 1 low, 2 tripped. */
  insulationState: 0 | 1 | 2;
  /** Of the generator, phase to neutral, V. */
  volts: number;
  frequencyHz: number;
  heatersKw: number;
}

export const setpointC = 115;
/** Heaters and plates of one zone: preheating takes 20 to 40 min (trade press). Engineering defaults. */
const ratedKw = [9.6, 10, 10, 9.6] as const;
const kjPerK = 80;
const airKwPerK = [0.034, 0.03, 0.03, 0.034] as const;
const neighbourKwPerK = 0.008;
const mixKwPerK = 0.09;
const ratedVolts = 230;
/** Below this speed the regulator cannot hold the voltage. */
const generatorRpm = 1300;
const ratedRpm = 1650;

export const coldScreed = (ambientC: number): Screed => ({
  zoneC: [ambientC, ambientC, ambientC, ambientC],
  zoneKw: [0, 0, 0, 0],
  isHeated: [false, false, false, false],
  heatingState: 0,
  insulationState: 0,
  volts: 0,
  frequencyHz: 0,
  heatersKw: 0,
});

/** What the screed is in. */
export interface ScreedPlace {
  readonly engineRpm: number;
  readonly isSwitchedOn: boolean;
  readonly ambientC: number;
  /** Of the mix under the plates; NaN without. */
  readonly mixC: number;
  readonly isDamp: boolean;
}

/**
 * Advances a screed by `dt` seconds, in place: the generator's voltage feeds the rods that are whole, zone by zone up to
 * the set temperature; plates have mass, lose heat to air and neighbours and gain it from hot mix.
 */
export function stepScreed(
  screed: Screed,
  parameters: PaverParameters,
  place: ScreedPlace,
  dt: number,
): void {
  stepGenerator(screed, parameters, place.engineRpm);
  stepInsulation(screed, parameters, place.isDamp);
  const isFed = place.isSwitchedOn && screed.volts > 60 && screed.insulationState < 2;
  const share = (screed.volts / ratedVolts) ** 2;
  screed.heatersKw = 0;
  for (let zone = 0; zone < 4; zone++) {
    const rods = zone === 0 ? parameters.leftOuterRods : 1;
    const kw = isFed && isWanted(screed, zone) ? (ratedKw[zone] ?? 0) * rods * share : 0;
    screed.zoneKw[zone] = kw;
    screed.heatersKw += kw;
  }
  for (let zone = 0; zone < 4; zone++) stepZone(screed, zone, place, dt);
  const warmestC = Math.max(...screed.zoneC);
  if (!place.isSwitchedOn || screed.insulationState === 2) screed.heatingState = 0;
  else if (warmestC >= setpointC - 1) screed.heatingState = 2;
  else if (screed.heatingState === 0 || warmestC < setpointC - 15) screed.heatingState = 1;
}

function stepGenerator(screed: Screed, { generatorShare }: PaverParameters, rpm: number): void {
  const sag = 0.12 * screed.heatersKw;
  const held = Math.min(1, rpm / generatorRpm);
  screed.volts = rpm > 300 ? Math.max(0, ratedVolts * generatorShare * held - sag) : 0;
  screed.frequencyHz = rpm > 300 ? (50 * rpm) / ratedRpm : 0;
}

/** Dew and rain lower it until the plates are warm. */
function stepInsulation(screed: Screed, { insulation }: PaverParameters, isDamp: boolean): void {
  const isWet = isDamp && screed.zoneC[1] < 60;
  const left = insulation * (isWet ? 0.6 : 1);
  screed.insulationState = left < 0.35 ? 2 : left < 0.7 ? 1 : 0;
}

/** Each zone has a thermostat of its own, 3 K wide. */
function isWanted({ zoneC, isHeated }: Screed, zone: number): boolean {
  const plateC = zoneC[zone] ?? 0;
  if (plateC >= setpointC) isHeated[zone] = false;
  else if (plateC < setpointC - 3) isHeated[zone] = true;
  return isHeated[zone] ?? false;
}

function stepZone(screed: Screed, zone: number, place: ScreedPlace, dt: number): void {
  const plateC = screed.zoneC[zone] ?? place.ambientC;
  const air = airKwPerK[zone] ?? 0;
  const mix = Number.isNaN(place.mixC) ? 0 : mixKwPerK;
  const left = zone > 0 ? (screed.zoneC[zone - 1] ?? plateC) : plateC;
  const right = zone < 3 ? (screed.zoneC[zone + 1] ?? plateC) : plateC;
  const whole = air + mix + 2 * neighbourKwPerK;
  const inKw =
    (screed.zoneKw[zone] ?? 0) +
    air * place.ambientC +
    (mix > 0 ? mix * place.mixC : 0) +
    neighbourKwPerK * (left + right);
  screed.zoneC[zone] = towards(plateC, inKw / whole, dt, kjPerK / whole);
}

/** Current of a phase, A: every zone has a rod on each; those that break, break one phase after the other. */
export function phaseAmps(screed: Screed, parameters: PaverParameters, phase: 0 | 1 | 2): number {
  if (screed.volts < 60) return 0;
  const [broken = 0, ...whole] = screed.zoneKw;
  const wholeKw = whole.reduce((sum, kw) => sum + kw, 0) / 3;
  const rods = Math.max(0, Math.min(1, 3 * parameters.leftOuterRods - (2 - phase)));
  const share = parameters.leftOuterRods > 0 ? rods / (3 * parameters.leftOuterRods) : 0;
  return ((wholeKw + broken * share) * 1000) / screed.volts;
}
