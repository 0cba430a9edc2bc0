import type { FailureMode } from "@firebreak/plans/plan-schema.ts";
import type { I18nText } from "../evidence.ts";

const always: I18nText = {
  en: "Stop the machine, cut the power, lock it and hang up the sign before you touch anything.",
  "zh-CN": "作业前停机、断电、上锁并挂警示牌。",
};

const byClass: Readonly<Record<FailureMode["faultClass"], I18nText | undefined>> = {
  electrical: {
    en: "Disconnect the battery before you open plugs or harness.",
    "zh-CN": "拆插头或线束前先断开蓄电池。",
  },
  hydraulic: {
    en: "Relieve the pressure, accumulators included, and let the oil cool before you open a line.",
    "zh-CN": "拆管路前泄压（包括蓄能器）并等油液冷却。",
  },
  mechanical: {
    en: "Secure raised parts mechanically; let hot parts cool.",
    "zh-CN": "举升部件须机械支撑；等高温部件冷却。",
  },
  other: undefined,
};

const related: I18nText = {
  en: "This fault is safety-related: the machine must not work until it is mended.",
  "zh-CN": "此故障涉及安全：修复前禁止作业。",
};

/** What to mind at the kinds of work that the likely faults mean. Pure. */
export function safetyNotes(
  modes: readonly Pick<FailureMode, "faultClass" | "safetyRelated">[],
): I18nText[] {
  const classes = [...new Set(modes.map(({ faultClass }) => faultClass))];
  return [
    ...(modes.some(({ safetyRelated }) => safetyRelated) ? [related] : []),
    always,
    ...classes.flatMap((faultClass) => byClass[faultClass] ?? []),
  ];
}
