import { describe, expect, test } from "vitest";
import { barePlan, machine, noon, part, runDays } from "./planner.fixture.ts";
import {
  horizonDays,
  type LifeEvaluation,
  type PartOutlook,
  predictedSource,
  type Supply,
} from "./predicted-source.ts";
import { evaluateWear } from "./wear-evaluation.ts";

const nowMs = noon("2026-06-01");
const near: Supply = { leadTimeDays: 7, transferDays: 1 };

const planPart = (months: number): PartOutlook["part"] => ({
  partNo: "KP-A",
  position: "a",
  title: { en: "Key part A", "zh-CN": "关键件 A" },
  quantity: 1,
  isKeyPart: true,
  isWearPart: false,
  wearLife: { basis: "months", value: months },
  source: "engineering default",
});

const evaluation = (changes: Partial<LifeEvaluation> = {}): LifeEvaluation => ({
  evaluatedAt: new Date(nowMs).toISOString(),
  method: "trend",
  p10Days: 20,
  p50Days: 28,
  p90Days: 40,
  confidence: 0.8,
  ...changes,
});

const outlook = (evaluations: readonly LifeEvaluation[], supply: Supply = near): PartOutlook => ({
  part: planPart(12),
  installed: { position: "a", installedAt: "2026-01-01T00:00:00.000Z" },
  evaluations,
  supply,
});

const predict = (evaluations: readonly LifeEvaluation[], supply?: Supply) =>
  predictedSource(machine({ plan: barePlan }), [outlook(evaluations, supply)], nowMs);

describe("predictedSource", () => {
  const three = (changes: Partial<LifeEvaluation> = {}) => [
    evaluation(),
    evaluation(),
    evaluation(changes),
  ];

  test("three believed evaluations in a row and a median within the horizon open a ticket with its part", () => {
    expect(predict(three())).toMatchObject([
      {
        dedupeKey: "m-1:life:a:2026-01-01T00:00:00.000Z",
        trigger: "predicted_failure",
        priority: "general",
        component: "a",
        parts: [
          {
            partNo: "KP-A",
            quantity: 1,
            neededBy: new Date(nowMs + 20 * 86_400_000).toISOString(),
          },
        ],
        dueWindow: { to: new Date(nowMs + 20 * 86_400_000).toISOString() },
      },
    ]);
  });

  test.each([
    { name: "only two evaluations", evaluations: [evaluation(), evaluation()] },
    {
      name: "one of the last three not believed",
      evaluations: [evaluation({ confidence: 0.69 }), evaluation(), evaluation()],
    },
    { name: "a median beyond the horizon", evaluations: three({ p50Days: 30.01 }) },
    { name: "nothing known", evaluations: [] },
  ])("$name opens nothing", ({ evaluations }) => {
    expect(predict(evaluations)).toEqual([]);
  });

  test("doubts of long ago do not count, and the horizon itself is within", () => {
    expect(predict([evaluation({ confidence: 0.1 }), ...three({ p50Days: 30 })])).toHaveLength(1);
  });

  test("a tenth percentile within 7 days is major, and a date that has passed means now", () => {
    expect(predict(three({ p10Days: 7 }))).toMatchObject([{ priority: "major" }]);
    expect(predict(three({ p10Days: 7.1 }))).toMatchObject([{ priority: "general" }]);
    const [late] = predict(three({ p10Days: 0, evaluatedAt: "2026-05-01T00:00:00.000Z" }));
    expect(late?.dueWindow.to).toBe(new Date(nowMs).toISOString());
  });

  test("O-09: the horizon is 30 days, or as long as the part needs and 3 days more", () => {
    expect(horizonDays(near)).toBe(30);
    expect(horizonDays({ leadTimeDays: 45, transferDays: 0 })).toBe(48);
    const evaluations = three({ p50Days: 48 });
    expect(predict(evaluations, { leadTimeDays: 45, transferDays: 0 })).toHaveLength(1);
    expect(predict(evaluations)).toHaveLength(0);
  });

  test("one ticket for a life: the new part in its place is another", () => {
    const handled = [
      {
        dedupeKey: "m-1:life:a:2026-01-01T00:00:00.000Z",
        ticketId: "T-1",
        trigger: "predicted_failure" as const,
        dueTo: "2026-02-01T00:00:00.000Z",
        isOpen: false,
      },
    ];
    const of = (installedAt: string) =>
      predictedSource(
        machine({ handled }),
        [{ ...outlook(three()), installed: { position: "a", installedAt } }],
        nowMs,
      );
    expect(of("2026-01-01T00:00:00.000Z")).toEqual([]);
    expect(of("2026-05-01T00:00:00.000Z")).toHaveLength(1);
  });
});

