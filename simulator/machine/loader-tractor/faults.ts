import {
  alternatorWeakens,
  coolantLeaks,
  oilPressureFalls,
  radiatorFouls,
} from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import { oilCoolerFouls } from "../../faults/hydraulic-faults.ts";
import type { TractorParameters } from "./parameters.ts";

/** How a loader tractor breaks. Engineering defaults where no source is named. */
export const loaderTractorFaults: readonly FaultModel<TractorParameters>[] = [
  radiatorFouls,
  coolantLeaks,
  oilPressureFalls,
  alternatorWeakens,
  oilCoolerFouls,
];
