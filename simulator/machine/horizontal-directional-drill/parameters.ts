import { type ChargeParameters, healthyCharge } from "../subsystems/charge-pump.ts";
import { type ChargingParameters, healthyCharging } from "../subsystems/charging.ts";
import { type EngineParameters, healthyEngine } from "../subsystems/diesel-engine.ts";
import { type HydraulicParameters, healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a horizontal directional drill. */
export interface DrillParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
  charge: ChargeParameters;
  /** Friction of the rotation gearbox, times a sound and filled one's. */
  gearboxFriction: number;
  /** What the ground resists the turning tool, times what a sharp tool and good mud have. */
  rotationResistance: number;
  /** What the bore resists the product, times a bore full of good mud. */
  productDrag: number;
  /** Flow resistance of nozzles and mud passage, times clear ones. */
  nozzleResistance: number;
  /** Share of its displacement that the mud pump still delivers: valves and seals. */
  mudPumpShare: number;
  /** Heat that reaches the transmitter, times what mud around it lets through. */
  transmitterHeating: number;
  /** Resistance of the strike system's ground rod and cable, ohms. */
  strikeGroundOhm: number;
}

export const healthyDrill = (): DrillParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics, leakage: 0.08 },
  charge: { ...healthyCharge },
  gearboxFriction: 1,
  rotationResistance: 1,
  productDrag: 1,
  nozzleResistance: 1,
  mudPumpShare: 1,
  transmitterHeating: 1,
  strikeGroundOhm: 40,
});
