import type { Message } from "../messages.ts";

/** Texts about the health of one machine: what lowers it, and what is to be expected. */
export const texts = {
  health: { en: "Health", "zh-CN": "健康状况" },
  unknown: {
    en: "Unknown: no data, or none for so long that it says nothing of today.",
    "zh-CN": "未知：无数据，或数据已过时。",
  },
  nothingWrong: { en: "Nothing lowers it.", "zh-CN": "无扣分项。" },
  lowers: { en: "What lowers it", "zh-CN": "扣分原因" },
  points: { en: "−{points}", "zh-CN": "−{points}" },
  since: { en: "since {at}", "zh-CN": "自 {at}" },
  ofMachine: { en: "whole machine", "zh-CN": "整机" },
  components: { en: "Components", "zh-CN": "部件" },
  outlook: { en: "Outlook, {days} days", "zh-CN": "未来 {days} 天展望" },
  outlookChance: {
    en: "Chance that some part comes to its end: {share}",
    "zh-CN": "有部件到达寿命终点的概率：{share}",
  },
  noOutlook: {
    en: "Nothing is known of the lives of its parts.",
    "zh-CN": "尚无部件寿命信息。",
  },
  part: { en: "Part", "zh-CN": "部件" },
  chance: { en: "Within {days} days", "zh-CN": "{days} 天内" },
  left: { en: "Left, 8 in 10", "zh-CN": "剩余寿命（八成可能）" },
  leftText: { en: "{p50} d ({p10}–{p90})", "zh-CN": "{p50} 天（{p10}–{p90}）" },
  nothingLeft: { en: "at its end", "zh-CN": "已到寿命" },
  basis: { en: "By", "zh-CN": "依据" },
  calibrated: { en: "corrected by the field", "zh-CN": "已按现场寿命校正" },
  showAll: { en: "All {count} parts", "zh-CN": "全部 {count} 个部件" },
  "cause.episode": { en: "Active finding", "zh-CN": "当前异常" },
  "cause.trouble-code": { en: "Trouble code {about}", "zh-CN": "故障码 {about}" },
  "cause.life": { en: "Near the end of its life", "zh-CN": "接近寿命终点" },
  "cause.overdue": { en: "Service overdue", "zh-CN": "保养逾期" },
  "cause.fault-history": {
    en: "Repaired {about} times in half a year",
    "zh-CN": "半年内维修 {about} 次",
  },
  "cause.connectivity": { en: "Not heard as it should be", "zh-CN": "通信异常" },
  "method.usage_counter": { en: "use", "zh-CN": "使用量" },
  "method.trend": { en: "trend", "zh-CN": "趋势" },
  "method.model": { en: "learned histories", "zh-CN": "历史学习" },
  "method.field": { en: "lives in the field", "zh-CN": "现场寿命" },
} as const satisfies Readonly<Record<string, Message>>;
