import type { Message } from "./messages.ts";

/** What is wrong with the hub and what it means for who reads, keyed `hub.<name of the check>`. */
export const hubMessages = {
  "hub.database": {
    en: "The database does not answer. Live values go on; tickets and lists are as they were, and nothing can be changed.",
    "zh-CN": "数据库无响应。实时数据不受影响；工单和列表停留在此前状态，暂时无法修改。",
  },
  "hub.telemetry": {
    en: "History is delayed: the telemetry store takes no samples. Nothing is lost, live values go on.",
    "zh-CN": "历史数据延迟：遥测数据库无法写入。数据不会丢失，实时数据不受影响。",
  },
  "hub.telemetry-reads": {
    en: "Charts show what is there: the telemetry store does not answer. Live values go on.",
    "zh-CN": "遥测数据库无响应，曲线仅显示已有数据。实时数据不受影响。",
  },
  "hub.telemetry-thread": {
    en: "The telemetry store has stopped. The server has to be started anew.",
    "zh-CN": "遥测存储已停止，需要重新启动服务器。",
  },
  "hub.intake": {
    en: "No data comes in from machines. They keep it until then.",
    "zh-CN": "暂时无法接收设备数据，数据由网关保存。",
  },
  "hub.rules": {
    en: "Rules and tickets stand still. They catch up by themselves.",
    "zh-CN": "规则和工单暂停处理，恢复后自动补上。",
  },
  "hub.disk": { en: "The server's disk fills up.", "zh-CN": "服务器磁盘即将写满。" },
  "hub.disk-full": {
    en: "The server's disk is full: machines keep their data until there is room.",
    "zh-CN": "服务器磁盘已满，数据由网关保存，直至有可用空间。",
  },
  "hub.journal": {
    en: "Something behind the intake is slow; nothing is lost.",
    "zh-CN": "数据处理滞后，数据不会丢失。",
  },
} as const satisfies Record<string, Message>;
