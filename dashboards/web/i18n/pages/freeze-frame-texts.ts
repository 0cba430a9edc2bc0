import type { Message } from "../messages.ts";

/** What control units kept of their trouble codes, on the pages of a machine and of a ticket. */
export const texts = {
  freezeFrames: { en: "Kept by the control unit", "zh-CN": "控制器冻结帧" },
  frame: {
    en: "SPN {spn} · FMI {fmi} · SA {sa}, heard {at}:",
    "zh-CN": "SPN {spn} · FMI {fmi} · SA {sa}，{at} 收到：",
  },
  "value.boostKpa": { en: "boost pressure {value} kPa", "zh-CN": "增压压力 {value} kPa" },
  "value.engineSpeedRpm": { en: "engine speed {value} rpm", "zh-CN": "发动机转速 {value} r/min" },
  "value.engineLoadPercent": { en: "engine load {value} %", "zh-CN": "发动机负荷 {value} %" },
  "value.coolantTemperatureC": { en: "coolant {value} °C", "zh-CN": "冷却液温度 {value} °C" },
  "value.vehicleSpeedKmh": { en: "speed {value} km/h", "zh-CN": "车速 {value} km/h" },
  extra: { en: "maker's own {hex}", "zh-CN": "厂家数据 {hex}" },
  nothing: { en: "no values", "zh-CN": "无数值" },
} as const satisfies Record<string, Message>;
