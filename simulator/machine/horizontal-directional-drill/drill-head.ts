import { towards } from "../subsystems/towards.ts";
import type { Bore } from "./bore.ts";

/** What the transmitter in the drill head knows; it is in the ground during the pilot bore alone. */
export interface DrillHead {
  temperatureC: number;
  batteryPercent: number;
  rollDeg: number;
}

export const restingHead = (): DrillHead => ({
  temperatureC: 18,
  batteryPercent: 80,
  rollDeg: 0,
});

/** Of the ground at some metres, °C: engineering default. */
const groundC = 17;
const deepestM = 3;

/**
 * Advances the head by `dt` seconds, in place: the tool rubs, the mud carries its heat away, and comes as warm as the tank
 * is. Engineering defaults (10 to 35 °C; DigiTrak Mark III: stop above 45 °C).
 */
export function stepHead(
  head: DrillHead,
  heating: number,
  now: {
    readonly bore: Bore;
    readonly rotationRpm: number;
    readonly rotationKw: number;
    readonly mudLpm: number;
    readonly ambientC: number;
  },
  dt: number,
): void {
  const { bore, ambientC } = now;
  const mudC = groundC + 0.3 * (ambientC - groundC);
  const isInGround = bore.state === 1;
  const riseK = isInGround ? (13 * (now.rotationKw / 10) * heating * 100) / (now.mudLpm + 20) : 0;
  head.temperatureC = towards(head.temperatureC, mudC + riseK, dt, 150);
  head.rollDeg = (head.rollDeg + now.rotationRpm * 6 * dt) % 360;
  if (isInGround) head.batteryPercent = Math.max(0, head.batteryPercent - (5 * dt) / 3600);
  else if (head.batteryPercent < 40) head.batteryPercent = 100;
}

/** Down into the ground, level, and up again: pitch in percent and depth in metres. */
export function pathOf(bore: Bore): { readonly pitch: number; readonly depth: number } {
  const share = Math.min(1, (bore.rods + bore.onRod / 3) / bore.planned);
  return { pitch: -22 * (1 - 2 * share), depth: 4 * deepestM * share * (1 - share) };
}
