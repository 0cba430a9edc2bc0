import {
  airFilterClogs,
  alternatorWeakens,
  oilPressureFalls,
  radiatorFouls,
} from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import {
  chargePumpWears,
  oilCoolerFouls,
  returnFilterClogs,
} from "../../faults/hydraulic-faults.ts";
import type { MillParameters } from "./parameters.ts";

/** Faults of the drum and its drive. */
const ofTheDrum: readonly FaultModel<MillParameters>[] = [
  {
    id: "picks-wear",
    failureMode: "picks-worn",
    title: { en: "Picks are worn and not changed", "zh-CN": "刀头磨损未更换" },
    source:
      "blunt picks slow a machine by up to 40 % (ForConstructionPros); they last hours to days",
    lifeHours: [10, 40],
    grows: "under-load",
    shape: 1.3,
    visibleFrom: 0.2,
    stops: false,
    apply: (parameters, severity) => {
      parameters.pickWear += severity;
    },
  },
  {
    id: "drum-bearing-fails",
    failureMode: "drum-damage",
    title: { en: "Free bearing of the drum fails", "zh-CN": "铣刨鼓非驱动端轴承损坏" },
    source: "engineering default",
    lifeHours: [60, 200],
    grows: "under-load",
    shape: 2,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.drumBearing.friction += 4.5 * severity;
      parameters.drumBearing.roughness += 3 * severity;
    },
  },
  {
    id: "holder-breaks-off",
    failureMode: "drum-damage",
    title: { en: "Pick holders break off the drum", "zh-CN": "铣刨鼓刀座脱落" },
    source: "engineering default",
    lifeHours: [6, 30],
    grows: "under-load",
    shape: 1.5,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.imbalanceMmps += 38 * severity;
    },
  },
  {
    id: "drum-gear-loses-oil",
    failureMode: "drum-gear-overheating",
    title: { en: "Gear of the drum loses oil", "zh-CN": "铣刨鼓减速机漏油" },
    source: "engineering default",
    lifeHours: [80, 250],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.gearFriction += 3.6 * severity;
    },
  },
  {
    id: "drum-belt-slackens",
    failureMode: "drum-belt-slipping",
    title: { en: "Belt of the drum slackens", "zh-CN": "铣刨鼓传动皮带松弛" },
    source: "1 to 2 % slip is normal (plan); growth: engineering default",
    lifeHours: [60, 200],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.beltSlip += 4.5 * severity;
    },
  },
];

/** How a cold milling machine breaks. Lives are shortened; engineering defaults where no source is named. */
export const millFaults: readonly FaultModel<MillParameters>[] = [
  ...ofTheDrum,
  {
    id: "conveyors-drag",
    failureMode: "conveyor-drags",
    title: { en: "Rollers of the conveyors seize", "zh-CN": "输送带托辊卡滞" },
    source: "60 to 140 bar is normal (plan); growth: engineering default",
    lifeHours: [60, 200],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.conveyorDrag += 1.7 * severity;
    },
  },
  {
    id: "spray-nozzles-clog",
    failureMode: "spray-nozzles-clogged",
    title: { en: "Spray nozzles clog", "zh-CN": "喷水嘴堵塞" },
    source: "engineering default",
    lifeHours: [30, 120],
    grows: "under-load",
    shape: 1.3,
    visibleFrom: 0.1,
    stops: false,
    apply: (parameters, severity) => {
      parameters.nozzlesOpen *= 1 - 0.97 * severity;
    },
  },
  { ...chargePumpWears, failureMode: "charge-pressure-loss" },
  returnFilterClogs,
  oilCoolerFouls,
  radiatorFouls,
  { ...oilPressureFalls, failureMode: "engine-lubrication-weak" },
  airFilterClogs,
  alternatorWeakens,
];
