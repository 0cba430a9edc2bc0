import type { ChargingParameters } from "./charging.ts";
import type { EngineParameters } from "./diesel-engine.ts";
import type { HydraulicParameters } from "./hydraulic-circuit.ts";

/** What every machine with an engine, a hydraulic circuit and batteries has. */
export interface ChassisParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
}
