import type { FigureName } from "@firebreak/simulator/scenarios/organisation-schema.ts";
import { Markup, markup } from "./markup.ts";

export const languages = ["zh-CN", "en", "both"] as const;
export type Language = (typeof languages)[number];

export interface Words {
  readonly en: string;
  readonly "zh-CN": string;
}

const spoken: Readonly<Record<Language, readonly ("zh-CN" | "en")[]>> = {
  both: ["zh-CN", "en"],
  "zh-CN": ["zh-CN"],
  en: ["en"],
};

/** Words in the language of the page, or in both; the same in both is said once. */
export function say(words: Words, language: Language): Markup {
  const said = spoken[language].filter((one, at) => at === 0 || words[one] !== words["zh-CN"]);
  const pieces = said.map((one) => markup`<span lang="${one}">${words[one]}</span>`);
  return new Markup(pieces.map(({ text }) => text).join(" "));
}

const of = (chinese: string, en: string): Words => ({ "zh-CN": chinese, en });

/** Figures by name, with their unit. */
export const figureWords: Readonly<
  Record<FigureName, { readonly name: Words; readonly unit: Words; readonly isShare?: true }>
> = {
  arrivalHours: { name: of("到场时间", "Arrival"), unit: of("小时", "h") },
  emergencyArrivalHours: {
    name: of("紧急到场时间", "Arrival in emergencies"),
    unit: of("小时", "h"),
  },
  emergencySlaMet: {
    name: of("紧急 12 小时内到场", "Emergencies reached within 12 h"),
    ...{ unit: of("%", "%"), isShare: true },
  },
  partsHours: { name: of("配件周期", "Parts cycle"), unit: of("小时", "h") },
  corePartsHours: { name: of("核心配件调配周期", "Core parts cycle"), unit: of("小时", "h") },
  waitingShare: {
    name: of("待件工单占比", "Tickets that wait for parts"),
    ...{ unit: of("%", "%"), isShare: true },
  },
  downtimeHours: { name: of("每台停机时长", "Downtime per machine"), unit: of("小时", "h") },
  failures: { name: of("每台故障停机次数", "Failures per machine"), unit: of("次", "") },
  turnover: { name: of("库存周转（期内）", "Stock turnover in the time"), unit: of("次", "") },
  leadDays: { name: of("提前预警天数", "Warning before the failure"), unit: of("天", "d") },
  partsBeforeFailure: {
    name: of("故障前配件到位", "Parts there before the failure"),
    ...{ unit: of("%", "%"), isShare: true },
  },
  firstTimeFixRate: {
    name: of("一次解决率", "First-time fix rate"),
    ...{ unit: of("%", "%"), isShare: true },
  },
};

export const words = {
  simulated: of("模拟", "simulated"),
  nothingMeasured: of(
    "本页所有数字均来自仿真，没有一个是在真实机器或真实服务中测得的。",
    "Every number on this page comes from a simulation; none was measured on a machine or in a service.",
  ),
  figures: of("指标对比", "Figures compared"),
  figure: of("指标", "Figure"),
  mean: of("平均", "mean"),
  count: of("样本数", "of"),
  change: of("变化", "change"),
  distributions: of("分布与参考线", "Distributions and reference lines"),
  reference: of("参考线，不是测得的结果", "reference line, not a result"),
  conditions: of("通过条件", "Conditions"),
  met: of("满足", "met"),
  notMet: of("未满足", "not met"),
  assumed: of("假设", "What was assumed"),
  value: of("数值", "Value"),
  source: of("来源", "Where it is from"),
  stock: of("初始库存（件）", "Stock in the beginning, pieces"),
  part: of("配件", "Part"),
  faults: of("故障抽取", "Draw of faults"),
  fault: of("故障", "Fault"),
  weight: of("权重", "Weight"),
  cause: of("真实原因", "What it really is"),
  lives: of("寿命（额定负荷小时）", "Life, hours at nominal load"),
  drawn: of("随机", "drawn"),
  real: of("哪些是真实系统，哪些是模型", "What is the product, and what is a model"),
  realText: of(
    "工单、派单建议、时效时钟、配件寻源与库存、维修报告均由真实的服务端通过 MQTT 与公开接口产生；机器的物理过程、故障、工地电话、人员的习惯与行程是模型。没有遥测的组织使用同一个服务端，只当作登记本。",
    "Tickets, suggestions of who goes, clocks, sourcing and stock, and reports are the real hub's, through MQTT and its public interface. Physics and faults of machines, calls from sites, habits and journeys of people are a model. The organisation without telemetry uses the same hub as its register.",
  ),
  seed: of("随机种子", "Seed"),
  version: of("版本", "Version"),
  span: of("时段", "Time"),
  machines: of("台设备", "machines"),
  steps: of("步长（分钟）", "Step, minutes"),
  tickets: of("故障工单", "tickets of faults"),
  calls: of("工地来电", "calls"),
  hours: of("小时", "h"),
} as const satisfies Record<string, Words>;

/** Names of habits. */
export const habitWords: Readonly<Record<string, Words>> = {
  callHours: of("停机到来电（小时）", "From a stop to the call, h"),
  assignHours: of("受理到指派（小时）", "From a ticket to somebody named, h"),
  departHours: of("指派到出发（小时）", "From then to setting out, h"),
  diagnoseHours: of("现场诊断（小时）", "Until the cause is known, h"),
  approveHours: of("申领到批准（小时）", "From asking for parts to the yes, h"),
  sendHours: of("批准到出库（小时）", "From then until they leave, h"),
  roadKmPerHour: of("配件运输速度（公里/小时）", "Parts on the road, km/h"),
  triage: of("三级响应", "Levels of response"),
  suggests: of("按系统建议派单并携带预测配件", "Goes by the hub's suggestion, with foreseen parts"),
  telemetry: of("遥测", "Telemetry"),
  restockDays: of("补货间隔（天）", "Days between orders"),
  stock: of("库存", "Stock"),
};
