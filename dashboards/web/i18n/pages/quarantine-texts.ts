/** Texts of what was put aside, and of trying it again. */
export const texts = {
  receivedAt: { en: "Received", "zh-CN": "接收时间" },
  from: { en: "Of", "zh-CN": "来源" },
  reason: { en: "Reason", "zh-CN": "原因" },
  samples: { en: "Samples", "zh-CN": "数据条数" },
  bytes: { en: "Bytes", "zh-CN": "字节" },
  state: { en: "State", "zh-CN": "状态" },
  retry: { en: "Try again", "zh-CN": "重试" },
  retryAll: { en: "Try all again", "zh-CN": "全部重试" },
  retriedAll: {
    en: "{released} taken, {known} were there already, {waiting} still wait.",
    "zh-CN": "已入库 {released} 条，已存在 {known} 条，仍等待 {waiting} 条。",
  },
  journalFull: {
    en: "The journal is full: try the others again later.",
    "zh-CN": "日志已满，其余请稍后重试。",
  },
  export: { en: "Export (NDJSON)", "zh-CN": "导出（NDJSON）" },
  "state.waiting": { en: "waits", "zh-CN": "等待" },
  "state.released": { en: "taken", "zh-CN": "已入库" },
  "state.known": { en: "was there already", "zh-CN": "已存在" },
  "reason.checksum": { en: "damaged on its way", "zh-CN": "传输中损坏" },
  "reason.malformed-block": { en: "a batch that cannot be read", "zh-CN": "批次无法解析" },
  "reason.malformed-payload": { en: "a message that cannot be read", "zh-CN": "消息无法解析" },
  "reason.unknown-dictionary": {
    en: "its signals were not explained",
    "zh-CN": "信号含义未知",
  },
  "reason.foreign-machine": {
    en: "the gateway may not speak for this machine",
    "zh-CN": "网关无权代表该设备",
  },
  "reason.cloned-number": {
    en: "a second content under one number: a cloned gateway",
    "zh-CN": "同一编号内容不同：网关被克隆",
  },
  "reason.implausible-time": {
    en: "samples of a time more than a year ahead",
    "zh-CN": "数据时间超前一年以上",
  },
  "reason.poison": { en: "a reader failed on it", "zh-CN": "处理时出错" },
  "reason.under-way": { en: "it is being tried", "zh-CN": "正在重试" },
  "reason.cut": { en: "too large: only its beginning is kept", "zh-CN": "过大：仅保留开头部分" },
  "reason.not-kept": { en: "its bytes are no longer kept", "zh-CN": "原始字节已不保留" },
  refused: { en: "Refused by the telemetry database", "zh-CN": "被时序数据库拒绝" },
  refusedAbout: {
    en: "Kept here, and tried again every ten minutes.",
    "zh-CN": "数据保留在此，每十分钟自动重试。",
  },
  since: { en: "Since", "zh-CN": "起始时间" },
  kept: { en: "kept", "zh-CN": "保留" },
  retriedRefused: {
    en: "{taken} taken, {waiting} still wait.",
    "zh-CN": "已入库 {taken} 条，仍等待 {waiting} 条。",
  },
  "retryStop.store-away": {
    en: "The database takes nothing now.",
    "zh-CN": "数据库目前无法写入。",
  },
  "retryStop.under-way": { en: "Others are being tried.", "zh-CN": "正在重试其余数据。" },
  "retryStop.more": { en: "Not all were tried: ask again.", "zh-CN": "尚未全部重试，请再次操作。" },
} as const;
