import {
  accumulatorLosesNitrogen,
  deliveryLineBlocks,
  pistonsWear,
} from "../../faults/delivery-faults.ts";
import { alternatorWeakens, oilPressureFalls, radiatorFouls } from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import {
  chargePumpWears,
  mainPumpWears,
  oilCoolerFouls,
  oilLeaksOut,
  returnFilterClogs,
} from "../../faults/hydraulic-faults.ts";
import type { TrailerPumpParameters } from "./parameters.ts";

/** How a trailer concrete pump breaks. Lives are shortened to weeks: engineering defaults where no source is named. */
export const trailerPumpFaults: readonly FaultModel<TrailerPumpParameters>[] = [
  accumulatorLosesNitrogen,
  oilCoolerFouls,
  oilLeaksOut,
  mainPumpWears,
  chargePumpWears,
  returnFilterClogs,
  {
    id: "suction-strainer-clogs",
    failureMode: "hydraulic-filter-clogged",
    title: { en: "Suction strainer clogs", "zh-CN": "吸油滤网堵塞" },
    source: "vacuum 0.04 MPa at most (concrete-pump-cn.com); growth: engineering default",
    lifeHours: [120, 350],
    grows: "under-load",
    shape: 2,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hydraulics.suctionResistance += 9 * severity;
    },
  },
  pistonsWear,
  deliveryLineBlocks,
  {
    id: "grease-lines-block",
    failureMode: "grease-line-blocked",
    title: { en: "Lines of the central lubrication block", "zh-CN": "集中润滑管路堵塞" },
    source: "engineering default",
    lifeHours: [60, 200],
    grows: "under-load",
    shape: 1.5,
    visibleFrom: 0.2,
    stops: false,
    apply: (parameters, severity) => {
      parameters.greaseResistance += 5.5 * severity;
    },
  },
  radiatorFouls,
  oilPressureFalls,
  alternatorWeakens,
];
