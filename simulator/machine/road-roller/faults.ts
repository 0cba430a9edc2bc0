import { alternatorWeakens, oilPressureFalls, radiatorFouls } from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import { oilCoolerFouls, returnFilterClogs } from "../../faults/hydraulic-faults.ts";
import type { RollerParameters } from "./parameters.ts";

const drumFaults: readonly FaultModel<RollerParameters>[] = [
  {
    id: "front-exciter-bearing-fails",
    failureMode: "exciter-bearing-wear",
    title: { en: "Exciter bearings of the front drum wear", "zh-CN": "前轮激振器轴承磨损" },
    source: "sides shake unevenly, then heat (equipmentworld.com 14943743); engineering default",
    lifeHours: [60, 240],
    grows: "under-load",
    shape: 2,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.frontExciter.friction *= 1 + 7 * severity;
      parameters.frontExciter.roughness *= 1 + 9 * severity;
    },
  },
  {
    id: "rear-exciter-runs-dry",
    failureMode: "exciter-bearing-wear",
    title: { en: "Exciter of the rear drum loses its oil", "zh-CN": "后轮激振器缺油" },
    source: "60 to 90 °C at work; engineering default",
    lifeHours: [30, 110],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.rearExciter.friction *= 1 + 9 * severity;
    },
  },
  {
    id: "vibration-drive-leaks",
    failureMode: "vibration-drive-leakage",
    title: { en: "Vibration pump and motors leak inside", "zh-CN": "振动泵、马达内泄漏" },
    source: "frequency falls at full command: pump or motor leakage; engineering default",
    lifeHours: [80, 300],
    grows: "under-load",
    shape: 1.8,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.vibrationLeakage += 0.24 * severity;
    },
  },
  {
    id: "charge-pump-wears",
    failureMode: "charge-pressure-low",
    title: { en: "Charge pump wears", "zh-CN": "补油泵磨损" },
    source: "charge pressure 18 to 24 kgf/cm2 (zgsnsb.com 1691701); engineering default",
    lifeHours: [80, 300],
    grows: "running",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.chargeShare *= 1 - 0.66 * severity;
    },
  },
];

const waterFaults: readonly FaultModel<RollerParameters>[] = [
  {
    id: "spray-nozzles-clog",
    failureMode: "spray-system-clogged",
    title: { en: "Spray nozzles clog", "zh-CN": "洒水喷嘴堵塞" },
    source: "day-to-day trouble is the water system (equipmentworld.com 14943743)",
    lifeHours: [20, 80],
    grows: "running",
    shape: 1.3,
    visibleFrom: 0.2,
    stops: false,
    apply: (parameters, severity) => {
      parameters.nozzleResistance *= 1 + 2 * severity;
    },
  },
  {
    id: "spray-strainer-fills",
    failureMode: "spray-system-clogged",
    title: { en: "Strainer of the spray pump fills", "zh-CN": "洒水泵滤网堵塞" },
    source: "day-to-day trouble is the water system (equipmentworld.com 14943743)",
    lifeHours: [20, 80],
    grows: "running",
    shape: 1.2,
    visibleFrom: 0.2,
    stops: false,
    apply: (parameters, severity) => {
      parameters.sprayPumpShare *= 1 - 0.97 * severity;
    },
  },
];

/** How a roller breaks. Lives are shortened to weeks: engineering defaults where no source is named. */
export const rollerFaults: readonly FaultModel<RollerParameters>[] = [
  ...drumFaults,
  ...waterFaults,
  oilCoolerFouls,
  returnFilterClogs,
  radiatorFouls,
  alternatorWeakens,
  oilPressureFalls,
];
