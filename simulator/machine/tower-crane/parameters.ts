import { type BearingParameters, healthyBearing } from "../subsystems/bearing.ts";
import { type DriveParameters, healthyDrive } from "../subsystems/electric-drive.ts";
import { healthySupply, type SupplyParameters } from "../subsystems/mains-supply.ts";

/** All that a fault can change of a tower crane. */
export interface TowerCraneParameters {
  supply: SupplyParameters;
  hoistDrive: DriveParameters;
  motorBearing: BearingParameters;
  gearBearing: BearingParameters;
  /** Friction of the hoist's gears, times sound ones in enough oil. */
  gearFriction: number;
  /** Resistance of sheaves and reeving, times free ones. */
  ropeDrag: number;
  /** Share of its torque that the closed hoist brake still holds. */
  brakeGrip: number;
  /** Thickness of the brake's linings, share of new ones; half is the limit (tw-mac.com, maintenance of tower cranes). */
  liningShare: number;
  /** Air that filters and fans of the control cabinet still move, share. */
  cabinetAir: number;
  /** Friction of the slewing ring and its pinions, times greased ones. */
  ringFriction: number;
  /** How far the foundation has settled, degrees. */
  settledDeg: number;
  /** Moment at which the limiter cuts out, percent of the rated one. @see GB 5144: 100 to 110 % */
  limiterPercent: number;
  /** Stretch of the trolley rope, 0 taut to 1 hanging. */
  trolleySlack: number;
  /** What the load pin reads with nothing on the hook, t. */
  loadZeroT: number;
}

export const healthyTowerCrane = (): TowerCraneParameters => ({
  supply: { ...healthySupply },
  hoistDrive: { ...healthyDrive },
  motorBearing: { ...healthyBearing },
  gearBearing: { ...healthyBearing },
  gearFriction: 1,
  ropeDrag: 1,
  brakeGrip: 1,
  liningShare: 0.9,
  cabinetAir: 1,
  ringFriction: 1,
  settledDeg: 0,
  limiterPercent: 103,
  trolleySlack: 0,
  loadZeroT: 0,
});
