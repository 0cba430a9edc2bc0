import { towards } from "../subsystems/towards.ts";

/** State of the water spray: percent, bar, L/min, kW. */
export interface Spray {
  isOn: boolean;
  tankPercent: number;
  bar: number;
  lpm: number;
  kw: number;
}

const tankL = 3300;
const usualLpm = 55;
const usualBar = 4;
const reliefBar = 6;

export const filledSpray = (): Spray => ({
  isOn: false,
  tankPercent: 90,
  bar: 0,
  lpm: 0,
  kw: 0,
});

/** Advances the spray by `dt` seconds, in place: what does not get through the nozzles raises the pressure to its relief. */
export function stepSpray(
  spray: Spray,
  nozzlesOpen: number,
  now: { readonly isOn: boolean; readonly isAtHydrant: boolean },
  dt: number,
): void {
  if (now.isAtHydrant && spray.tankPercent < 45) spray.tankPercent = 98;
  spray.isOn = now.isOn;
  const pumps = spray.isOn && spray.tankPercent > 1;
  const open = Math.max(0.01, nozzlesOpen);
  const bar = pumps ? Math.min(reliefBar, usualBar / open ** 2) : 0;
  const lpm = usualLpm * open * Math.sqrt(bar / usualBar);
  spray.bar = towards(spray.bar, bar, dt, 1.5);
  spray.lpm = towards(spray.lpm, lpm, dt, 1.5);
  spray.tankPercent = Math.max(0, spray.tankPercent - (100 * spray.lpm * dt) / 60 / tankL);
  spray.kw = (spray.bar * spray.lpm) / 600 / 0.6;
}
