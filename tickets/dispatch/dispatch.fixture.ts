import type { Engineer } from "../organisation/engineer.ts";
import type { Candidate, DispatchJob } from "./dispatch-job.ts";

export const nowMs = Date.parse("2026-03-02T00:00:00Z");
export const at = (hours: number): string => new Date(nowMs + hours * 3_600_000).toISOString();

/** The machine of the tests. */
export const site = { lat: 30, lon: 114 };

/** About so many kilometres north of a place, as the crow flies. */
export const north = (km: number, place = site) => ({
  lat: place.lat + km / 111.195,
  lon: place.lon,
});

export const engineer = (
  engineerId: string,
  changes: Partial<Engineer> & { readonly km?: number } = {},
): Engineer => {
  const { km = 10, ...rest } = changes;
  return {
    engineerId,
    stationId: "wuhan",
    regionId: "central",
    employment: "own",
    level: "intermediate",
    skills: { productTypes: ["crane"], faultClasses: ["hydraulic"] },
    certifications: [{ productType: "crane", validUntil: "2026-12-31" }],
    flyingSquad: false,
    specialistFor: [],
    shift: { days: [1, 2, 3, 4, 5], from: "08:00", to: "18:00" },
    optimalLoadHours: 36,
    maxLoadHours: 48,
    name: engineerId,
    state: "available",
    stationLocation: north(km),
    version: 1,
    ...rest,
  };
};

export const candidate = (
  engineerId: string,
  changes: Parameters<typeof engineer>[1] & Partial<Omit<Candidate, "engineer">> = {},
): Candidate => {
  const { assignedHours = 0, partsOnBoardShare = 0, busyMinutes = 0, ...rest } = changes;
  return { engineer: engineer(engineerId, rest), assignedHours, partsOnBoardShare, busyMinutes };
};

export const job = (changes: Partial<DispatchJob> = {}): DispatchJob => ({
  ticketId: "T-1",
  priority: "major",
  productType: "crane",
  faultClass: "hydraulic",
  minLevel: "intermediate",
  standardHours: 3,
  place: site,
  stationId: "wuhan",
  regionId: "central",
  neighbourRegionIds: ["hunan"],
  wantsSpecialist: false,
  excludedEngineerIds: [],
  arrivalDueAt: at(24),
  ...changes,
});
