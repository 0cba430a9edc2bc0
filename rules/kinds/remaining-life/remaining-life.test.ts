import type { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import { describe, expect, test } from "vitest";
import { testPlan } from "../../engine/rule-engine.fixture.ts";
import type { DayVerdict, HistorySetting } from "../../history/history-kind.ts";
import { firstDay, hoursOf, noise } from "../../history/hours.fixture.ts";
import type { MachineHours } from "../../history/hours.ts";
import { trainLifeModel } from "../../prognosis/remaining-life/train-life-model.ts";
import { lifeHistories } from "./life-histories.ts";
import { remainingLife } from "./remaining-life.ts";

const rule: RemainingLifeRule = {
  id: "life",
  kind: "remaining-life",
  about: { en: "It wears", "zh-CN": "磨损" },
  severity: "warning",
  histories: "lives.csv",
  ...{ unit: "unit", cycle: "day", every: "day" },
  inputs: [
    { signal: "pressure", of: "max" },
    { signal: "slow", of: "mean" },
  ],
  hours: [{ signal: "speed", of: "min", above: 500 }],
  part: "filter",
  failureMode: "too-high",
};

/** Wear can be seen from 40 days of work before the end on. */
const pressureOf = (left: number, seed: number) =>
  40 + 60 * Math.max(0, 1 - left / 40) ** 2 + noise(seed + left * 7);
const slowOf = (left: number, seed: number) =>
  5 - 3 * Math.max(0, 1 - left / 40) + 0.1 * noise(seed + left * 3);

const lives = Array.from({ length: 6 }, (_, life) => {
  const days = 60 + 8 * life;
  const left = Array.from({ length: days }, (_, row) => days - 1 - row);
  return {
    unit: `life-${life}`,
    lines: left.map((_, row) => row + 2),
    cycles: left.map((_, row) => row),
    values: [pressureOf, slowOf].map((of) => left.map((days) => of(days, life * 100))),
    failed: undefined,
  };
});
const lifeModel = trainLifeModel(lifeHistories(lives, "day"), { seed: 1 });

const setting = { horizonDays: 20, fromHour: Number.NEGATIVE_INFINITY, lastDay: 1e6, peers: [] };

/** A machine whose part fails on day 90 of its work. */
const wearing = (days: number, failsOn = 90): MachineHours =>
  hoursOf(days, {
    pressure: (day) => pressureOf(failsOn - day, 5_000),
    slow: (day) => slowOf(failsOn - day, 5_000),
    speed: () => 1500,
  });

function judged(hours: MachineHours, of: Partial<HistorySetting> = {}): readonly DayVerdict[] {
  const prepared = remainingLife.prepare(rule, testPlan());
  const work = remainingLife.judge(prepared, hours, {
    ...{ ...setting, lifeModel, ...of },
    ...{ most: 1_000, fromDay: 0 },
  });
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
const ofWorn = judged(wearing(90));
const dayOf = (verdicts: readonly DayVerdict[], day: number) =>
  verdicts.find((one) => one.day === firstDay + day);

describe("remainingLife", () => {
  test("tells how long a part will last from how others ended, as soon as wear shows", () => {
    expect(dayOf(ofWorn, 20)).toEqual({ day: firstDay + 20, speaks: false });
    for (const day of [72, 78, 84]) {
      const { p10Days = 0, p50Days = 0, p90Days = 0 } = dayOf(ofWorn, day)?.forecast ?? {};
      expect(Math.abs(p50Days - (90 - day))).toBeLessThan(6);
      expect(p10Days).toBeLessThanOrEqual(90 - day);
      expect(p90Days).toBeGreaterThanOrEqual(90 - day);
    }
  });

  test("speaks when the median lies within the horizon and that is believed", () => {
    const spoke = ofWorn.filter(({ speaks }) => speaks);
    expect(spoke.length).toBeGreaterThan(5);
    for (const { forecast } of spoke) {
      expect(forecast?.p50Days).toBeLessThanOrEqual(20);
      expect(forecast?.confidence).toBeGreaterThanOrEqual(0.7);
    }
    expect(ofWorn.at(-1)?.speaks).toBe(true);
  });

  test("says nothing of a sound part for as long as it is sound", () => {
    const verdicts = judged(wearing(150, 1_000));
    expect(verdicts.length).toBeGreaterThan(140);
    expect(verdicts.filter(({ speaks }) => speaks)).toEqual([]);
  });

  test("days without work are no days: the forecast is in days of the calendar all the same", () => {
    const every = (of: (left: number, seed: number) => number) => (day: number) =>
      day % 2 === 1 ? undefined : of(90 - day / 2, 5_000);
    const spread = hoursOf(160, {
      ...{ pressure: every(pressureOf), slow: every(slowOf), speed: () => 1500 },
    });
    const own = dayOf(ofWorn, 79)?.forecast?.p50Days ?? 0;
    const other = dayOf(judged(spread), 158)?.forecast?.p50Days ?? 0;
    expect(other / own).toBeGreaterThan(1.8);
    expect(other / own).toBeLessThan(2.2);
  });

  test("knows nothing without a model, before a day of hours, and of another part", () => {
    expect(judged(wearing(90), { lifeModel: undefined })).toEqual([]);
    expect(judged(wearing(3))).toEqual([]);
    expect(judged(wearing(4))).toHaveLength(1);
    expect(judged(wearing(90), { fromHour: (firstDay + 87) * 24 })).toEqual([]);
  });

  test("a day is judged the same however many come after it", () => {
    const all = ofWorn.slice(0, 70);
    expect(judged(wearing(90), { lastDay: all.at(-1)?.day ?? 0 })).toEqual(all);
  });

  test("its evidence says how much is left, and by which signals", () => {
    const newest = ofWorn.at(-1);
    if (!newest) throw new RangeError("judged nothing");
    const about = { ...setting, lifeModel, since: newest, newest };
    const { evidence } = remainingLife.describe(
      remainingLife.prepare(rule, testPlan()),
      wearing(90),
      about,
    );
    expect(evidence).toMatchObject([
      {
        ...{ signal: "pressure", others: ["slow"], confidence: newest.forecast?.confidence },
        says: { word: "remaining-life", facts: { p50: { is: "duration" } } },
      },
    ]);
  });
});

describe("lifeHistories", () => {
  test("hours of a day are one row, their median; a day of one hour is none", () => {
    const life = {
      ...{ unit: "a", lines: [], failed: undefined },
      cycles: [1, 2, 3, 30, 31, 50],
      values: [[5, 7, 60, 1, 3, 9]],
    };
    expect(lifeHistories([life], "hour")).toEqual([
      { unit: "a", cycles: Float64Array.of(1, 2), signals: [Float64Array.of(7, 2)] },
    ]);
  });
});
