import { type BearingParameters, healthyBearing } from "../subsystems/bearing.ts";
import { type ChargeParameters, healthyCharge } from "../subsystems/charge-pump.ts";
import { type ChargingParameters, healthyCharging } from "../subsystems/charging.ts";
import { type EngineParameters, healthyEngine } from "../subsystems/diesel-engine.ts";
import { type HydraulicParameters, healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a cold milling machine. */
export interface MillParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
  charge: ChargeParameters;
  drumBearing: BearingParameters;
  /** How blunt the picks are, 0 sharp, 1 worn to their holders. */
  pickWear: number;
  /** Vibration of a drum out of balance, mm/s at rated speed. */
  imbalanceMmps: number;
  /** Friction of the drum's gear, times a sound and filled one's. */
  gearFriction: number;
  /** Slip of the drum's belt, times a tensioned one's. */
  beltSlip: number;
  /** What both conveyors resist, times free ones. */
  conveyorDrag: number;
  /** Share of the spray nozzles' area that is open. */
  nozzlesOpen: number;
}

export const healthyMill = (): MillParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics, leakage: 0.05 },
  charge: { ...healthyCharge },
  drumBearing: { ...healthyBearing },
  pickWear: 0,
  imbalanceMmps: 0,
  gearFriction: 1,
  beltSlip: 1,
  conveyorDrag: 1,
  nozzlesOpen: 1,
});
