import type { ChecklistStep } from "./checklist.ts";

const generalSteps = [
  {
    stepId: "general-safety",
    step: {
      en: "Emergency stops, guards, covers and warning signs",
      "zh-CN": "急停、防护装置、盖板与警示标识",
    },
    acceptance: { en: "There, whole and working", "zh-CN": "齐全、完好、有效" },
    standardHours: 0.2,
  },
  {
    stepId: "general-leaks",
    step: {
      en: "Oil, coolant and fuel: levels and leaks",
      "zh-CN": "机油、冷却液、燃油：液位与泄漏",
    },
    acceptance: { en: "Between the marks, nothing drips", "zh-CN": "液位在刻线之间，无滴漏" },
    standardHours: 0.3,
  },
  {
    stepId: "general-fasteners",
    step: {
      en: "Bolts, hoses, belts and cables",
      "zh-CN": "螺栓、软管、皮带与线缆",
    },
    acceptance: { en: "Tight, not chafed or cracked", "zh-CN": "紧固，无磨损、无裂纹" },
    standardHours: 0.3,
  },
  {
    stepId: "general-wear",
    step: {
      en: "Wear of key and wear parts, as the maker's manual names them",
      "zh-CN": "关键件与易损件磨损（按制造商手册）",
    },
    acceptance: { en: "Lasts until the next service", "zh-CN": "可用至下次保养" },
    standardHours: 0.4,
  },
  {
    stepId: "general-running",
    step: {
      en: "Run under load: noise, smoke, temperatures, trouble codes",
      "zh-CN": "带载试运行：异响、烟色、温度、故障码",
    },
    acceptance: { en: "Nothing unusual, no active code", "zh-CN": "无异常，无当前故障码" },
    standardHours: 0.3,
  },
] as const satisfies readonly (ChecklistStep & { readonly standardHours: number })[];

/** Planned inspections of machines for which no plan has a checklist. Engineering default. */
export const generalChecklist: readonly ChecklistStep[] = generalSteps.map(
  ({ standardHours: _planned, ...step }) => step,
);

/** Standard hours of all its steps. */
export const generalChecklistHours =
  Math.round(generalSteps.reduce((sum, { standardHours }) => sum + standardHours, 0) * 10) / 10;
