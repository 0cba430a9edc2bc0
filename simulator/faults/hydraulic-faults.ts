import type { ChargeParameters } from "../machine/subsystems/charge-pump.ts";
import type { HydraulicParameters } from "../machine/subsystems/hydraulic-circuit.ts";
import type { FaultModel } from "./fault-model.ts";

interface HydraulicsOwner {
  hydraulics: HydraulicParameters;
}

/** How hydraulic circuits break, whatever they drive. Lives are shortened to weeks. */
export const oilCoolerFouls: FaultModel<HydraulicsOwner> = {
  id: "oil-cooler-fouls",
  failureMode: "hydraulic-oil-overheating",
  title: { en: "Oil cooler clogs with dust", "zh-CN": "液压油散热器被灰尘堵塞" },
  source: "Schwing SP750 manual p.103: clean the fins monthly",
  lifeHours: [80, 220],
  grows: "under-load",
  shape: 1.4,
  visibleFrom: 0.3,
  stops: true,
  apply: (parameters, severity) => {
    // Air through clogged fins falls faster than their free area.
    parameters.hydraulics.coolerKwPerK *= (1 - 0.95 * severity) ** 1.5;
  },
};

export const returnFilterClogs: FaultModel<HydraulicsOwner> = {
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
    parameters.hydraulics.filterResistance += 6 * severity;
  },
};

export const mainPumpWears: FaultModel<HydraulicsOwner> = {
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
};

export const oilLeaksOut: FaultModel<HydraulicsOwner> = {
  id: "oil-leaks-out",
  failureMode: "hydraulic-oil-loss",
  title: { en: "A hose leaks", "zh-CN": "液压软管渗漏" },
  source: "engineering default",
  lifeHours: [20, 90],
  grows: "under-load",
  shape: 1,
  visibleFrom: 0.05,
  stops: true,
  apply: (parameters, severity) => {
    parameters.hydraulics.oilLossLph += 40 * severity;
  },
};

export const chargePumpWears: FaultModel<{ charge: ChargeParameters }> = {
  id: "charge-pump-wears",
  failureMode: "main-pump-wear",
  title: { en: "Charge pump wears", "zh-CN": "补油泵磨损" },
  source: "engineering default",
  lifeHours: [150, 400],
  grows: "running",
  shape: 2,
  visibleFrom: 0.3,
  stops: true,
  apply: (parameters, severity) => {
    // What worn clearances let back grows faster than they do.
    parameters.charge.deliveryShare *= (1 - 0.97 * severity) ** 1.5;
  },
};
