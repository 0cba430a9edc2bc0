import type { Message } from "../messages.ts";

/** What people have set aside of a machine (IEC 62682 and ISA-18.2: shelved). */
export const texts = {
  findings: { en: "Active findings", "zh-CN": "当前报警" },
  since: { en: "since {at}", "zh-CN": "自 {at} 起" },
  shelve: { en: "Shelve", "zh-CN": "搁置" },
  about: {
    en: "Until then it opens no ticket and tells nobody. What lasts at the end opens its ticket then.",
    "zh-CN": "搁置期间不开工单、不通知任何人；到期时若报警仍在，届时开工单。",
  },
  hours: { en: "For how many hours", "zh-CN": "搁置时长（小时）" },
  reason: { en: "Reason", "zh-CN": "原因" },
  safety: { en: "safety-related: not to be shelved", "zh-CN": "涉及安全，不可搁置" },
  latched: {
    en: "returned to normal, waits for somebody to confirm",
    "zh-CN": "已恢复正常，待人工确认",
  },
  reset: { en: "Looked at: reset", "zh-CN": "已检查，复位" },
  resetNoted: {
    en: "reset noted, it ends with the next data",
    "zh-CN": "已记录复位，收到新数据后结束",
  },
  shelved: { en: "Shelved alarms", "zh-CN": "搁置报警" },
  until: {
    en: "shelved until {at} by {by}: {reason}",
    "zh-CN": "由 {by} 搁置至 {at}，原因：{reason}",
  },
  end: { en: "End now", "zh-CN": "取消搁置" },
} as const satisfies Record<string, Message>;
