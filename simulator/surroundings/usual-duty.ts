import type { DutyProfile } from "./duty.ts";

const common: DutyProfile = {
  shift: [7, 17.5],
  idleShare: 0.22,
  travelShare: 0.05,
  effort: 0.55,
  stopsAtRain: 4,
  stopsAtGust: 16,
};

/** Duties that differ from the common one; engineering defaults. */
const byType: Readonly<Record<string, DutyProfile>> = {
  "asphalt-paver": { ...common, effort: 0.6, stopsAtRain: 0.3 },
  "cold-milling-machine": { ...common, effort: 0.65, stopsAtRain: 3 },
  "tower-crane": { ...common, shift: [6.5, 19], travelShare: 0, effort: 0.5, stopsAtGust: 14 },
  "truck-crane": { ...common, idleShare: 0.3, travelShare: 0.12, effort: 0.45, stopsAtGust: 11 },
  "road-roller": { ...common, effort: 0.55, stopsAtRain: 0.5 },
  "loader-tractor": { ...common, effort: 0.5, travelShare: 0.2 },
  "trailer-concrete-pump": { ...common, travelShare: 0 },
};

export const usualDuty = (machineType: string): DutyProfile => byType[machineType] ?? common;
