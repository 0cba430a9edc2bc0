import { TrendRule } from "@firebreak/plans/plan-schema.ts";
import { Quality, qualityName } from "@firebreak/wire/quality.ts";
import type { Evidence, Fact, LifeForecast } from "../../finding.ts";
import {
  type DayVerdict,
  defineHistoryKind,
  type HistorySetting,
} from "../../history/history-kind.ts";
import {
  type DayValue,
  dailyValues,
  endOfDay,
  type MachineHours,
  median,
  msPerDay,
  startOfDay,
  windowDays,
} from "../../history/hours.ts";
import { consecutive } from "../../history/judge-rule.ts";
import { forecasterFor } from "./forecaster-for.ts";

interface Prepared {
  readonly rule: TrendRule;
  readonly unit: string;
  readonly limit: number;
  readonly direction: "up" | "down";
}

/** Fewer days of work tell no trend from noise. Engineering default. */
const fewestDays = 12;
/** The level now and the level before are each a median of so many days. Engineering default. */
const levelDays = 5;
/**
 * So much of the way from the level before to the limit must be behind it: what wanders with season and site does not
 * come as far, and a forecast from less is a guess. Engineering default.
 */
const leastShare = 0.25;
/** A failure is believed from this chance on. @see domain.md §3.10, predicted_failure */
const leastConfidence = 0.7;

/**
 * Finds a signal whose daily value will pass a limit within the horizon: the median of the forecast lies within it, and
 * the chance of it is at least 0.7. Days on which the machine did not work so that an hour counts are no days.
 */
export const trendToThreshold = defineHistoryKind<TrendRule, Prepared>({
  kind: "trend-to-threshold",
  judges: "history",
  schema: TrendRule,
  signalsOf: ({ signal, hours = [] }) => [signal, ...hours.map((one) => one.signal)],
  partOf: ({ part }) => part,
  prepare: (rule, plan) => ({
    rule,
    unit: plan.acquisition.signals[rule.signal]?.unit ?? "",
    limit: rule.above ?? rule.below ?? Number.NaN,
    direction: rule.above === undefined ? "down" : "up",
  }),
  *judge(prepared, hours, { most, fromDay, ...setting }) {
    const days = daysOf(prepared, hours, setting);
    const verdicts: DayVerdict[] = [];
    const first = days.findIndex(({ day }) => day >= fromDay) + 1 || days.length + 1;
    const from = Math.max(first, fewestDays, days.length - most + 1);
    for (let end = from; end <= days.length; end++) {
      verdicts.push(judgeDay(prepared, lookedAt(days.slice(0, end)), setting));
      yield;
    }
    return verdicts;
  },
  describe({ rule, unit, limit, ...prepared }, hours, { since, newest, ...setting }) {
    const days = daysOf({ rule, unit, limit, ...prepared }, hours, setting);
    const observed = days.findLast(({ day }) => day <= newest.day)?.value ?? null;
    const { forecast } = newest;
    return {
      failureMode: rule.failureMode,
      severity: rule.severity,
      evidence: [
        {
          kind: "signal",
          signal: rule.signal,
          unit,
          observed,
          limit,
          quality: qualityName(Quality.good),
          context: null,
          from: startOfDay(days[0]?.day ?? since.day),
          to: endOfDay(newest.day),
          rule: rule.id,
          ...foretold(forecast, { day: newest.day, limit, unit }),
        },
      ],
    };
  },
});

const daysOf = ({ rule }: Prepared, hours: MachineHours, setting: HistorySetting): DayValue[] =>
  dailyValues(
    hours,
    { signal: rule.signal, of: rule.of, when: rule.hours ?? [] },
    setting.fromHour,
  ).filter(({ day }) => day <= setting.lastDay);

/** The same days whenever they are looked at, however many hours were loaded. */
function lookedAt(days: readonly DayValue[]): readonly DayValue[] {
  const from = (days.at(-1)?.day ?? 0) - windowDays;
  return days.slice(days.findIndex(({ day }) => day > from));
}

/** The verdict of the last of `days`. */
function judgeDay(
  { limit, direction }: Prepared,
  days: readonly DayValue[],
  { horizonDays }: HistorySetting,
): DayVerdict {
  const values = days.map(({ value }) => value);
  const day = days.at(-1)?.day ?? Number.NaN;
  if (isBeyond(values, limit, direction)) return { day, speaks: true, forecast: passed };
  if (!hasComeFarEnough(values, limit)) return { day, speaks: false };
  const daysPerValue = (day - (days[0]?.day ?? day) + 1) / days.length;
  const within = Math.max(1, Math.round(horizonDays / daysPerValue));
  const { eta, lo, hi, confidence } = forecasterFor(within).forecast({ values, limit, direction });
  if (eta === null || lo === null || hi === null) return { day, speaks: false };
  const forecast: LifeForecast = {
    p10Days: lo * daysPerValue,
    p50Days: eta * daysPerValue,
    p90Days: hi * daysPerValue,
    confidence,
  };
  const speaks = forecast.p50Days <= horizonDays && confidence >= leastConfidence;
  return { day, speaks, forecast };
}

/** The limit is passed: nothing is left to wait for. */
const passed: LifeForecast = { p10Days: 0, p50Days: 0, p90Days: 0, confidence: 1 };

function isBeyond(values: readonly number[], limit: number, direction: "up" | "down"): boolean {
  const now = median(values.slice(-consecutive));
  return direction === "up" ? now > limit : now < limit;
}

/** Unit-free: a share of the way from the level of its first third to the limit. */
function hasComeFarEnough(values: readonly number[], limit: number): boolean {
  const before = median(values.slice(0, Math.max(levelDays, Math.floor(values.length / 3))));
  const now = median(values.slice(-levelDays));
  return before === limit ? now === limit : (now - before) / (limit - before) >= leastShare;
}

/** As evidence says it; without a forecast the common sentence is said. */
function foretold(
  forecast: LifeForecast | undefined,
  { day, limit, unit }: { readonly day: number; readonly limit: number; readonly unit: string },
): Pick<Extract<Evidence, { kind: "signal" }>, "confidence" | "says"> {
  if (forecast === undefined) return { says: { word: "trend", facts: {} } };
  const at = (days: number): Fact => ({
    is: "time",
    at: new Date(Date.parse(endOfDay(day)) + days * msPerDay).toISOString(),
  });
  const facts = {
    bound: { is: "amount", value: limit, unit },
    p10: at(forecast.p10Days),
    p50: at(forecast.p50Days),
    p90: at(forecast.p90Days),
  } satisfies Record<string, Fact>;
  return { confidence: forecast.confidence, says: { word: "trend", facts } };
}
