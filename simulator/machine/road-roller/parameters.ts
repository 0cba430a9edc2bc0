import { type BearingParameters, healthyBearing } from "../subsystems/bearing.ts";
import { healthyCharging } from "../subsystems/charging.ts";
import type { ChassisParameters } from "../subsystems/chassis-parameters.ts";
import { healthyEngine } from "../subsystems/diesel-engine.ts";
import { healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of a tandem roller. */
export interface RollerParameters extends ChassisParameters {
  frontExciter: BearingParameters;
  rearExciter: BearingParameters;
  /** Share of its oil that leaks inside pump and motors of the vibration at usual pressure and 50 °C. */
  vibrationLeakage: number;
  /** Share of its flow that the charge pump gives. */
  chargeShare: number;
  /** Resistance of the spray nozzles, times clean ones. */
  nozzleResistance: number;
  /** Share of its pressure that the spray pump gives: worn, or its strainer is full. */
  sprayPumpShare: number;
}

export const soundLeakage = 0.03;

export const healthyRoller = (): RollerParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics },
  frontExciter: { ...healthyBearing },
  rearExciter: { ...healthyBearing },
  vibrationLeakage: soundLeakage,
  chargeShare: 1,
  nozzleResistance: 1,
  sprayPumpShare: 1,
});
