import type { Static } from "typebox";
import {
  emailPattern,
  idPattern,
  machineIdPattern,
  type PeakPeriod,
  phonePattern,
  productTypePattern,
} from "../../organisation/fields.ts";
import { type CellType, day, list, number, shaped } from "../cell-reader.ts";
import { column } from "../columns.ts";

export const idCell = shaped(idPattern, {
  en: "an id (letters, figures, dot, dash, underscore; at most 64)",
  "zh-CN": "编号（字母、数字、点、短横、下划线，最多 64 个字符）",
});

export const machineIdCell = shaped(machineIdPattern, {
  en: "a machine id (none of / + #; at most 200 characters)",
  "zh-CN": "设备编号（不含 / + #，最多 200 个字符）",
});

const productTypes: Readonly<Record<string, string>> = {
  泵车: "concrete_pump_truck",
  混凝土泵车: "concrete_pump_truck",
  输送泵: "concrete_pump",
  摊铺机: "paver",
  铣刨机: "milling_machine",
  塔机: "tower_crane",
  汽车起重机: "truck_crane",
  水平定向钻: "horizontal_directional_drill",
  压路机: "road_roller",
};

/** A machine type as the plans name it, or its Chinese name. */
export const productTypeCell: CellType<string> = (() => {
  const plain = shaped(productTypePattern, {
    en: "a machine type, such as concrete_pump_truck",
    "zh-CN": "机型，例如 泵车 或 concrete_pump_truck",
  });
  return {
    ...plain,
    read: (cell) => {
      const known = typeof cell === "string" ? productTypes[cell.trim()] : undefined;
      return known === undefined ? plain.read(cell) : { value: known };
    },
  };
})();

const peak: CellType<Static<typeof PeakPeriod>> = {
  read(cell) {
    const [from, to, ...note] = String(cell)
      .trim()
      .split(/[~～]|\s+/u);
    const days = [from, to].map((one) => day().read(one ?? ""));
    const [first, last] = days;
    if (!first || !last || "fault" in first || "fault" in last)
      return {
        fault: {
          en: `“${String(cell)}” is not a period: write it as 2026-03-01~2026-06-30`,
          "zh-CN": `“${String(cell)}”不是时间段，请写成 2026-03-01~2026-06-30`,
        },
      };
    const text = note.join(" ");
    return { value: { from: first.value, to: last.value, ...(text === "" ? {} : { note: text }) } };
  },
  write: ({ from, to, note }) => `${from}~${to}${note === undefined ? "" : ` ${note}`}`,
  says: {
    en: "period, such as 2026-03-01~2026-06-30",
    "zh-CN": "时间段，例如 2026-03-01~2026-06-30",
  },
};

export const peakPeriods = column(["Peak periods", "使用高峰期"], list(peak), [
  { from: "2026-03-01", to: "2026-06-30" },
]);
export const latitude = column(["Latitude", "纬度"], number({ min: -90, max: 90 }), 28.2282, [
  "degrees north, WGS 84",
  "北纬为正，WGS 84",
]);
export const longitude = column(["Longitude", "经度"], number({ min: -180, max: 180 }), 112.9388, [
  "degrees east, WGS 84",
  "东经为正，WGS 84",
]);
export const regionId = column(["Region id", "片区编号"], idCell, "hunan");
export const phoneCell = shaped(phonePattern, { en: "a telephone number", "zh-CN": "电话号码" });
export const emailCell = shaped(emailPattern, { en: "an e-mail address", "zh-CN": "邮箱地址" });

/** Where something is, after a row that may name one or both of its coordinates. */
export function placeAfter(
  row: { readonly lat?: number | null | undefined; readonly lon?: number | null | undefined },
  before: { readonly lat: number; readonly lon: number } | undefined,
) {
  if (row.lat === null || row.lon === null) return {};
  const lat = row.lat ?? before?.lat;
  const lon = row.lon ?? before?.lon;
  return lat === undefined || lon === undefined ? {} : { location: { lat, lon } };
}
