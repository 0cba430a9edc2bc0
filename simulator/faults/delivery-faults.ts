import type { DeliveryParameters } from "../machine/subsystems/concrete-delivery.ts";
import type { FaultModel } from "./fault-model.ts";

/** How concrete pumps break, on a truck or a trailer. Lives are shortened to weeks. */
export const accumulatorLosesNitrogen: FaultModel<DeliveryParameters> = {
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
};

export const pistonsWear: FaultModel<DeliveryParameters> = {
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
};

export const deliveryLineBlocks: FaultModel<DeliveryParameters> = {
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
};
