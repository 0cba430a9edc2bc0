import { alternatorWeakens, oilPressureFalls, radiatorFouls } from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import { mainPumpWears, oilCoolerFouls, returnFilterClogs } from "../../faults/hydraulic-faults.ts";
import type { TruckCraneParameters } from "./parameters.ts";

const craneFaults: readonly FaultModel<TruckCraneParameters>[] = [
  {
    id: "hoist-brake-loses-grip",
    failureMode: "hoist-brake-slip",
    title: {
      en: "Discs of the hoist brake glaze and lose grip",
      "zh-CN": "卷扬制动器摩擦片烧结打滑",
    },
    source: "brake torque at least 1.75 times the load (GB/T 3811); engineering default",
    lifeHours: [25, 90],
    grows: "running",
    shape: 1.2,
    visibleFrom: 0.45,
    stops: true,
    apply: (parameters, severity) => {
      parameters.brakeGrip *= 1 - 0.95 * severity;
    },
  },
  {
    id: "hoist-brake-opens-late",
    failureMode: "hoist-brake-wear",
    title: { en: "Hoist brake wears and opens late", "zh-CN": "卷扬制动器磨损、开启迟缓" },
    source: "rising release time: worn discs; engineering default",
    lifeHours: [80, 280],
    grows: "under-load",
    shape: 1.3,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.brakeDelayMs += 750 * severity;
    },
  },
  {
    id: "slewing-ring-runs-dry",
    failureMode: "slewing-resistance",
    title: { en: "Slewing ring runs dry and wears", "zh-CN": "回转支承缺脂磨损" },
    source: "greased every 100 to 150 h (rotheerde.com); engineering default",
    lifeHours: [90, 320],
    grows: "running",
    shape: 1.6,
    visibleFrom: 0.25,
    stops: true,
    apply: (parameters, severity) => {
      parameters.ringFriction *= 1 + 7 * severity;
    },
  },
  {
    id: "outrigger-sinks",
    failureMode: "outrigger-sinking",
    title: { en: "Ground gives way under an outrigger", "zh-CN": "支腿下沉" },
    source: "makers allow 0.3 to 1 degree; engineering default",
    lifeHours: [6, 22],
    grows: "under-load",
    shape: 1.2,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.settledDeg += 2.2 * severity;
    },
  },
  {
    id: "hydraulic-oil-leaks",
    failureMode: "hydraulic-oil-loss",
    title: { en: "A hose leaks hydraulic oil", "zh-CN": "液压软管渗漏" },
    source: "engineering default",
    lifeHours: [60, 180],
    grows: "running",
    shape: 1,
    visibleFrom: 0.3,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hydraulics.oilLossLph += 16 * severity;
    },
  },
  {
    id: "crew-bypasses-limiter",
    failureMode: "rated-load-exceeded",
    title: {
      en: "The crew gets used to bypassing the limiter",
      "zh-CN": "习惯性强制解除力矩限制器",
    },
    source: "cut-off at 100 % (crane manual at ilovetranslation); engineering default",
    lifeHours: [60, 200],
    grows: "running",
    shape: 1,
    visibleFrom: 0.35,
    stops: false,
    apply: (parameters, severity) => {
      parameters.bypassHabit += severity;
    },
  },
];

/** How a truck crane breaks. Lives are shortened to weeks: engineering defaults where no source is named. */
export const truckCraneFaults: readonly FaultModel<TruckCraneParameters>[] = [
  ...craneFaults,
  oilCoolerFouls,
  returnFilterClogs,
  mainPumpWears,
  radiatorFouls,
  alternatorWeakens,
  oilPressureFalls,
];
