import type { TrendRule } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import { testPlan } from "../../engine/rule-engine.fixture.ts";
import type { DayVerdict } from "../../history/history-kind.ts";
import { firstDay, hoursOf, noise } from "../../history/hours.fixture.ts";
import type { MachineHours } from "../../history/hours.ts";
import { trendToThreshold } from "./trend-to-threshold.ts";

const rule: TrendRule = {
  id: "wear",
  kind: "trend-to-threshold",
  about: { en: "It wears", "zh-CN": "磨损" },
  severity: "warning",
  signal: "pressure",
  of: "max",
  hours: [{ signal: "speed", of: "min", above: 500 }],
  above: 100,
  part: "filter",
  failureMode: "too-high",
};

const setting = { horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY, lastDay: 1e6, peers: [] };

const whole = { most: 1_000, fromDay: 0 };

function judged(
  hours: MachineHours,
  { changes = {}, ...of }: Partial<typeof setting> & { readonly changes?: Partial<TrendRule> } = {},
): readonly DayVerdict[] {
  const { above, ...others } = { ...rule, ...changes };
  const own =
    "below" in changes ? others : { ...others, ...(above === undefined ? {} : { above }) };
  const prepared = trendToThreshold.prepare(own, testPlan());
  const work = trendToThreshold.judge(prepared, hours, { ...setting, ...of, ...whole });
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

const speed = () => 1500;
/** Grows by a twelfth a day: 100 is passed on day 82. */
const wears = (day: number, hour: number) =>
  40 + Math.max(0, 60 * Math.exp((day - 82) / 12)) + noise(day * 6 + hour);
const wearing = (days: number) => hoursOf(days, { pressure: wears, speed });
const firstToSpeak = (verdicts: readonly DayVerdict[]) =>
  (verdicts.find(({ speaks }) => speaks)?.day ?? Number.NaN) - firstDay;

describe("trendToThreshold", () => {
  test("speaks before the limit is passed, and tells about when", () => {
    const verdicts = judged(wearing(82));
    const first = firstToSpeak(verdicts);
    expect(first).toBeGreaterThan(50);
    expect(first).toBeLessThan(72);
    const late = verdicts.find(({ day }) => day === firstDay + 74);
    expect((late?.forecast?.p50Days ?? 0) / 7).toBeGreaterThan(0.6);
    expect((late?.forecast?.p50Days ?? 0) / 7).toBeLessThan(1.9);
    expect(late?.forecast?.confidence).toBeGreaterThan(0.7);
  });

  test("says the same of a signal that is scaled, shifted or turned round", () => {
    const turned = hoursOf(82, { pressure: (day, hour) => 7 - 3 * wears(day, hour), speed });
    const changes = { below: 7 - 3 * 100, of: "min" as const };
    const own = judged(wearing(82)).map(({ speaks }) => speaks);
    expect(judged(turned, { changes }).map(({ speaks }) => speaks)).toEqual(own);
  });

  test.each([
    { name: "a steady signal", at: (day: number, hour: number) => 40 + 3 * noise(day * 6 + hour) },
    { name: "a season", at: (day: number) => 40 + 10 * Math.sin(day / 28) + noise(day) },
    { name: "a step that stays", at: (day: number) => (day < 60 ? 40 : 52) + noise(day) },
    { name: "a slow drift far from the limit", at: (day: number) => 40 + 0.08 * day + noise(day) },
    { name: "wear that ends", at: (day: number) => 40 + 12 * Math.min(1, day / 60) + noise(day) },
  ])("is silent on $name", ({ at }) => {
    const verdicts = judged(hoursOf(150, { pressure: at, speed }));
    expect(verdicts).toHaveLength(139);
    expect(verdicts.filter(({ speaks }) => speaks)).toEqual([]);
  });

  test("a limit that is passed leaves nothing to wait for", () => {
    const [last] = judged(hoursOf(12, { pressure: () => 120, speed }));
    expect(last).toMatchObject({ speaks: true, forecast: { p50Days: 0, confidence: 1 } });
  });

  test("looks only at hours that count, and at the part that is in the machine now", () => {
    const idles = hoursOf(82, { pressure: wears, speed: () => ({ min: 0, mean: 900, max: 1500 }) });
    expect(judged(idles)).toEqual([]);
    expect(judged(wearing(82), { fromHour: (firstDay + 75) * 24 })).toEqual([]);
  });

  test("days without work are no days: the forecast is in days of the calendar all the same", () => {
    const spread = hoursOf(164, {
      pressure: (day, hour) => (day % 2 === 1 ? undefined : wears(day / 2, hour)),
      speed,
    });
    const [own, other] = [judged(wearing(75)), judged(spread, { horizonDays: 60 })];
    const before = other.findLast(({ day }) => day <= firstDay + 148);
    const ratio = (before?.forecast?.p50Days ?? 0) / (own.at(-1)?.forecast?.p50Days ?? 1);
    expect(ratio).toBeGreaterThan(1.6);
    expect(ratio).toBeLessThan(2.4);
  });

  test("a longer horizon speaks earlier", () => {
    const slow = hoursOf(170, {
      pressure: (day, hour) => 40 + 60 * Math.exp((day - 170) / 40) + noise(day * 6 + hour),
      speed,
    });
    const usual = firstToSpeak(judged(slow));
    expect(usual).toBeGreaterThan(130);
    expect(firstToSpeak(judged(slow, { horizonDays: 48 }))).toBeLessThan(usual - 7);
  });

  test("a day is judged the same however many come after it", () => {
    const all = judged(wearing(82)).slice(0, 58);
    expect(judged(wearing(82), { lastDay: all.at(-1)?.day ?? 0 })).toEqual(all);
  });
});
