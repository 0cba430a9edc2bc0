import type { Message } from "../messages.ts";

/** Recordings of raw frames, on the pages of a machine and of a ticket. */
export const texts = {
  captures: { en: "Raw recordings", "zh-CN": "原始报文记录" },
  about: {
    en: "Every frame on the machine's buses around a trouble code, or around now.",
    "zh-CN": "故障码前后（或当前时刻前后）设备总线上的全部报文。",
  },
  evidenceAbout: {
    en: "Raw frames from 60 s around a trouble code, for whoever wants to look closer.",
    "zh-CN": "故障码前后 60 秒的原始报文，供深入分析。",
  },
  none: { en: "No recordings yet.", "zh-CN": "暂无记录。" },
  ask: { en: "Request recording", "zh-CN": "请求记录" },
  download: { en: "Download", "zh-CN": "下载" },
  codeOf: { en: "SPN {spn} · FMI {fmi} · SA {sa}", "zh-CN": "SPN {spn} · FMI {fmi} · SA {sa}" },
  onRequest: { en: "On request", "zh-CN": "人工请求" },
  records: { en: "{count} frames · {size} kB", "zh-CN": "{count} 帧 · {size} kB" },
  exchanges: {
    en: "Modbus, {count} requests and replies · {size} kB",
    "zh-CN": "Modbus，{count} 条请求与应答 · {size} kB",
  },
  arrivingAt: { en: "arriving, {percent} %", "zh-CN": "传输中 {percent} %" },
  "captureState.waiting": { en: "on the gateway", "zh-CN": "待传输" },
  "captureState.there": { en: "there", "zh-CN": "已到达" },
  "captureState.gone": { en: "no longer on the gateway", "zh-CN": "网关已不再保存" },
  "captureState.refused": { en: "refused", "zh-CN": "已拒收" },
  "captureState.removed": { en: "removed", "zh-CN": "已删除" },
  "captureDetail.over-budget": {
    en: "waits: the machine's data budget is used up",
    "zh-CN": "等待：设备流量额度已用完",
  },
  "captureDetail.hub-full": {
    en: "waits: no room on the server",
    "zh-CN": "等待：服务器空间不足",
  },
  "captureDetail.too-large": { en: "too large", "zh-CN": "文件过大" },
  "captureDetail.damaged": { en: "arrived damaged", "zh-CN": "文件损坏" },
  "captureDetail.quota": { en: "made room for newer ones", "zh-CN": "为新记录腾出空间" },
  "captureDetail.too-old": { en: "kept long enough", "zh-CN": "超过保存期限" },
  "captureDetail.lost": {
    en: "its file is no longer on the server",
    "zh-CN": "服务器上的文件已丢失",
  },
  "requestState.asked": {
    en: "asked; waits for the gateway",
    "zh-CN": "已请求，等待网关响应",
  },
  "requestState.recording": { en: "recording", "zh-CN": "记录中" },
  "requestDetail.nothing-heard": {
    en: "nothing recorded: no raw frames were heard",
    "zh-CN": "未记录：未收到原始报文",
  },
  "requestDetail.too-often": {
    en: "nothing recorded: too many recordings in this hour",
    "zh-CN": "未记录：一小时内记录次数过多",
  },
  "requestDetail.unknown-machine": {
    en: "nothing recorded: the gateway does not serve this machine",
    "zh-CN": "未记录：该网关未连接此设备",
  },
  "requestDetail.expired": {
    en: "nothing recorded: the gateway was offline for a day",
    "zh-CN": "未记录：网关离线超过一天",
  },
} as const satisfies Record<string, Message>;
