import { type BearingParameters, healthyBearing } from "../subsystems/bearing.ts";
import { healthyCharging } from "../subsystems/charging.ts";
import type { ChassisParameters } from "../subsystems/chassis-parameters.ts";
import { healthyEngine } from "../subsystems/diesel-engine.ts";
import { healthyHydraulics } from "../subsystems/hydraulic-circuit.ts";

/** All that a fault can change of an asphalt paver. */
export interface PaverParameters extends ChassisParameters {
  augerBearing: BearingParameters;
  /** Share of the heating rods of the left extension that are whole. */
  leftOuterRods: number;
  /** Share of its voltage that the generator gives: belts, regulator, winding. */
  generatorShare: number;
  /** Resistance of the heating against the screed, share of a dry and sound one. */
  insulation: number;
  /** Resistance of chain and bars of the left conveyor, times a free one. */
  leftConveyorDrag: number;
  /** Resistance of the right auger, times a free one. */
  rightAugerDrag: number;
  /** Friction of the tamper's eccentric shaft, times a sound one. */
  tamperDrag: number;
  /** Share of its flow that the charge pump of the travel drive gives. */
  chargeShare: number;
}

export const healthyPaver = (): PaverParameters => ({
  engine: { ...healthyEngine },
  charging: { ...healthyCharging },
  hydraulics: { ...healthyHydraulics },
  augerBearing: { ...healthyBearing },
  leftOuterRods: 1,
  generatorShare: 1,
  insulation: 1,
  leftConveyorDrag: 1,
  rightAugerDrag: 1,
  tamperDrag: 1,
  chargeShare: 1,
});
