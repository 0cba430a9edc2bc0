import { type Bearing, restingBearing, stepBearing } from "../subsystems/bearing.ts";
import { thicknessOf } from "../subsystems/hydraulic-circuit.ts";
import { towards } from "../subsystems/towards.ts";
import type { Lanes } from "./lanes.ts";
import { type RollerParameters, soundLeakage } from "./parameters.ts";

/** A vibrating drum: frequency in Hz, amplitude in mm, difference of its sides in percent. */
export interface Drum {
  readonly bearing: Bearing;
  hz: number;
  amplitudeMm: number;
  differencePercent: number;
}

/** Both drums and the closed circuit that drives their exciters. */
export interface Vibration {
  readonly front: Drum;
  readonly rear: Drum;
  bar: number;
  isOn: boolean;
  isHigh: boolean;
  hours: number;
  startCount: number;
  /** Displaced by the pump, L/min. */
  lpm: number;
}

/** Of this demonstration roller, at high and low amplitude. */
const highHz = 42;
const lowHz = 52;
const highMm = 0.8;
const lowMm = 0.34;
const litresPerHz = 2.2;
/** Peak of starting: 350 to 420 kgf/cm2 (zgsnsb.com 1691701). */
const startingBar = 360;

const restingDrum = (ambientC: number): Drum => ({
  bearing: restingBearing(ambientC),
  hz: 0,
  amplitudeMm: 0,
  differencePercent: 0,
});

export const restingVibration = (ambientC: number, hours: number): Vibration => ({
  front: restingDrum(ambientC),
  rear: restingDrum(ambientC),
  bar: 0,
  isOn: false,
  isHigh: false,
  hours: hours * 0.35,
  startCount: Math.round(hours * 28),
  lpm: 0,
});

/** Around the drums. */
export interface DrumPlace {
  readonly lanes: Lanes;
  readonly engineRpm: number;
  readonly oilC: number;
  readonly ambientC: number;
  /** Of the asphalt under the drums, °C. */
  readonly matC: number;
}

/**
 * Advances both drums by `dt` seconds, in place: what leaks inside the drive is missing at the exciter, unbalance grows
 * pressure and heat, worn bearings shake the sides unevenly.
 */
export function stepVibration(
  vibration: Vibration,
  parameters: RollerParameters,
  place: DrumPlace,
  dt: number,
): void {
  const wasOn = vibration.isOn;
  vibration.isOn = place.lanes.amplitude !== "none" && place.engineRpm > 1200;
  if (vibration.isOn) vibration.isHigh = place.lanes.amplitude === "high";
  if (vibration.isOn && !wasOn) vibration.startCount++;
  if (vibration.isOn) vibration.hours += dt / 3600;
  const setHz = vibration.isOn ? (vibration.isHigh ? highHz : lowHz) : 0;
  const steadyBar = vibration.isHigh ? 145 : 118;
  const thin = Math.max(0.3, thicknessOf(place.oilC)) ** -0.5;
  const lost = (parameters.vibrationLeakage * thin - soundLeakage) * (steadyBar / 145);
  const reachedHz = setHz * Math.min(1.02, 1 - lost);
  stepDrum(vibration.front, parameters.frontExciter, reachedHz, place, vibration.isHigh, dt);
  stepDrum(vibration.rear, parameters.rearExciter, reachedHz * 0.995, place, vibration.isHigh, dt);
  const lag = setHz > 0 ? Math.max(0, 1 - vibration.front.hz / reachedHz) : 0;
  const friction = (parameters.frontExciter.friction + parameters.rearExciter.friction) / 2;
  const load = steadyBar * (0.85 + 0.15 * friction);
  const wanted = vibration.isOn ? Math.min(startingBar, load + 400 * lag) : 0;
  vibration.bar = towards(vibration.bar, wanted, dt, 0.5);
  vibration.lpm = setHz * litresPerHz;
}

function stepDrum(
  drum: Drum,
  bearing: RollerParameters["frontExciter"],
  hz: number,
  place: DrumPlace,
  isHigh: boolean,
  dt: number,
): void {
  drum.hz = towards(drum.hz, hz, dt, hz > 0 ? 1.3 : 1.8);
  if (hz === 0 && drum.hz < 0.5) drum.hz = 0;
  drum.amplitudeMm = (isHigh ? highMm : lowMm) * Math.min(1, drum.hz / 30) ** 2;
  drum.differencePercent = 4 + 5 * (bearing.roughness - 1);
  // The mat warms the drum from below.
  const aroundC = place.ambientC + 0.12 * (place.matC - place.ambientC);
  const turn = { speed: drum.hz / 45, load: isHigh ? 0.9 : 0.75 };
  stepBearing(drum.bearing, bearing, turn, aroundC, dt);
}
