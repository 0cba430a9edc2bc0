import type { FaultModel } from "../../faults/fault-model.ts";
import type { PumpParameters } from "./parameters.ts";

/** How a concrete pump truck breaks. Lives are shortened to weeks: engineering defaults where no source is named. */
export const pumpTruckFaults: readonly FaultModel<PumpParameters>[] = [
  {
    id: "accumulator-loses-nitrogen",
    failureMode: "accumulator-precharge-loss",
    title: { en: "S-valve accumulator loses nitrogen", "zh-CN": "S阀蓄能器氮气泄漏" },
    source: "Schwing SP750 manual p.103: check after a week, a month, then quarterly",
    lifeHours: [240, 900],
    grows: "always",
    shape: 1,
    visibleFrom: 0.25,
    stops: true,
    apply: (parameters, severity) => {
      parameters.preChargeBar *= 1 - 0.75 * severity;
    },
  },
  {
    id: "oil-cooler-fouls",
    failureMode: "hydraulic-oil-overheating",
    title: { en: "Oil cooler clogs with cement dust", "zh-CN": "液压油散热器被水泥灰堵塞" },
    source: "Schwing SP750 manual p.103: clean the fins monthly",
    lifeHours: [80, 220],
    grows: "under-load",
    shape: 1.4,
    visibleFrom: 0.3,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hydraulics.coolerKwPerK *= 1 - 0.88 * severity;
    },
  },
  {
    id: "main-pump-wears",
    failureMode: "main-pump-wear",
    title: { en: "Main pump leaks inside", "zh-CN": "主油泵内泄漏增大" },
    source: "hydraulicspneumatics.com: 10 % case drain is normal, 15-20 % is wear",
    lifeHours: [150, 400],
    grows: "under-load",
    shape: 2,
    visibleFrom: 0.1,
    stops: true,
    apply: (parameters, severity) => {
      parameters.hydraulics.leakage += 0.75 * severity;
    },
  },
  {
    id: "pistons-wear",
    failureMode: "piston-wear",
    title: { en: "Delivery pistons wear", "zh-CN": "输送活塞磨损" },
    source: "about 15,000 m3 (saintyoldawin); grout in the water box: Multiquip ST45 p.54",
    lifeHours: [90, 250],
    grows: "under-load",
    shape: 2,
    visibleFrom: 0.15,
    stops: true,
    apply: (parameters, severity) => {
      parameters.pistonLeak += 0.24 * severity;
    },
  },
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
  {
    id: "delivery-line-blocks",
    failureMode: "line-blockage",
    title: { en: "Delivery line blocks", "zh-CN": "输送管堵管" },
    source: "pressure ramps to relief within strokes (Multiquip p.20); slowed by setting concrete",
    lifeHours: [0.8, 3],
    grows: "under-load",
    shape: 2,
    visibleFrom: 0.2,
    stops: true,
    apply: (parameters, severity) => {
      parameters.lineResistance *= 1 + 3.2 * severity;
    },
  },
  {
    id: "alternator-weakens",
    failureMode: "charging-fault",
    title: { en: "Alternator gives too little", "zh-CN": "发电机发电不足" },
    source: "engineering default",
    lifeHours: [60, 180],
    grows: "running",
    shape: 1.5,
    visibleFrom: 0.5,
    stops: true,
    apply: (parameters, severity) => {
      parameters.charging.alternatorShare *= 1 - 0.95 * severity;
    },
  },
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
  {
    id: "radiator-fouls",
    failureMode: "engine-overheating",
    title: { en: "Radiator clogs", "zh-CN": "发动机散热器堵塞" },
    source: "engineering default",
    lifeHours: [90, 260],
    grows: "running",
    shape: 1.4,
    visibleFrom: 0.4,
    stops: true,
    apply: (parameters, severity) => {
      parameters.engine.radiatorKwPerK *= 1 - 0.85 * severity;
    },
  },
  {
    id: "engine-oil-pressure-falls",
    failureMode: "engine-oil-pressure-low",
    title: { en: "Engine bearings and oil pump wear", "zh-CN": "发动机轴瓦和机油泵磨损" },
    source: "engineering default",
    lifeHours: [150, 450],
    grows: "running",
    shape: 1.5,
    visibleFrom: 0.3,
    stops: true,
    apply: (parameters, severity) => {
      parameters.engine.oilPressureShare *= 1 - 0.85 * severity;
    },
  },
];
