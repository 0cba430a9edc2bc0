import {
  type HourMeter,
  MachineFile,
  type MachineState,
  operatingHoursOf,
} from "../../organisation/machine-file.ts";
import { choice, day, number, text, yesNo } from "../cell-reader.ts";
import { column, required } from "../columns.ts";
import { fileImport, laidOver } from "../file-import.ts";
import { machineStateNames } from "../words.ts";
import {
  idCell,
  latitude,
  longitude,
  machineIdCell,
  peakPeriods,
  placeAfter,
  productTypeCell,
  regionId,
} from "./shared-columns.ts";

const columns = {
  machineId: required(column(["Machine id", "设备编号"], machineIdCell, "EXAMPLE-PUMP-001")),
  serialNumber: required(column(["Serial number", "序列号"], text(), "PT56-2026-0001")),
  productType: required(column(["Machine type", "机型"], productTypeCell, "concrete_pump_truck")),
  planId: column(["Service plan", "服务方案"], text(100), "concrete-pump-truck"),
  model: column(["Model", "型号"], text(), "PT-56"),
  state: column(["State", "状态"], choice<MachineState>(machineStateNames), "in_service", [
    "left out for a new machine: in service once it was handed over, else commissioning",
    "新设备留空时：有交验日期为“在用”，否则为“调试中”",
  ]),
  customerId: column(["Customer id", "客户编号"], idCell, "C-001"),
  siteId: column(["Site id", "工地编号"], idCell, "S-001"),
  regionId: required(regionId),
  stationId: column(["Station id", "服务站编号"], idCell, "changsha"),
  gatewayId: column(["Gateway id", "网关编号"], text(), "GW-0001"),
  soldAt: column(["Sold on", "销售日期"], day(), "2026-01-10"),
  handoverAt: column(["Handover", "交验日期"], day(), "2026-01-20"),
  warrantyEndsAt: column(["Warranty ends", "三包到期"], day(), "2027-01-20"),
  plannedRetirementAt: column(["Planned retirement", "计划退役"], day(), "2036-01-20"),
  operatingHours: column(["Operating hours", "工作小时"], number({ min: 0, max: 1_000_000 }), 120, [
    "of the machine over all its meters; never fewer than before",
    "整机累计小时（含更换前的小时表），不得少于已记录值",
  ]),
  lat: latitude,
  lon: longitude,
  responsibleEngineerId: column(["Responsible engineer id", "责任工程师编号"], idCell, "E-001"),
  demonstrationSite: column(["Demonstration site", "示范工地"], yesNo(), false),
  peakPeriods,
};

export const machines = fileImport({
  kind: "machines",
  title: { en: "Machines", "zh-CN": "设备" },
  schema: MachineFile,
  columns,
  firstKey: "machineId",
  notes: [
    {
      en: "A machine that changes its customer or site is moved: its open tickets stay with the customer before.",
      "zh-CN": "更改客户或工地即为移机：未关闭的工单仍属于原客户。",
    },
  ],
  toFile({ lat, lon, operatingHours, state, peakPeriods, ...row }, before, at) {
    const base: Partial<MachineFile> = before ?? { demonstrationSite: false, peakPeriods: [] };
    const file = laidOver<MachineFile>(base, row);
    const meter = meterAfter(operatingHours, before?.meter, at);
    const { location: _location, meter: _meter, ...rest } = file;
    return {
      ...rest,
      state: state ?? before?.state ?? (file.handoverAt ? "in_service" : "commissioning"),
      demonstrationSite: file.demonstrationSite ?? false,
      peakPeriods: [...(peakPeriods ?? (peakPeriods === null ? [] : file.peakPeriods))],
      ...placeAfter({ lat, lon }, before?.location),
      ...(meter ? { meter } : {}),
    };
  },
  toValues: ({ location, meter, ...file }) => ({
    ...file,
    lat: location?.lat,
    lon: location?.lon,
    operatingHours: operatingHoursOf({ meter }),
  }),
});

/** The same meter when the hours are the same; taking hours away changes nothing (MA-4). */
function meterAfter(
  operatingHours: number | null | undefined,
  before: HourMeter | undefined,
  at: string,
): HourMeter | undefined {
  if (operatingHours === undefined || operatingHours === null) return before;
  if (before === undefined)
    return { readingHours: operatingHours, offsetHours: 0, at, replacements: [] };
  const readingHours = operatingHours - before.offsetHours;
  return readingHours === before.readingHours ? before : { ...before, readingHours, at };
}
