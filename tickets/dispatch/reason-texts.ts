import type { I18nText } from "../evidence.ts";
import type { DispatchReason } from "./dispatch-reason.ts";

/**
 * Why somebody goes, or does not, in both languages. `{name}` is a parameter of the reason. Codes stay for ever: events
 * hold them.
 */
export const reasonTexts = {
  own_station: { en: "of the station in charge", "zh-CN": "所属服务站" },
  same_region: { en: "of another station of the region", "zh-CN": "同片区其他服务站" },
  partner: { en: "partner engineer", "zh-CN": "合作方工程师" },
  flying_squad: { en: "flying squad", "zh-CN": "飞行小组" },
  neighbour_region: { en: "of a neighbouring region", "zh-CN": "相邻片区" },
  specialist: { en: "named specialist for this machine type", "zh-CN": "该机型专属技术支持" },
  responsible: { en: "responsible for this machine", "zh-CN": "该设备责任工程师" },
  level: { en: "level: {level}", "zh-CN": "技术等级：{level}" },
  eta: { en: "there in {minutes} min ({km} km)", "zh-CN": "预计 {minutes} 分钟到达（{km} km）" },
  eta_assumed: {
    en: "place not known, {minutes} min assumed",
    "zh-CN": "位置未知，按 {minutes} 分钟估算",
  },
  load: { en: "load {hours} h of {optimal} h", "zh-CN": "工作量 {hours} / {optimal} 小时" },
  parts_on_board: {
    en: "{percent} % of the likely parts on board",
    "zh-CN": "随车携带 {percent}% 的可能所需配件",
  },
  late: {
    en: "later than promised by {minutes} min",
    "zh-CN": "比承诺到场时间晚 {minutes} 分钟",
  },
  manual_override: { en: "chosen by a person", "zh-CN": "人工指定" },
  off_duty: { en: "not on duty ({state})", "zh-CN": "不在岗（{state}）" },
  product_skill: { en: "not trained for {productType}", "zh-CN": "无 {productType} 技能" },
  certificate: {
    en: "no valid certificate for {productType}",
    "zh-CN": "{productType} 资质已过期或缺失",
  },
  fault_skill: { en: "not trained for {faultClass} faults", "zh-CN": "无 {faultClass} 类故障技能" },
  level_too_low: {
    en: "{level}, but {least} is needed",
    "zh-CN": "技术等级 {level}，要求 {least} 及以上",
  },
  overloaded: {
    en: "would have {hours} h, more than {max} h",
    "zh-CN": "工作量将达 {hours} 小时，超过上限 {max} 小时",
  },
  excluded: { en: "did not take this ticket before", "zh-CN": "此前未接此单" },
  squad_reserved: {
    en: "the flying squad is kept for emergencies",
    "zh-CN": "飞行小组仅用于紧急工单",
  },
  other_region: { en: "of a region too far away", "zh-CN": "片区过远" },
  unknown_engineer: { en: "there is no such engineer", "zh-CN": "无此工程师" },
  nobody_eligible: { en: "no engineer fits", "zh-CN": "没有符合条件的工程师" },
  nobody_in_time: { en: "nobody can be there in time", "zh-CN": "没有工程师能按时到场" },
} as const satisfies Record<string, I18nText>;

/** A reason as people read it; `words` may put other words for values such as levels and product types. */
export function reasonText(
  { code, params = {} }: DispatchReason,
  language: keyof I18nText,
  words: (value: string | number) => string = String,
): string {
  return reasonTexts[code][language].replace(/\{(\w+)\}/g, (_, name: string) =>
    words(params[name] ?? ""),
  );
}
