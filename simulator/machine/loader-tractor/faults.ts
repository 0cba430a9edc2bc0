import type { FaultModel } from "../../faults/fault-model.ts";
import type { TractorParameters } from "./parameters.ts";

/** How a loader tractor breaks. Engineering defaults where no source is named. */
export const loaderTractorFaults: readonly FaultModel<TractorParameters>[] = [];
