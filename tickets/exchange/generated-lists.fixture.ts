import type { Cell } from "./table.ts";

/** Rows of lists by key of their columns, the way somebody would keep them in Excel. */
export type Rows = Record<string, Cell>[];

const padded = (at: number, length = 3) => String(at).padStart(length, "0");
const dayOf = (year: number, at: number) => new Date(Date.UTC(year, at % 12, 1 + (at % 28)));
const types = ["concrete_pump_truck", "泵车", "loader_tractor"] as const;
const stations = ["changsha", "chengdu", "wuhan", "xiamen"] as const;
const regionOf = {
  changsha: "hunan",
  chengdu: "southwest",
  wuhan: "central",
  xiamen: "fujian",
} as const;

/** Forty engineers: ids as text, dates as text, words in both languages. */
export const engineerRows = (): Rows =>
  Array.from({ length: 40 }, (_, at) => ({
    engineerId: `N-${padded(at + 1)}`,
    name: `工程师${at + 1}`,
    firstName: `师${at + 1}`,
    phone: 13_700_000_000 + at,
    email: at % 3 === 0 ? `n${at}@example.com` : null,
    stationId: stations[at % 4] ?? "",
    employment: at % 5 === 0 ? "合作" : "own",
    level: ["初级", "intermediate", "高级", "专家"][at % 4] ?? "",
    productTypes: at % 2 === 0 ? "泵车; loader_tractor" : "concrete_pump_truck",
    faultClasses: "电气类; hydraulic",
    certifications: "concrete_pump_truck:2028-12-31",
    flyingSquad: at % 4 === 3 ? "是" : "否",
    shiftDays: "1; 2; 3; 4; 5",
    shiftFrom: "08:30",
    shiftTo: "17:30",
    optimalLoadHours: 36,
    maxLoadHours: 44,
  }));

/** Two hundred machines of the demonstration's customers: dates as days of Excel, hours as numbers and as text. */
export const machineRows = (): Rows =>
  Array.from({ length: 200 }, (_, at) => {
    const station = stations[at % 4] ?? "changsha";
    return {
      machineId: `N-PUMP-${padded(at + 1)}`,
      serialNumber: `SN-2025-${padded(at + 1, 4)}`,
      productType: types[at % 3] ?? "",
      model: "PT-56",
      state: at % 10 === 9 ? "调试中" : "在用",
      customerId: "C-001",
      siteId: at % 2 === 0 ? "S-001" : null,
      regionId: regionOf[station],
      stationId: station,
      gatewayId: at % 2 === 0 ? `GW-${padded(at + 1)}` : null,
      soldAt: dayOf(2025, at),
      handoverAt: at % 10 === 9 ? null : at % 3 === 0 ? "2026/1/20" : dayOf(2026, at),
      warrantyEndsAt: "2027-12-31",
      operatingHours: at % 4 === 0 ? `${at * 10} ` : at * 10.5,
      lat: 28.2 + at / 1000,
      lon: 112.9,
      responsibleEngineerId: "E-001",
      demonstrationSite: "否",
      peakPeriods: at % 7 === 0 ? "2026-03-01~2026-06-30 主体施工" : null,
    };
  });

/** Five hundred parts: prices in yuan, numbers that a spreadsheet would like to calculate with. */
export const partRows = (): Rows =>
  Array.from({ length: 500 }, (_, at) => ({
    partNo: at === 7 ? "-7-X" : `N-PART-${padded(at + 1, 4)}`,
    nameZh: `配件${at + 1}`,
    nameEn: `Part ${at + 1}`,
    spec: at % 11 === 0 ? "=2*M12" : null,
    category: at % 2 === 0 ? "标准件" : "consumable",
    unitPriceFen: at % 3 === 0 ? `¥${at + 0.5}` : at + 0.25,
    leadTimeDays: at % 60,
    imported: at % 5 === 0 ? "是" : null,
    abcClass: ["A", "B", "C"][at % 3] ?? "",
    alternates: at > 0 && at % 9 === 0 ? `N-PART-${padded(at, 4)}` : null,
    isWearPart: "no",
  }));

/** Stock of those parts in three places. */
export const stockRows = (): Rows =>
  partRows()
    .slice(0, 120)
    .map(({ partNo = null }, at) => ({
      partNo,
      locationId: ["changsha", "wuhan", "rc-central"][at % 3] ?? "",
      bin: `N-${at}`,
      quantity: at % 13,
      min: 1,
      target: 3,
      max: 20,
    }));
