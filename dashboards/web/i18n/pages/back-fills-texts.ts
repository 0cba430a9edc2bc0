/** Texts of what was found in data that came late. */
export const texts = {
  title: { en: "Found in back-filled data", "zh-CN": "补传数据中的发现" },
  about: {
    en: "It was over before anybody could know: no alarm, no ticket.",
    "zh-CN": "数据补传时事件均已结束，仅作记录，不报警、不开工单。",
  },
  one: { en: "1 event found in back-filled data", "zh-CN": "补传数据中发现 1 次事件" },
  many: {
    en: "{count} events found in back-filled data",
    "zh-CN": "补传数据中发现 {count} 次事件",
  },
  received: { en: "received", "zh-CN": "收到：" },
  toCome: { en: "more is coming in", "zh-CN": "数据仍在补传" },
  times: { en: "{count} times", "zh-CN": "{count} 次" },
  once: { en: "once", "zh-CN": "1 次" },
  draw: { en: "Draw it", "zh-CN": "查看曲线" },
  hide: { en: "Hide the chart", "zh-CN": "收起曲线" },
  noSignal: { en: "Trouble codes only: no signal to draw.", "zh-CN": "仅有故障码，无曲线。" },
} as const;
