import type { FaultModel } from "../../faults/fault-model.ts";
import type { ChargingParameters } from "./charging.ts";
import type { EngineParameters } from "./diesel-engine.ts";
import type { HydraulicParameters } from "./hydraulic-circuit.ts";

/** What every machine with an engine, a hydraulic circuit and batteries has. */
export interface ChassisParameters {
  engine: EngineParameters;
  charging: ChargingParameters;
  hydraulics: HydraulicParameters;
}

type ChassisFault = (failureMode: string) => FaultModel<ChassisParameters>;

const oilCoolerFouls: ChassisFault = (failureMode) => ({
  id: "oil-cooler-fouls",
  failureMode,
  title: { en: "Oil cooler clogs with dust", "zh-CN": "液压油散热器被灰尘堵塞" },
  source: "cleaned every week to month on dusty sites; engineering default",
  lifeHours: [80, 240],
  grows: "running",
  shape: 1.4,
  visibleFrom: 0.3,
  stops: true,
  apply: ({ hydraulics }, severity) => {
    hydraulics.coolerKwPerK *= Math.max(0.03, 1 - 1.25 * severity);
  },
});

const returnFilterClogs: ChassisFault = (failureMode) => ({
  id: "return-filter-clogs",
  failureMode,
  title: { en: "Return filter clogs", "zh-CN": "回油滤芯堵塞" },
  source: "return filters 500 h; engineering default",
  lifeHours: [100, 320],
  grows: "running",
  shape: 2,
  visibleFrom: 0.15,
  stops: true,
  apply: ({ hydraulics }, severity) => {
    hydraulics.filterResistance += 6 * severity;
  },
});

const radiatorFouls: ChassisFault = (failureMode) => ({
  id: "radiator-fouls",
  failureMode,
  title: { en: "Radiator clogs", "zh-CN": "发动机散热器堵塞" },
  source: "engineering default",
  lifeHours: [90, 260],
  grows: "running",
  shape: 1.4,
  visibleFrom: 0.4,
  stops: true,
  apply: ({ engine }, severity) => {
    engine.radiatorKwPerK *= Math.max(0.04, 1 - 1.15 * severity);
  },
});

const alternatorWeakens: ChassisFault = (failureMode) => ({
  id: "alternator-weakens",
  failureMode,
  title: { en: "Alternator gives too little", "zh-CN": "发电机发电不足" },
  source: "engineering default",
  lifeHours: [60, 180],
  grows: "running",
  shape: 1.5,
  visibleFrom: 0.5,
  stops: true,
  apply: ({ charging }, severity) => {
    charging.alternatorShare *= 1 - 0.95 * severity;
  },
});

const oilPressureFalls: ChassisFault = (failureMode) => ({
  id: "engine-oil-pressure-falls",
  failureMode,
  title: { en: "Engine bearings and oil pump wear", "zh-CN": "发动机轴瓦和机油泵磨损" },
  source: "engineering default",
  lifeHours: [150, 450],
  grows: "running",
  shape: 1.5,
  visibleFrom: 0.3,
  stops: true,
  apply: ({ engine }, severity) => {
    engine.oilPressureShare *= 1 - 0.85 * severity;
  },
});

/** Faults that many machine types share, under the failure mode of each plan. */
export const chassisFaults = {
  oilCoolerFouls,
  returnFilterClogs,
  radiatorFouls,
  alternatorWeakens,
  oilPressureFalls,
} as const;
