import type { Demand } from "../../surroundings/duty.ts";

/** Whether the operator lets a hot machine idle. */
export interface HotPause {
  isPausing: boolean;
}

/** Red lamps of coolant and hydraulic oil, and when they have been out for a while, °C: engineering defaults. */
const tooHot = { coolantC: 114, oilC: 108 };
const coolEnough = { coolantC: 104, oilC: 94 };

/**
 * What the operator does under a red lamp: idle until it is out. Rough ones go on for some kelvin more. Without it a
 * machine with a dead cooler would heat up to what no coolant or oil bears.
 */
export function demandWhenHot(
  pause: HotPause,
  demand: Demand,
  now: { readonly coolantC: number; readonly oilC: number },
): Demand {
  const patience = 6 * demand.roughness;
  if (now.coolantC > tooHot.coolantC + patience || now.oilC > tooHot.oilC + patience)
    pause.isPausing = true;
  else if (now.coolantC < coolEnough.coolantC && now.oilC < coolEnough.oilC)
    pause.isPausing = false;
  const isDriven = demand.activity === "work" || demand.activity === "travel";
  return pause.isPausing && isDriven ? { ...demand, activity: "idle", effort: 0 } : demand;
}
