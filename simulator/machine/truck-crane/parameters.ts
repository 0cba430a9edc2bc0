import { healthyCharging } from "../subsystems/charging.ts";
import type { ChassisParameters } from "../subsystems/chassis-parameters.ts";
import { healthyEngine } from "../subsystems/diesel-engine.ts";
import { healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a truck crane. */
export interface TruckCraneParameters extends ChassisParameters {
  /** Share of its torque that the closed hoist brake still holds. */
  brakeGrip: number;
  /** By how much later the hoist brake opens: worn discs, tired springs, a choked line; ms at 50 °C. */
  brakeDelayMs: number;
  /** Friction of the slewing ring and its gear, times a greased one. */
  ringFriction: number;
  /** How far the ground gives way under an outrigger, degrees of tilt. */
  settledDeg: number;
  /** How far the crew has got used to the key that bypasses the limiter, 0 to 1. */
  bypassHabit: number;
}

export const healthyTruckCrane = (): TruckCraneParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics },
  brakeGrip: 1,
  brakeDelayMs: 0,
  ringFriction: 1,
  settledDeg: 0,
  bypassHabit: 0,
});
