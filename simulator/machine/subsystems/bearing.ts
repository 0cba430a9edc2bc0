import { towards } from "./towards.ts";

/** Physical parameters of a rolling bearing that faults change. */
export interface BearingParameters {
  /** Friction, times a sound and greased one's. */
  friction: number;
  /** Roughness of the raceways, times a new one's. */
  roughness: number;
}

export const healthyBearing: Readonly<BearingParameters> = { friction: 1, roughness: 1 };

/** State of a bearing: temperature of its housing in °C and vibration velocity in mm/s RMS. */
export interface Bearing {
  temperatureC: number;
  vibrationMmps: number;
}

export const restingBearing = (ambientC: number): Bearing => ({
  temperatureC: ambientC,
  vibrationMmps: 0,
});

/**
 * Advances a bearing by `dt` seconds, in place: friction heats its housing, which loses heat to what is around it;
 * vibration follows speed and the raceways. Engineering defaults after ISO 20816-1 (zone A below 2.8 mm/s).
 * @param turn share of rated speed and of rated load, each 0 to about 1.2
 */
export function stepBearing(
  bearing: Bearing,
  parameters: BearingParameters,
  turn: { readonly speed: number; readonly load: number },
  ambientC: number,
  dt: number,
): void {
  const riseK = 38 * turn.speed * (0.35 + 0.65 * turn.load) * parameters.friction;
  bearing.temperatureC = towards(bearing.temperatureC, ambientC + riseK, dt, 1500);
  const level = 1.5 * turn.speed * (0.6 + 0.4 * turn.load) * parameters.roughness;
  bearing.vibrationMmps = towards(bearing.vibrationMmps, level, dt, 1.5);
}
