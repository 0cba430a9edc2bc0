import type { Message } from "../i18n/messages.ts";

/**
 * Every sentence about evidence, in one place. `{during}`, `{main}`, `{span}` and `{sure}` make the whole; `says.<word>` is
 * what a rule kind has to say, with the facts that it gives under these names.
 */
export const evidenceMessages = {
  whole: { en: "{during}{main}, {span}{sure}.", "zh-CN": "{during}{main}，时间 {span}{sure}。" },
  during: { en: "In the condition “{context}”: ", "zh-CN": "工况“{context}”下，" },
  sure: { en: " (about {share} sure)", "zh-CN": "（把握约 {share}）" },
  timeSpan: { en: "{start} to {end} ({length})", "zh-CN": "{start} 至 {end}（{length}）" },
  trust: {
    en: "Checks so far: right in {right} of {judged}",
    "zh-CN": "历次核实：{judged} 次中正确 {right} 次",
  },
  and: { en: " and ", "zh-CN": "、" },
  "length.seconds": { en: "{count} s", "zh-CN": "{count} 秒" },
  "length.minutes": { en: "{count} min", "zh-CN": "{count} 分钟" },
  "length.hours": { en: "{count} h", "zh-CN": "{count} 小时" },
  "length.days": { en: "{count} d", "zh-CN": "{count} 天" },

  value: { en: "{signal} was {observed}", "zh-CN": "{signal}为 {observed}" },
  atMost: {
    en: "{signal} was {observed}, expected at most {high}",
    "zh-CN": "{signal}为 {observed}，应不高于 {high}",
  },
  atLeast: {
    en: "{signal} was {observed}, expected at least {low}",
    "zh-CN": "{signal}为 {observed}，应不低于 {low}",
  },
  between: {
    en: "{signal} was {observed}, expected {low} to {high}",
    "zh-CN": "{signal}为 {observed}，应在 {low} 至 {high} 之间",
  },
  "measure.rate": {
    en: "{signal} changed at a rate of {observed}, limit {limit}",
    "zh-CN": "{signal}的变化率为 {observed}，限值 {limit}",
  },
  "measure.count": {
    en: "{signal} was past its limit {observed} times, allowed are {limit}",
    "zh-CN": "{signal}超限 {observed} 次，允许 {limit} 次",
  },
  "measure.duration": {
    en: "{signal} was past its limit for {observed} in all, allowed are {limit}",
    "zh-CN": "{signal}累计超限 {observed}，允许 {limit}",
  },
  "measure.shift": {
    en: "{signal} is {observed} away from its own past, limit {limit}",
    "zh-CN": "{signal}偏离本机历史 {observed}，限值 {limit}",
  },
  "measure.novelty": {
    en: "{signal} did what it never did before on this machine (score {observed}, limit {limit})",
    "zh-CN": "{signal}出现本机从未有过的变化（评分 {observed}，限值 {limit}）",
  },
  "measure.difference": {
    en: "{signal} is {observed} away from the signal it should agree with, limit {limit}",
    "zh-CN": "{signal}与对应信号相差 {observed}，限值 {limit}",
  },
  quality: {
    en: "{signal} gave no valid value ({quality})",
    "zh-CN": "{signal}无有效值（{quality}）",
  },

  dtc: {
    en: "Control unit {sa} reported SPN {spn} FMI {fmi} ({meaning}), {lamp}, {count}",
    "zh-CN": "控制器 {sa} 报出 SPN {spn} FMI {fmi}（{meaning}），{lamp}，{count}",
  },
  emergency: {
    en: "CANopen node {node} reported emergency {code}",
    "zh-CN": "CANopen 节点 {node} 报出紧急报文 {code}",
  },
  uncertain: {
    en: "an old layout: the maker may mean another SPN",
    "zh-CN": "旧版编码：制造商所指的 SPN 可能不同",
  },
  life: {
    en: "first seen {first}, named in {count} messages",
    "zh-CN": "首次出现 {first}，共 {count} 条报文",
  },
  onset: { en: "as it began: {values}", "zh-CN": "发生时：{values}" },
  noLamp: { en: "no lamp", "zh-CN": "无指示灯" },
  lampsOn: { en: "{lamps} on", "zh-CN": "{lamps}亮" },
  counted: { en: "counted {count} ×", "zh-CN": "累计 {count} 次" },
  noCount: { en: "without a count", "zh-CN": "无累计次数" },

  silence: { en: "Nothing came: {cause}", "zh-CN": "无数据：{cause}" },
  silenceLikely: {
    en: "Nothing came, likeliest {cause}",
    "zh-CN": "无数据，最可能的原因：{cause}",
  },

  "says.stuck": {
    en: "{signal} did not move from {observed} for {length}, which a working sensor would",
    "zh-CN": "{signal}在 {length}内始终停在 {observed}，正常传感器的读数应有变化",
  },
  "says.jump": {
    en: "{signal} jumped faster than the machine can, {count} ×",
    "zh-CN": "{signal}出现 {count} 次超出设备物理极限的跳变",
  },
  "says.apart": {
    en: "{signal} shows {observed}, {others} {other}, which measures the same",
    "zh-CN": "{signal}为 {observed}，而测量同一量的{others}为 {other}",
  },
  "says.counted": {
    en: "{signal} was past its limit {count} × within {window}, {most} are too many",
    "zh-CN": "{signal}在 {window}内超限 {count} 次，达到 {most} 次即为过多",
  },
  "says.summed": {
    en: "{signal} was past its limit for {length} in all within {window}, {most} are too long",
    "zh-CN": "{signal}在 {window}内累计超限 {length}，达到 {most}即为过长",
  },
  "says.changed": {
    en: "the level of {signal} has changed from {usual} to {observed}",
    "zh-CN": "{signal}的水平由 {usual} 变为 {observed}",
  },
  "says.drifted": {
    en: "{signal} is {observed}; by the machine's own past {usual} is expected under the same conditions",
    "zh-CN": "{signal}为 {observed}，按本机历史，同等工况下应为 {usual}",
  },
  "says.parted": {
    en: "{signal} is {observed}, usually {usual}, and no longer fits {others}",
    "zh-CN": "{signal}为 {observed}（平常为 {usual}），与{others}不再相符",
  },
  "says.unit-lost": {
    en: "{signal} and all else of its control unit gave no valid value ({quality})",
    "zh-CN": "{signal}及同一控制器的其他信号均无有效值（{quality}）",
  },
  "says.composite": {
    en: "{rules} rules spoke together, of {signals}, the first since {first}",
    "zh-CN": "{signals}上的 {rules} 条规则同时成立，最早始于 {first}",
  },
  "says.trend": {
    en: "{signal} is {observed} and will pass {bound} about {p50} ({p10} at the earliest, {p90} at the latest, 8 in 10)",
    "zh-CN": "{signal}现为 {observed}，预计约 {p50} 超过 {bound}（八成可能在 {p10} 至 {p90} 之间）",
  },
  "says.cohort": {
    en: "{signal} was {observed}; {machines} machines of its kind show {low} to {high}",
    "zh-CN": "{signal}为 {observed}；{machines} 台同类设备为 {low} 至 {high}",
  },
  "says.usage": {
    en: "{used} of {life} are used",
    "zh-CN": "已使用 {used}，设计寿命 {life}",
  },
  "says.remaining-life": {
    en: "about {p50} of life are left ({p10} to {p90}, 8 in 10), judged by {signal}",
    "zh-CN": "剩余寿命约 {p50}（八成可能为 {p10} 至 {p90}），依据：{signal}",
  },
  "says.model-score": {
    en: "the plan's model gives {score}, its limit is {bound}, judged by {signal}",
    "zh-CN": "方案所附模型给出 {score}，限值 {bound}，依据：{signal}",
  },
} as const satisfies Readonly<Record<string, Message>>;

export type EvidenceMessage = keyof typeof evidenceMessages;
