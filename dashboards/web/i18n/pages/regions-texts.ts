import { texts as organisationTexts } from "./organisation-texts.ts";

/** Texts of the tree of regions and its stations. */
export const texts = {
  ...organisationTexts,
  about: {
    en: "The tree of regions, with the stations and engineers of each.",
    "zh-CN": "片区树及各片区的服务站和工程师。",
  },
  addRegion: { en: "Add region", "zh-CN": "新增片区" },
  addStation: { en: "Add station", "zh-CN": "新增服务站" },
  regionId: { en: "Region number", "zh-CN": "片区编号" },
  stationId: { en: "Station number", "zh-CN": "服务站编号" },
  nameEn: { en: "Name, English", "zh-CN": "英文名称" },
  nameZh: { en: "Name, Chinese", "zh-CN": "中文名称" },
  parent: { en: "Belongs to", "zh-CN": "上级片区" },
  stage: { en: "Market stage", "zh-CN": "市场阶段" },
  area: { en: "Area, km²", "zh-CN": "面积（km²）" },
  zone: { en: "Time zone", "zh-CN": "时区" },
  stationKind: { en: "Kind", "zh-CN": "类型" },
  manager: { en: "Station manager", "zh-CN": "服务站长" },
  stockLocation: { en: "Stock location", "zh-CN": "库位编号" },
  engineerCount: { en: "engineers: {count}", "zh-CN": "{count} 名工程师" },
  areaOf: { en: "{area} km²", "zh-CN": "{area} km²" },
  empty: { en: "No region is entered.", "zh-CN": "未登记片区。" },
} as const;
