import { type ChargeParameters, healthyCharge } from "../subsystems/charge-pump.ts";
import { type ChargingParameters, healthyCharging } from "../subsystems/charging.ts";
import { type DeliveryParameters, healthyDelivery } from "../subsystems/concrete-delivery.ts";
import { type EngineParameters, healthyEngine } from "../subsystems/diesel-engine.ts";
import { type HydraulicParameters, healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a trailer concrete pump. */
export interface TrailerPumpParameters extends DeliveryParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
  charge: ChargeParameters;
  /** Flow resistance of the central lubrication's lines, times clear ones. */
  greaseResistance: number;
}

export const healthyTrailerPump = (): TrailerPumpParameters => ({
  ...healthyDelivery,
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics, leakage: 0.06 },
  charge: { ...healthyCharge },
  greaseResistance: 1,
});
