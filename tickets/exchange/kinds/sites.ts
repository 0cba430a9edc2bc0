import { Site } from "../../organisation/site.ts";
import { text, yesNo } from "../cell-reader.ts";
import { column, required } from "../columns.ts";
import { fileImport, laidOver } from "../file-import.ts";
import {
  idCell,
  latitude,
  longitude,
  peakPeriods,
  placeAfter,
  regionId,
} from "./shared-columns.ts";

const columns = {
  siteId: required(column(["Site id", "工地编号"], idCell, "EXAMPLE-S-001")),
  projectName: required(column(["Project", "工程名称"], text(), "示例工程")),
  customerId: column(["Customer id", "客户编号"], idCell, "C-001"),
  regionId: required(regionId),
  lat: latitude,
  lon: longitude,
  address: column(["Address", "地址"], text(500), "湖南省长沙市"),
  projectProgress: column(["Progress", "工程进度"], text(4000), "主体施工"),
  peakPeriods,
  majorProject: column(["Major project", "重点工程"], yesNo(), false),
  followOnProjects: column(["Follow-on projects", "后续项目"], text(4000), "二期工程"),
};

export const sites = fileImport({
  kind: "sites",
  title: { en: "Sites", "zh-CN": "工地" },
  schema: Site,
  columns,
  firstKey: "siteId",
  notes: [],
  toFile({ lat, lon, peakPeriods, ...row }, before) {
    const base: Partial<Site> = before ?? { peakPeriods: [], majorProject: false };
    const { location: _location, ...file } = laidOver<Site>(base, row);
    return {
      ...file,
      majorProject: file.majorProject ?? false,
      peakPeriods: [...(peakPeriods ?? (peakPeriods === null ? [] : file.peakPeriods))],
      ...placeAfter({ lat, lon }, before?.location),
    };
  },
  toValues: ({ location, ...file }) => ({ ...file, lat: location?.lat, lon: location?.lon }),
});
