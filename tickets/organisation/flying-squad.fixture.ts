import type { Engineer } from "./engineer.ts";

/** Ten members in three stations, as the business documents have it (O-20): senior or expert, all on duty. */
export const flyingSquad: readonly Engineer[] = Array.from({ length: 10 }, (_, at): Engineer => {
  const station = (["changsha", "chengdu", "wuhan"] as const)[at % 3] ?? "changsha";
  return {
    engineerId: `F-${String(at + 1).padStart(2, "0")}`,
    stationId: station,
    regionId: { changsha: "hunan", chengdu: "southwest", wuhan: "central" }[station],
    name: `F-${String(at + 1).padStart(2, "0")}`,
    employment: "own",
    level: at % 5 === 0 ? "expert" : "senior",
    skills: {
      productTypes: ["concrete_pump_truck", "loader_tractor", "tower_crane"],
      faultClasses: ["electrical", "hydraulic", "mechanical", "other"],
    },
    certifications: ["concrete_pump_truck", "loader_tractor", "tower_crane"].map((productType) => ({
      productType,
      validUntil: "2030-12-31",
    })),
    flyingSquad: true,
    specialistFor: [],
    shift: { days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" },
    optimalLoadHours: 36,
    maxLoadHours: 48,
    vehicleStockLocationId: `vehicle-f${at + 1}`,
    state: "available",
    stationLocation: {
      changsha: { lat: 28.2282, lon: 112.9388 },
      chengdu: { lat: 30.5728, lon: 104.0668 },
      wuhan: { lat: 30.5928, lon: 114.3055 },
    }[station],
    version: 1,
  };
});
