import type { ModelFileRule } from "@firebreak/plans/learned-rule-schema.ts";
import { describe, expect, test } from "vitest";
import { testPlan } from "../../engine/rule-engine.fixture.ts";
import type { DayVerdict, HistorySetting } from "../../history/history-kind.ts";
import { firstDay, hoursOf } from "../../history/hours.fixture.ts";
import type { MachineHours } from "../../history/hours.ts";
import { judgeHistory, type MachineHistory } from "../../history/judge-history.ts";
import { faultOfAnswer, modelFile } from "./model-file.ts";

const days: ModelFileRule = {
  id: "model",
  kind: "model-file",
  about: { en: "It wears", "zh-CN": "磨损" },
  severity: "warning",
  model: "wear.onnx",
  ...{ every: "day", rows: 3, gives: "remaining-days" },
  inputs: [
    { signal: "pressure", of: "max" },
    { signal: "pressure", of: "min" },
    { signal: "speed", of: "mean" },
  ],
  hours: [{ signal: "speed", of: "min", above: 500 }],
  part: "filter",
  failureMode: "too-high",
};
const score: ModelFileRule = { ...days, gives: "score", above: 0.8 };

const hours = hoursOf(6, {
  pressure: (day, hour) => ({ min: day, mean: day, max: day * 10 + hour }),
  speed: (day) => (day === 2 ? 0 : 1500),
});
const setting = {
  ...{ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY, lastDay: 1e6, peers: [] },
  ...{ most: 14, fromDay: 0 },
};
const prepared = (rule: ModelFileRule) => modelFile.prepare(rule, testPlan());
const asked = (rule: ModelFileRule, of: MachineHours = hours, changes: object = {}) =>
  modelFile.ask?.(prepared(rule), of, { ...setting, ...changes }) ?? [];

function judged(rule: ModelFileRule, answers: HistorySetting["answers"]): readonly DayVerdict[] {
  const work = modelFile.judge(prepared(rule), hours, { ...setting, answers });
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
const answered = (...answers: (readonly number[])[]) =>
  new Map(answers.map((answer, at) => [firstDay + 3 + at, answer]));

describe("modelFile", () => {
  test("asks of each day the rows before its end, values in the order of the plan", () => {
    expect(asked(days)).toEqual([
      { day: firstDay + 3, values: [2.5, 0, 1500, 12.5, 1, 1500, 32.5, 3, 1500] },
      { day: firstDay + 4, values: [12.5, 1, 1500, 32.5, 3, 1500, 42.5, 4, 1500] },
      { day: firstDay + 5, values: [32.5, 3, 1500, 42.5, 4, 1500, 52.5, 5, 1500] },
    ]);
  });

  test("asks by the hour as well, and only when there are hours enough of the part", () => {
    const hourly = { ...days, every: "hour", rows: 7 } as const;
    const [first, ...others] = asked(hourly);
    expect(first?.day).toBe(firstDay + 1);
    expect(first?.values.slice(0, 6)).toEqual([5, 0, 1500, 10, 1, 1500]);
    expect(others.map(({ day }) => day - firstDay)).toEqual([3, 4, 5]);
    expect(asked({ ...hourly, rows: 31 })).toEqual([]);
    expect(asked(hourly, hours, { fromHour: (firstDay + 5) * 24 })).toEqual([]);
  });

  test("weighs days that are left like any forecast of a life", () => {
    const verdicts = judged(days, answered([60, 80, 99], [10, 20, 25], [5, 29, 200]));
    expect(verdicts.map(({ speaks }) => speaks)).toEqual([false, true, false]);
    expect(verdicts[1]?.forecast).toMatchObject({ p10Days: 10, p50Days: 20, p90Days: 25 });
    expect(verdicts[1]?.forecast?.confidence).toBeGreaterThan(0.95);
  });

  test("holds a score to its limit, and forecasts nothing by it", () => {
    const answers = answered([0.79], [0.8], [0.81]);
    expect(judged(score, answers)).toEqual([
      { day: firstDay + 3, speaks: false },
      { day: firstDay + 4, speaks: false },
      { day: firstDay + 5, speaks: true },
    ]);
    const { above: _, ...below } = score;
    expect(judged({ ...below, below: 0.8 }, answers)[0]?.speaks).toBe(true);
  });

  test("days that are left are the planner's, a score's ticket comes from its finding", () => {
    const judgedBy = (rule: ModelFileRule, answers: ReadonlyMap<number, readonly number[]>) => {
      const machine: MachineHistory = {
        ...{ machineId: "M-1", plan: testPlan([rule]), hours, lastDay: firstDay + 5, told: [] },
        settingOf: () => ({ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY }),
        learnedOf: (ruleId) => (ruleId === rule.id ? { answers } : {}),
      };
      const work = judgeHistory(machine);
      for (;;) {
        const { done, value } = work.next();
        if (done) return value;
      }
    };
    const soon = [5, 9, 12];
    const foretold = judgedBy(days, answered(soon, soon, soon));
    expect(foretold.findings).toMatchObject([{ phase: "raised", ruleId: "model" }]);
    expect(foretold.forecasts).toMatchObject([
      { ruleId: "model", part: "filter", method: "model", days: [{}, {}, {}] },
    ]);
    const scored = judgedBy(score, answered([0.9], [0.9], [0.9]));
    expect(scored.findings).toMatchObject([{ phase: "raised", ruleId: "model" }]);
    expect(scored.forecasts).toEqual([]);
  });

  test("says nothing where nobody could be asked, or of an answer that is none", () => {
    expect(judged(days, undefined)).toEqual([]);
    expect(judged(days, answered([], [Number.NaN, 1, 2], [3, 2, 1]))).toEqual([]);
  });

  test.each([
    { name: "as many values as it takes", gives: score, answer: [0.5], fault: undefined },
    { name: "days that rise", gives: days, answer: [0, 5, 5], fault: undefined },
    { name: "too many", gives: score, answer: [1, 2], fault: "gave 2 values instead of 1" },
    {
      name: "no number",
      gives: score,
      answer: [Number.NaN],
      fault: "gave NaN, which are no numbers",
    },
    {
      name: "days before now",
      gives: days,
      answer: [-1, 2, 3],
      fault: "gave -1, 2, 3 days, which must not be negative nor fall from 10 to 90 %",
    },
  ])("believes an answer of $name: $fault", ({ gives, answer, fault }) => {
    expect(faultOfAnswer(gives, answer)).toBe(fault);
  });

  test("its evidence tells the score and its limit, or what is left", () => {
    const told = (rule: ModelFileRule, answers: ReadonlyMap<number, readonly number[]>) => {
      const newest = judged(rule, answers).at(-1);
      if (!newest) throw new RangeError("judged nothing");
      const about = { ...setting, answers, since: newest, newest };
      return modelFile.describe(prepared(rule), hours, about).evidence;
    };
    expect(told(score, answered([0], [0], [0.9]))).toMatchObject([
      {
        ...{ signal: "pressure", observed: 52.5, others: ["speed"] },
        says: { word: "model-score", facts: { score: { value: 0.9 }, bound: { value: 0.8 } } },
      },
    ]);
    expect(told(days, answered([1, 2, 3], [1, 2, 3], [1, 2, 3]))).toMatchObject([
      { says: { word: "remaining-life", facts: { p50: { seconds: 2 * 86_400 } } } },
    ]);
  });
});