describe("parts used exactly as planned", () => {
  const firstTicket = (months: number, supply: Supply) => {
    const installed = part({ position: "a" });
    const { opened } = runDays({
      from: "2026-01-01",
      to: "2027-08-01",
      machineOn: () => machine({ plan: barePlan, handoverAt: undefined }),
      outlooks: (date) => {
        // The driver keeps the last three; days before the first give the same belief.
        const evaluations = [2, 1, 0].flatMap((ago) => {
          const ms = Date.parse(`${date}T00:00:00Z`) - ago * 86_400_000;
          return evaluateWear(planPart(months), installed, { nowMs: ms }) ?? [];
        });
        return [{ part: planPart(months), installed, evaluations, supply }];
      },
    });
    expect(opened).toHaveLength(1);
    return opened[0]?.date ?? "";
  };

  test.each([
    { part: "A", months: 12, endOfLife: "2027-01-01", latest: "2026-12-02" },
    { part: "B", months: 18, endOfLife: "2027-07-01", latest: "2027-06-01" },
    { part: "C", months: 10, endOfLife: "2026-11-01", latest: "2026-10-02" },
  ])("O-09: the ticket for $part, which ends on $endOfLife, comes by $latest", (row) => {
    const date = firstTicket(row.months, near);
    expect(date <= row.latest).toBe(true);
    expect(
      date >= new Date(Date.parse(row.latest) - 2 * 86_400_000).toISOString().slice(0, 10),
    ).toBe(true);
    const slow = firstTicket(row.months, { leadTimeDays: 45, transferDays: 0 });
    const ahead = (Date.parse(row.endOfLife) - Date.parse(slow)) / 86_400_000;
    expect(ahead).toBeGreaterThanOrEqual(48);
  });
});

describe("evaluateWear", () => {
  const counted = (basis: "hours" | "strokes", value: number): PartOutlook["part"] => ({
    ...planPart(1),
    wearLife: { basis, value },
  });
  const days = (count: number) => Date.parse("2026-01-01T00:00:00Z") + count * 86_400_000;

  test("hours by the machine's meter, at its present use", () => {
    const evaluated = evaluateWear(
      counted("hours", 600),
      part({ position: "a", installedAtHours: 100 }),
      { usage: { operatingHours: 500, hoursPerDay: 10 }, nowMs: days(50) },
    );
    expect(evaluated).toMatchObject({ p50Days: 20, p10Days: 16, p90Days: 24, confidence: 0.8 });
  });

  test("strokes by what was counted, at the use since the part was put in", () => {
    const installed = part({ position: "a", usedLife: 90_000 });
    expect(evaluateWear(counted("strokes", 150_000), installed, { nowMs: days(90) })?.p50Days).toBe(
      60,
    );
  });

  test("a measured rest that is shorter counts; a life that is over is over now", () => {
    const measured = part({
      position: "a",
      usedLife: 30_000,
      remainingLifePct: 20,
      source: "measured",
    });
    expect(evaluateWear(counted("strokes", 150_000), measured, { nowMs: days(30) })).toMatchObject({
      p50Days: 30,
      confidence: 0.9,
    });
    const over = part({ position: "a", usedLife: 200_000 });
    expect(evaluateWear(counted("strokes", 150_000), over, { nowMs: days(30) })?.p50Days).toBe(0);
  });

  test("nothing is predicted from nothing", () => {
    const unknown = part({ position: "a" });
    expect(evaluateWear(counted("strokes", 150_000), unknown, { nowMs })).toBeUndefined();
    expect(evaluateWear(counted("hours", 600), unknown, { nowMs })).toBeUndefined();
    const idle = { usage: { operatingHours: 0, hoursPerDay: 0 }, nowMs };
    expect(evaluateWear(counted("hours", 600), unknown, idle)).toBeUndefined();
  });
});
