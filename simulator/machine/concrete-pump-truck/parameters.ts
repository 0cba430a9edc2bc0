import { type ChargingParameters, healthyCharging } from "../subsystems/charging.ts";
import { type DeliveryParameters, healthyDelivery } from "../subsystems/concrete-delivery.ts";
import { type EngineParameters, healthyEngine } from "../subsystems/diesel-engine.ts";
import { type HydraulicParameters, healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a concrete pump. */
export interface PumpParameters extends DeliveryParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
  /** How far the ground gives way under an outrigger, degrees of tilt. */
  settledDeg: number;
}

export const healthyPump = (): PumpParameters => ({
  ...healthyDelivery,
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics, leakage: 0.1 },
  settledDeg: 0,
});
