import { towards } from "../subsystems/towards.ts";

/** State of a central lubrication that presses grease into its lines every so many strokes. */
export interface CentralLubrication {
  pressureBar: number;
  count: number;
  /** Strokes at which the last cycle began, and seconds that it still presses. */
  lastStroke: number;
  pressesFor: number;
}

const strokesPerCycle = 40;
const pressesSeconds = 8;
const reliefBar = 280;

export const restingLubrication = (strokes: number): CentralLubrication => ({
  pressureBar: 0,
  count: Math.floor(strokes / strokesPerCycle),
  lastStroke: strokes,
  pressesFor: 0,
});

/**
 * Advances it by `dt` seconds, in place: pressure rises with what the lines resist and leaves through them, the slower the
 * more they resist; stiff grease in the cold resists too. Engineering defaults (pulses of 30 to 120 bar).
 */
export function stepLubrication(
  lubrication: CentralLubrication,
  resistance: number,
  now: { readonly strokes: number; readonly ambientC: number },
  dt: number,
): void {
  if (now.strokes - lubrication.lastStroke >= strokesPerCycle) {
    lubrication.lastStroke = now.strokes;
    lubrication.count += 1;
    lubrication.pressesFor = pressesSeconds;
  }
  const stiffness = 1 + Math.max(0, 20 - now.ambientC) / 100;
  const isPressing = lubrication.pressesFor > 0;
  lubrication.pressesFor = Math.max(0, lubrication.pressesFor - dt);
  const target = isPressing ? Math.min(reliefBar, 75 * stiffness * resistance) : 0;
  // Grease leaves a blocked line by the square of what it resists: slow creep through a plug.
  const tau = isPressing ? 1.5 : 6 * resistance ** 2;
  lubrication.pressureBar = towards(lubrication.pressureBar, target, dt, tau);
}
