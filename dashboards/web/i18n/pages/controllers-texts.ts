import type { Message } from "../messages.ts";

/** Control units, on the page of a machine. */
export const texts = {
  controllers: { en: "Controllers", "zh-CN": "控制器" },
  about: {
    en: "What the control units say of themselves; nobody vouches for it.",
    "zh-CN": "控制器自报的信息，未经核实。",
  },
  place: { en: "Address {sa}", "zh-CN": "地址 {sa}" },
  placeInNetwork: {
    en: "Address {sa}, network {network}",
    "zh-CN": "地址 {sa}，网络 {network}",
  },
  since: { en: "since {at}", "zh-CN": "自 {at} 起" },
  changed: { en: "{fact} changed:", "zh-CN": "{fact}已变更：" },
  hidden: { en: "not shown to you", "zh-CN": "无权查看" },
  "fact.vin": { en: "VIN", "zh-CN": "车辆识别代号" },
  "fact.component": { en: "Component", "zh-CN": "部件" },
  "fact.software": { en: "Software", "zh-CN": "软件版本" },
  "fact.ecu": { en: "Control unit", "zh-CN": "控制单元" },
  "fact.name": { en: "NAME", "zh-CN": "NAME" },
} as const satisfies Record<string, Message>;
