import { alternatorWeakens, oilPressureFalls, radiatorFouls } from "../../faults/engine-faults.ts";
import type { FaultModel } from "../../faults/fault-model.ts";
import { oilCoolerFouls, returnFilterClogs } from "../../faults/hydraulic-faults.ts";
import type { PaverParameters } from "./parameters.ts";

const screedFaults: readonly FaultModel<PaverParameters>[] = [
  {
    id: "heating-rods-break",
    failureMode: "screed-heater-open",
    title: { en: "Heating rods of the left extension break", "zh-CN": "左伸缩段加热棒断路" },
    source: "zones within 20 K (Wirtgen, facts on screeds); engineering default",
    lifeHours: [40, 160],
    grows: "running",
    shape: 1.2,
    visibleFrom: 0.3,
    stops: true,
    apply: (parameters, severity) => {
      parameters.leftOuterRods *= 1 - severity;
    },
  },
  {
    id: "generator-belts-slip",
    failureMode: "screed-heating-weak",
    title: { en: "Belts of the heating generator slip", "zh-CN": "加热发电机皮带打滑" },
    source: "engineering default",
    lifeHours: [50, 180],
    grows: "running",
    shape: 1.3,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.generatorShare *= 1 - 0.32 * severity;
    },
  },
  {
    id: "heater-insulation-fails",
    failureMode: "screed-insulation-fault",
    title: { en: "Insulation of the screed heating fails", "zh-CN": "熨平板加热绝缘下降" },
    source: "above 1 MΩ at 500 V when sound; engineering default",
    lifeHours: [40, 160],
    grows: "running",
    shape: 1,
    visibleFrom: 0.35,
    stops: true,
    apply: (parameters, severity) => {
      parameters.insulation *= 1 - 0.95 * severity;
    },
  },
  {
    id: "tamper-bearing-wears",
    failureMode: "tamper-worn",
    title: { en: "Bearings of the tamper's eccentric shaft wear", "zh-CN": "振捣偏心轴轴承磨损" },
    source: "tamper 500 to 1,500 h; pressure up at the same speed; engineering default",
    lifeHours: [60, 220],
    grows: "under-load",
    shape: 1.8,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.tamperDrag *= 1 + 1.9 * severity;
    },
  },
];

const feedFaults: readonly FaultModel<PaverParameters>[] = [
  {
    id: "conveyor-chain-climbs",
    failureMode: "conveyor-drags",
    title: { en: "Chain of the left conveyor stretches and climbs", "zh-CN": "左刮板链条伸长爬齿" },
    source: "conveyor chain 3,000 to 5,000 h, pressure peaks as it stretches; engineering default",
    lifeHours: [60, 240],
    grows: "under-load",
    shape: 1.8,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.leftConveyorDrag *= 1 + 2.4 * severity;
    },
  },
  {
    id: "auger-bearing-fails",
    failureMode: "auger-drags",
    title: { en: "Mix gets into the auger's centre bearing", "zh-CN": "混合料进入螺旋中间轴承" },
    source: "ISO 15243, wear by particles; engineering default",
    lifeHours: [50, 200],
    grows: "under-load",
    shape: 1.8,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.augerBearing.friction *= 1 + 12 * severity;
      parameters.augerBearing.roughness *= 1 + 6 * severity;
    },
  },
  {
    id: "auger-blades-wear",
    failureMode: "auger-drags",
    title: { en: "Blades of the right auger wear and push the mix", "zh-CN": "右螺旋叶片磨损" },
    source: "auger blades 300 to 1,000 h; engineering default",
    lifeHours: [80, 280],
    grows: "under-load",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.rightAugerDrag *= 1 + 2.4 * severity;
    },
  },
  {
    id: "charge-pump-wears",
    failureMode: "charge-pressure-loss",
    title: { en: "Charge pump of the travel drive wears", "zh-CN": "行走补油泵磨损" },
    source: "charge pressure 20 to 30 bar; engineering default",
    lifeHours: [80, 300],
    grows: "running",
    shape: 1.6,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.chargeShare *= 1 - 0.6 * severity;
    },
  },
];

/** How an asphalt paver breaks. Lives are shortened to weeks: engineering defaults where no source is named. */
export const paverFaults: readonly FaultModel<PaverParameters>[] = [
  ...screedFaults,
  ...feedFaults,
  oilCoolerFouls,
  returnFilterClogs,
  radiatorFouls,
  alternatorWeakens,
  { ...oilPressureFalls, failureMode: "engine-lubrication-weak" },
];
