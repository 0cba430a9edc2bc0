import type { ChargingParameters } from "../machine/subsystems/charging.ts";
import type { EngineParameters } from "../machine/subsystems/diesel-engine.ts";
import type { FaultModel } from "./fault-model.ts";

interface EngineOwner {
  engine: EngineParameters;
}

/** How diesel engines break, whatever they drive. Lives are shortened to weeks. */
export const radiatorFouls: FaultModel<EngineOwner> = {
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
    // Air through clogged fins falls faster than their free area.
    parameters.engine.radiatorKwPerK *= (1 - 0.92 * severity) ** 1.5;
  },
};

export const coolantLeaks: FaultModel<EngineOwner> = {
  id: "coolant-leaks",
  failureMode: "engine-overheating",
  title: { en: "Coolant leaks", "zh-CN": "冷却液渗漏" },
  source: "engineering default",
  lifeHours: [25, 70],
  grows: "running",
  shape: 1,
  visibleFrom: 0.1,
  stops: true,
  apply: (parameters, severity) => {
    parameters.engine.coolantLossPerHour += 9 * severity;
  },
};

export const oilPressureFalls: FaultModel<EngineOwner> = {
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
};

export const airFilterClogs: FaultModel<EngineOwner> = {
  id: "air-filter-clogs",
  failureMode: "air-filter-clogged",
  title: { en: "Air filter fills with dust", "zh-CN": "空气滤清器被灰尘堵塞" },
  source: "restriction indicators are set at 6.2 kPa; growth: engineering default",
  lifeHours: [80, 240],
  grows: "under-load",
  shape: 1.6,
  visibleFrom: 0.1,
  stops: false,
  apply: (parameters, severity) => {
    parameters.engine.airFilterResistance += 8 * severity;
    // A starved turbocharger boosts less.
    parameters.engine.boostShare *= 1 - 0.15 * severity;
  },
};

export const alternatorWeakens: FaultModel<{ charging: ChargingParameters }> = {
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
};
