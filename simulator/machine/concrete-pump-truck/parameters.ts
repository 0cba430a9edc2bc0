import { type ChargingParameters, healthyCharging } from "../subsystems/charging.ts";
import { type EngineParameters, healthyEngine } from "../subsystems/diesel-engine.ts";
import { type HydraulicParameters, healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a concrete pump. */
export interface PumpParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
  /** Nitrogen pre-charge of the S-valve's accumulator, bar; 60 to 70 % of its working pressure. */
  preChargeBar: number;
  /** Grout that gets past the pistons, share of a stroke; heats and fouls the water box. */
  pistonLeak: number;
  /** Pressure that the gap of wear plate and cutting ring loses, share. */
  cuttingRingLeak: number;
  /** Resistance of the delivery line, times a clean one. */
  lineResistance: number;
  /** How far the ground gives way under an outrigger, degrees of tilt. */
  settledDeg: number;
  /** Whether the grease tank is filled again: 1 yes, 0 forgotten or leaking. */
  greaseFilled: number;
  /** Load of the agitator's shaft, times a free one. */
  agitatorDrag: number;
}

export const healthyPump = (): PumpParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics, leakage: 0.1 },
  preChargeBar: 110,
  pistonLeak: 0,
  cuttingRingLeak: 0,
  lineResistance: 1,
  settledDeg: 0,
  greaseFilled: 1,
  agitatorDrag: 1,
});
