import { type ChargingParameters, healthyCharging } from "../subsystems/charging.ts";
import { type EngineParameters, healthyEngine } from "../subsystems/diesel-engine.ts";
import { type HydraulicParameters, healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a loader tractor. */
export interface TractorParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
}

export const healthyTractor = (): TractorParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics },
});
