import { ModelFileRule } from "@firebreak/plans/learned-rule-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import type { Evidence } from "../../finding.ts";
import {
  type DayVerdict,
  defineHistoryKind,
  type HistorySetting,
  type JudgedDays,
  type ModelQuestion,
} from "../../history/history-kind.ts";
import {
  endOfDay,
  hoursPerDay,
  type MachineHours,
  startOfDay,
  windowDays,
} from "../../history/hours.ts";
import { lifeVerdict, saysOfLife } from "../../history/life-verdict.ts";
import { workDays, workHours } from "../../history/work-days.ts";

interface Prepared {
  readonly rule: ModelFileRule;
  /** Of the first input. */
  readonly unit: string;
}

/**
 * Lets a model that came with the plan judge a part, once a day of work. The kind asks and weighs the answers; whoever
 * runs the model stands outside, and where nobody does nothing is said.
 */
export const modelFile = defineHistoryKind<ModelFileRule, Prepared>({
  kind: "model-file",
  judges: "history",
  method: "model",
  schema: ModelFileRule,
  signalsOf: ({ inputs, hours = [] }) => [...inputs, ...hours].map(({ signal }) => signal),
  partOf: ({ part }) => part,
  foretells: ({ gives }) => gives === "remaining-days",
  prepare: (rule, { acquisition }) => ({
    rule,
    unit: acquisition.signals[rule.inputs[0]?.signal ?? ""]?.unit ?? "",
  }),
  ask: ({ rule }, hours, setting) => questionsOf(rule, hours, setting),
  *judge({ rule }, hours, { answers, ...setting }) {
    if (answers === undefined) return [];
    const verdicts: DayVerdict[] = [];
    for (const { day } of questionsOf(rule, hours, setting)) {
      const verdict = verdictOf(rule, { day, answer: answers.get(day) ?? [] }, setting.horizonDays);
      if (verdict) verdicts.push(verdict);
      yield;
    }
    return verdicts;
  },
  describe({ rule, unit }, hours, { since, newest, answers, ...setting }) {
    const days = workDays(hours, { inputs: rule.inputs, when: rule.hours ?? [] }, setting);
    const [signal = "", ...others] = namesOf(rule.inputs);
    return {
      failureMode: rule.failureMode,
      severity: rule.severity,
      evidence: [
        {
          kind: "signal",
          signal,
          unit,
          observed: days.findLast(({ day }) => day <= newest.day)?.values[0] ?? null,
          limit: null,
          quality: qualityName(Quality.good),
          context: null,
          ...(others.length > 0 ? { others } : {}),
          from: startOfDay(days[0]?.day ?? since.day),
          to: endOfDay(newest.day),
          rule: rule.id,
          ...(rule.gives === "score"
            ? saysOfScore(rule, answers?.get(newest.day)?.[0])
            : saysOfLife(newest.forecast)),
        },
      ],
    };
  },
});

const namesOf = (inputs: readonly { readonly signal: string }[]): string[] => [
  ...new Set(inputs.map(({ signal }) => signal)),
];

/** Of each day that is judged the rows before its end, no further back than any rule looks. */
function questionsOf(
  rule: ModelFileRule,
  hours: MachineHours,
  { most, fromDay, ...setting }: Pick<HistorySetting, "fromHour" | "lastDay"> & JudgedDays,
): ModelQuestion[] {
  const rows = rowsOf(rule, hours, setting);
  const days = [...new Set(rows.map(({ day }) => day))].filter((day) => day >= fromDay);
  return days.slice(-most).flatMap((day) => {
    const end = rows.findLastIndex((row) => row.day <= day) + 1;
    const seen = rows.slice(Math.max(0, end - rule.rows), end);
    const isEnough = seen.length === rule.rows && (seen[0]?.day ?? 0) > day - windowDays;
    return isEnough ? [{ day, values: seen.flatMap(({ values }) => values) }] : [];
  });
}

function rowsOf(
  { inputs, hours: when = [], every }: ModelFileRule,
  hours: MachineHours,
  setting: Pick<HistorySetting, "fromHour" | "lastDay">,
): { readonly day: number; readonly values: readonly number[] }[] {
  if (every === "day") return workDays(hours, { inputs, when }, setting);
  return workHours(hours, { inputs, when }, setting).map(({ hour, values }) => ({
    day: Math.floor(hour / hoursPerDay),
    values,
  }));
}

/** How many values a model gives for each question. */
export const valuesOf = ({ gives }: Pick<ModelFileRule, "gives">): number =>
  gives === "score" ? 1 : 3;

/** What is wrong with an answer; undefined when it may be believed. */
export function faultOfAnswer(
  rule: Pick<ModelFileRule, "gives">,
  answer: readonly number[],
): string | undefined {
  const wanted = valuesOf(rule);
  if (answer.length !== wanted) return `gave ${answer.length} values instead of ${wanted}`;
  if (!answer.every(Number.isFinite)) return `gave ${answer.join(", ")}, which are no numbers`;
  if (rule.gives === "score") return undefined;
  const isRising = answer.every((days, at) => days >= (answer[at - 1] ?? 0));
  if (isRising) return undefined;
  return `gave ${answer.join(", ")} days, which must not be negative nor fall from 10 to 90 %`;
}

function verdictOf(
  rule: ModelFileRule,
  { day, answer }: { readonly day: number; readonly answer: readonly number[] },
  horizonDays: number,
): DayVerdict | undefined {
  if (faultOfAnswer(rule, answer) !== undefined) return undefined;
  const [first = 0, p50Days = 0, p90Days = 0] = answer;
  if (rule.gives === "remaining-days")
    return lifeVerdict(day, { p10Days: first, p50Days, p90Days }, horizonDays);
  const { above = Number.POSITIVE_INFINITY, below = Number.NEGATIVE_INFINITY } = rule;
  return { day, speaks: first > above || first < below };
}

function saysOfScore(
  { above, below }: ModelFileRule,
  score: number | undefined,
): Pick<Extract<Evidence, { kind: "signal" }>, "says"> {
  const bound = above ?? below;
  if (score === undefined || bound === undefined) return {};
  const plain = (value: number) => ({ is: "amount" as const, value, unit: "count" });
  return { says: { word: "model-score", facts: { score: plain(score), bound: plain(bound) } } };
}
