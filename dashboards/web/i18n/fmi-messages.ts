import type { Message } from "./messages.ts";

/** What failure mode indicators mean. @see SAE J1939-73, FMI; the words are our own */
export const fmiMessages = {
  "fmi.0": { en: "far above normal", "zh-CN": "严重高于正常值" },
  "fmi.1": { en: "far below normal", "zh-CN": "严重低于正常值" },
  "fmi.2": { en: "data erratic", "zh-CN": "数据不稳定或不正确" },
  "fmi.3": { en: "voltage above normal", "zh-CN": "电压高于正常值" },
  "fmi.4": { en: "voltage below normal", "zh-CN": "电压低于正常值" },
  "fmi.5": { en: "current below normal or open circuit", "zh-CN": "电流低于正常值或开路" },
  "fmi.6": { en: "current above normal or short to ground", "zh-CN": "电流高于正常值或对地短路" },
  "fmi.7": { en: "mechanical system not responding", "zh-CN": "机械系统无响应" },
  "fmi.8": { en: "abnormal frequency", "zh-CN": "频率异常" },
  "fmi.9": { en: "abnormal update rate", "zh-CN": "更新率异常" },
  "fmi.10": { en: "abnormal rate of change", "zh-CN": "变化率异常" },
  "fmi.11": { en: "cause not known", "zh-CN": "原因未知" },
  "fmi.12": { en: "bad device", "zh-CN": "部件故障" },
  "fmi.13": { en: "out of calibration", "zh-CN": "超出标定范围" },
  "fmi.14": { en: "special instructions", "zh-CN": "特殊说明" },
  "fmi.15": { en: "slightly above normal", "zh-CN": "略高于正常值" },
  "fmi.16": { en: "above normal", "zh-CN": "高于正常值" },
  "fmi.17": { en: "slightly below normal", "zh-CN": "略低于正常值" },
  "fmi.18": { en: "below normal", "zh-CN": "低于正常值" },
  "fmi.19": { en: "network data in error", "zh-CN": "网络数据错误" },
  "fmi.31": { en: "condition exists", "zh-CN": "状态存在" },
  "fmi.other": { en: "failure mode {fmi}", "zh-CN": "故障模式 {fmi}" },
} as const satisfies Record<string, Message>;
