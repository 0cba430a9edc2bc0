import { towards } from "../subsystems/towards.ts";
import type { RollerParameters } from "./parameters.ts";

/** Water that keeps asphalt off the drums: level in percent, pressure in bar, duty of the pump in percent. */
export interface Sprinkler {
  levelPercent: number;
  bar: number;
  dutyPercent: number;
  isOn: boolean;
}

export const filledSprinkler = (): Sprinkler => ({
  levelPercent: 92,
  bar: 0,
  dutyPercent: 0,
  isOn: false,
});

/** Water is drained when it may freeze. */
const freezingC = 2;
const usualBar = 3.1;
const usualDuty = 72;
/** Hours a tank lasts at usual duty. Engineering default. */
const tankHours = 5.5;

/** Advances the water by `dt` seconds, in place; the tank is filled in the breaks. */
export function stepSprinkler(
  sprinkler: Sprinkler,
  { nozzleResistance, sprayPumpShare }: RollerParameters,
  now: { readonly isRolling: boolean; readonly isBreak: boolean; readonly ambientC: number },
  dt: number,
): void {
  sprinkler.isOn = now.isRolling && now.ambientC > freezingC && sprinkler.levelPercent > 2;
  sprinkler.dutyPercent = sprinkler.isOn ? usualDuty : 0;
  const bar = usualBar * (sprinkler.dutyPercent / usualDuty) * nozzleResistance * sprayPumpShare;
  const wanted = Math.min(9, bar);
  sprinkler.bar = towards(sprinkler.bar, wanted, dt, 2);
  // Flow through the nozzles grows with the root of what the pump gives.
  const flow = Math.sqrt(sprayPumpShare / nozzleResistance);
  if (sprinkler.isOn) sprinkler.levelPercent -= (((100 * flow) / tankHours) * dt) / 3600;
  if (now.isBreak && sprinkler.levelPercent < 60) sprinkler.levelPercent = 95;
}
