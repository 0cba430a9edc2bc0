import { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import {
  type DayVerdict,
  defineHistoryKind,
  type HistorySetting,
} from "../../history/history-kind.ts";
import { endOfDay, startOfDay } from "../../history/hours.ts";
import { lifeVerdict, saysOfLife } from "../../history/life-verdict.ts";
import {
  daysPerWorkDay,
  fewestHours,
  hoursIn,
  lookedBackOn,
  type WorkDay,
  workDays,
} from "../../history/work-days.ts";
import { predictLife } from "../../prognosis/remaining-life/predict-life.ts";
import type { LifeModel } from "../../prognosis/remaining-life/train-life-model.ts";

interface Prepared {
  readonly rule: RemainingLifeRule;
  /** Of the first input. */
  readonly unit: string;
}

/**
 * Predictions come no further than to the knee, from which on wear can be seen in the histories. So near to it nothing
 * shows yet, and how long the part will last is not known. Engineering default.
 */
const sawNothing = 0.9;

/**
 * Tells how long a part will last from how others of its kind came to their end. One forecast a day of work since the
 * part was put in, as soon as wear shows; it speaks under the conditions of every foretold failure.
 */
export const remainingLife = defineHistoryKind<RemainingLifeRule, Prepared>({
  kind: "remaining-life",
  judges: "history",
  method: "model",
  schema: RemainingLifeRule,
  signalsOf: ({ inputs, hours = [] }) => [...inputs, ...hours].map(({ signal }) => signal),
  partOf: ({ part }) => part,
  prepare: (rule, { acquisition }) => ({
    rule,
    unit: acquisition.signals[rule.inputs[0]?.signal ?? ""]?.unit ?? "",
  }),
  *judge({ rule }, hours, { most, fromDay, lifeModel, ...setting }) {
    if (lifeModel === undefined) return [];
    const days = daysOf(rule, hours, setting);
    const verdicts: DayVerdict[] = [];
    const first = days.findIndex(({ day }) => day >= fromDay) + 1 || days.length + 1;
    for (let end = Math.max(first, days.length - most + 1); end <= days.length; end++) {
      const verdict = judgeDay(days.slice(0, end), lifeModel, setting.horizonDays);
      if (verdict) verdicts.push(verdict);
      yield;
    }
    return verdicts;
  },
  describe({ rule, unit }, hours, { since, newest, ...setting }) {
    const days = daysOf(rule, hours, setting);
    const [first, ...others] = rule.inputs;
    return {
      failureMode: rule.failureMode,
      severity: rule.severity,
      evidence: [
        {
          kind: "signal",
          signal: first?.signal ?? "",
          unit,
          observed: days.findLast(({ day }) => day <= newest.day)?.values[0] ?? null,
          limit: null,
          quality: qualityName(Quality.good),
          context: null,
          ...(others.length > 0 ? { others: others.map(({ signal }) => signal) } : {}),
          from: startOfDay(days[0]?.day ?? since.day),
          to: endOfDay(newest.day),
          rule: rule.id,
          ...saysOfLife(newest.forecast),
        },
      ],
    };
  },
});

const daysOf = (
  { inputs, hours: when = [] }: RemainingLifeRule,
  hours: Parameters<typeof workDays>[0],
  setting: Pick<HistorySetting, "fromHour" | "lastDay">,
): WorkDay[] => workDays(hours, { inputs, when }, setting);

/** The verdict of the last of `all`; undefined while too little of the part is known. */
function judgeDay(
  all: readonly WorkDay[],
  model: LifeModel,
  horizonDays: number,
): DayVerdict | undefined {
  const days = lookedBackOn(all);
  const day = days.at(-1)?.day;
  if (day === undefined || hoursIn(days) < fewestHours) return undefined;
  const inputs = days[0]?.values ?? [];
  const { rul, lo, hi } = predictLife(model, {
    unit: "",
    cycles: Float64Array.from(days, (_, row) => row + 1),
    signals: inputs.map((_, at) => Float64Array.from(days, ({ values }) => values[at] ?? 0)),
  });
  if (rul >= sawNothing * model.regression.knee) return { day, speaks: false };
  const each = daysPerWorkDay(days);
  const life = { p10Days: lo * each, p50Days: rul * each, p90Days: hi * each };
  return lifeVerdict(day, life, horizonDays);
}
