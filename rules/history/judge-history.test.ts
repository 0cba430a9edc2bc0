import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import { testPlan } from "../engine/rule-engine.fixture.ts";
import { type Finding, isOfHistory } from "../finding.ts";
import { firstDay, hoursOf, noise } from "./hours.fixture.ts";
import type { MachineHours } from "./hours.ts";
import { historySignals, judgeHistory } from "./judge-history.ts";

const wear = {
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
} as const satisfies Rule;
const plan = testPlan([wear]);

const wearing = hoursOf(90, {
  pressure: (day, hour) => 40 + 60 * Math.exp((day - 82) / 12) + noise(day * 6 + hour),
  speed: () => 1500,
});

function judge(
  day: number,
  told: readonly Finding[],
  of: {
    readonly hours?: MachineHours;
    readonly fromHour?: number;
    readonly plan?: Plan;
  } = {},
) {
  const work = judgeHistory({
    machineId: "M-1",
    plan: of.plan ?? plan,
    hours: of.hours ?? wearing,
    lastDay: firstDay + day,
    settingOf: () => ({ horizonDays: 30, fromHour: of.fromHour ?? Number.NEGATIVE_INFINITY }),
    told,
  });
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

/** As a hub does it, a day after the other: what was told, and how it stands. */
function live(days: Iterable<number>, told = new Map<string, Finding>()) {
  const steps: Finding[] = [];
  for (const day of days)
    for (const finding of judge(day, [...told.values()]).findings) {
      told.set(finding.findingId, finding);
      steps.push(finding);
    }
  return { steps, told };
}
const daysTo = (last: number, first = 20) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("judgeHistory", () => {
  test("raises once, then updates day by day", () => {
    const { steps } = live(daysTo(80));
    expect(steps.filter(({ phase }) => phase === "raised")).toHaveLength(1);
    expect(steps.slice(1).every(({ phase }) => phase === "updated")).toBe(true);
    const [raised] = steps;
    expect(raised).toMatchObject({ ruleId: "wear", isOnset: true, isHistory: false });
    expect(raised && isOfHistory(raised)).toBe(true);
    const [evidence] = raised?.evidence ?? [];
    expect(evidence).toMatchObject({
      kind: "signal",
      signal: "pressure",
      limit: 100,
      says: { word: "trend", facts: { bound: { value: 100 } } },
    });
    expect(evidence?.kind === "signal" && evidence.confidence).toBeGreaterThan(0.7);
  });

  test("judged again tells nothing, and so does a machine that was killed and begins anew", () => {
    const { told } = live(daysTo(75));
    expect(judge(75, [...told.values()]).findings).toEqual([]);
    const skipping = live([75]).told;
    expect([...skipping.values()].map(({ phase }) => phase)).toEqual(["raised"]);
    expect(judge(75, [...skipping.values()]).findings).toEqual([]);
  });

  test("gives three days in a row of what it expects of the part", () => {
    const [forecast] = judge(75, []).forecasts;
    expect(forecast).toMatchObject({ ruleId: "wear", part: "filter", method: "trend" });
    expect(forecast?.days.map(({ at }) => at)).toEqual(
      [74, 75, 76].map((day) => new Date((firstDay + day) * 86_400_000).toISOString()),
    );
    expect(judge(25, []).forecasts).toMatchObject([{ ruleId: "wear", days: [] }]);
  });

  test("another part in its place ends the episode as repaired and begins with nothing", () => {
    const { told } = live(daysTo(75));
    const fromHour = (firstDay + 77) * 24;
    const after = judge(78, [...told.values()], { fromHour });
    expect(after.findings).toMatchObject([{ phase: "cleared", cause: "repaired" }]);
    expect(after.forecasts).toMatchObject([{ days: [] }]);
    const later = [...told.values(), ...after.findings].slice(-1);
    expect(judge(80, later, { fromHour }).findings).toEqual([]);
  });

  test("late hours that show it was nothing end the episode", () => {
    const { told } = live(daysTo(75));
    const amended = hoursOf(76, { pressure: (day) => 40 + noise(day), speed: () => 1500 });
    const { findings } = judge(75, [...told.values()], { hours: amended });
    expect(findings).toMatchObject([{ phase: "cleared", isOnset: false }]);
  });

  test("what ended is not told again on the days after, and comes again as another episode", () => {
    const twice = hoursOf(100, {
      pressure: (day) => ((day >= 40 && day < 60) || day >= 80 ? 120 : 40) + noise(day),
      speed: () => 1500,
    });
    const told = new Map<string, Finding>();
    const raised: string[] = [];
    for (const day of daysTo(99, 20))
      for (const finding of judge(day, [...told.values()], { hours: twice }).findings) {
        told.set(finding.findingId, finding);
        if (finding.phase === "raised") raised.push(finding.since);
      }
    expect(raised).toHaveLength(2);
    expect([...told.values()].map(({ phase, isHistory }) => [phase, isHistory])).toEqual([
      ["cleared", false],
      ["updated", false],
    ]);
  });

  test("a rule on trial is told of as such, and expects nothing of the part", () => {
    const { findings, forecasts } = judge(75, [], {
      plan: testPlan([{ ...wear, mode: "shadow" }]),
    });
    expect(findings).toMatchObject([{ phase: "raised", mode: "shadow" }]);
    expect(forecasts).toEqual([]);
  });

  test("what began and ended unseen is history, once", () => {
    const over = hoursOf(75, {
      pressure: (day) => (day >= 60 && day < 66 ? 120 : 40) + noise(day),
      speed: () => 1500,
    });
    const { findings } = judge(72, [], { hours: over });
    expect(findings.map(({ phase, isHistory, isOnset }) => [phase, isHistory, isOnset])).toEqual([
      ["raised", true, false],
      ["cleared", true, false],
    ]);
    expect(judge(72, findings.slice(-1), { hours: over }).findings).toEqual([]);
  });

  test("an episode whose rule is gone is ended", () => {
    const { told } = live(daysTo(75));
    const { findings } = judge(76, [...told.values()], { plan: testPlan([]) });
    expect(findings).toMatchObject([{ phase: "cleared", cause: "rule_changed" }]);
  });

  test("wants the hours of its signals only", () => {
    expect(historySignals(plan)).toEqual(["pressure", "speed"]);
    expect(historySignals(testPlan())).toEqual([]);
  });
});
