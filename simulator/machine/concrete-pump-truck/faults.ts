import {
  accumulatorLosesNitrogen,
  deliveryLineBlocks,
  pistonsWear,
} from "../../faults/delivery-faults.ts";
import { alternatorWeakens, oilPressureFalls, radiatorFouls } from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import { mainPumpWears, oilCoolerFouls } from "../../faults/hydraulic-faults.ts";
import type { PumpParameters } from "./parameters.ts";

/** How a concrete pump truck breaks. Lives are shortened to weeks: engineering defaults where no source is named. */
export const pumpTruckFaults: readonly FaultModel<PumpParameters>[] = [
  accumulatorLosesNitrogen,
  {
    ...oilCoolerFouls,
    title: { en: "Oil cooler clogs with cement dust", "zh-CN": "液压油散热器被水泥灰堵塞" },
  },
  mainPumpWears,
  pistonsWear,
  {
    id: "return-filter-clogs",
    failureMode: "hydraulic-filter-clogged",
    title: { en: "Return filter clogs", "zh-CN": "回油滤芯堵塞" },
    source: "return filters 500 h; stop above 0.35 MPa (concrete-pump-cn.com)",
    lifeHours: [120, 350],
    grows: "under-load",
    shape: 2.5,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hydraulics.filterResistance += 4 * severity;
      parameters.hydraulics.suctionResistance += 4.5 * severity;
    },
  },
  deliveryLineBlocks,
  alternatorWeakens,
  {
    id: "ground-gives-way",
    failureMode: "outrigger-settling",
    title: { en: "Ground gives way under an outrigger", "zh-CN": "支腿下沉" },
    source: "slope at most 3 degrees; engineering default",
    lifeHours: [6, 20],
    grows: "under-load",
    shape: 1.2,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.settledDeg += 4.5 * severity;
    },
  },
  radiatorFouls,
  oilPressureFalls,
];
