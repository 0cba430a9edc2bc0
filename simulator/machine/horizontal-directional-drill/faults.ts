import {
  airFilterClogs,
  alternatorWeakens,
  oilPressureFalls,
  radiatorFouls,
} from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import { chargePumpWears, oilCoolerFouls } from "../../faults/hydraulic-faults.ts";
import type { DrillParameters } from "./parameters.ts";

/** Faults of the machine itself. */
const ofTheMachine: readonly FaultModel<DrillParameters>[] = [
  {
    id: "drive-pump-leaks",
    failureMode: "drive-pump-leakage",
    title: { en: "Drive pump leaks inside", "zh-CN": "主泵内泄漏增大" },
    source: "hydraulicspneumatics.com: 10 % case drain is normal, 15-20 % is wear",
    lifeHours: [150, 400],
    grows: "under-load",
    shape: 1.8,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hydraulics.leakage += 0.5 * severity;
    },
  },
  {
    ...chargePumpWears,
    failureMode: "charge-pressure-low",
  },
  {
    id: "return-filter-clogs",
    failureMode: "return-filter-clogged",
    title: { en: "Return filter clogs", "zh-CN": "回油滤芯堵塞" },
    source: "bypass opens at 2.5 bar (plan); growth: engineering default",
    lifeHours: [120, 350],
    grows: "running",
    shape: 2,
    visibleFrom: 0.1,
    stops: false,
    apply: (parameters, severity) => {
      parameters.hydraulics.filterResistance += 6.5 * severity;
    },
  },
  {
    id: "rotation-gearbox-wears",
    failureMode: "rotation-gearbox-wear",
    title: { en: "Rotation gearbox loses oil and wears", "zh-CN": "动力头减速箱缺油磨损" },
    source: "engineering default",
    lifeHours: [80, 250],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.gearboxFriction += 4 * severity;
    },
  },
  {
    id: "mud-pump-wears",
    failureMode: "mud-pump-wear",
    title: { en: "Valves and seals of the mud pump wear", "zh-CN": "泥浆泵阀和密封磨损" },
    source:
      "sand in the mud wears valves first (Vermeer D20x22 Series II); growth: engineering default",
    lifeHours: [60, 200],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.mudPumpShare *= 1 - 0.88 * severity;
    },
  },
  {
    id: "strike-ground-corrodes",
    failureMode: "strike-system-fault",
    title: { en: "Ground rod cable of the strike system corrodes", "zh-CN": "触电报警接地线腐蚀" },
    source: "engineering default",
    lifeHours: [100, 500],
    grows: "always",
    shape: 2,
    visibleFrom: 0.5,
    stops: false,
    apply: (parameters, severity) => {
      parameters.strikeGroundOhm += 400 * severity;
    },
  },
];

/** What goes wrong in the ground: hours, not weeks. */
const ofTheBore: readonly FaultModel<DrillParameters>[] = [
  {
    id: "nozzles-block",
    failureMode: "nozzle-blocked",
    title: { en: "Nozzles and mud passage clog", "zh-CN": "喷嘴和泥浆通道堵塞" },
    source: "engineering default",
    lifeHours: [2, 10],
    grows: "under-load",
    shape: 1.5,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.nozzleResistance *= 1 + 7 * severity;
    },
  },
  {
    id: "bore-closes-on-product",
    failureMode: "product-sticking",
    title: { en: "Bore closes on what is pulled through it", "zh-CN": "孔壁收缩抱紧管线" },
    source: "steady rise of pullback: Vermeer D20x22 Series II p.204; hours: engineering default",
    lifeHours: [14, 30],
    grows: "under-load",
    shape: 1,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.productDrag *= 1 + 2 * severity;
    },
  },
  {
    id: "tool-balls-up",
    failureMode: "rotation-overload",
    title: { en: "Clay balls up the tool", "zh-CN": "钻具泥包" },
    source: "engineering default",
    lifeHours: [6, 20],
    grows: "under-load",
    shape: 1.3,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.rotationResistance *= 1 + 1.8 * severity;
    },
  },
  {
    id: "transmitter-heats-up",
    failureMode: "transmitter-overheating",
    title: { en: "Mud no longer cools the transmitter", "zh-CN": "探棒冷却水道堵塞" },
    source: "DigiTrak Mark III: stop above 45 °C; hours: engineering default",
    lifeHours: [10, 25],
    grows: "under-load",
    shape: 1,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.transmitterHeating += 6 * severity;
    },
  },
];

/** How a horizontal directional drill breaks. Lives are shortened; engineering defaults where no source is named. */
export const drillFaults: readonly FaultModel<DrillParameters>[] = [
  ...ofTheMachine,
  ...ofTheBore,
  oilCoolerFouls,
  radiatorFouls,
  oilPressureFalls,
  airFilterClogs,
  alternatorWeakens,
];
