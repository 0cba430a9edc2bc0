import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { judgeHistory, type MachineHistory } from "@firebreak/rules/history/judge-history.ts";
import { workDays } from "@firebreak/rules/history/work-days.ts";
import { expect, test } from "vitest";
import { beforeHour } from "../learned/before-hour.ts";
import { createLearnedModels } from "../learned/learned-models.ts";
import { type Lived, live, msPerDay, startMs } from "./lived-machine.fixture.ts";

/** Years of machines: minutes. */
const isSoak = process.env.FIREBREAK_SOAK !== undefined;

const days = 240;
const firstDay = Math.floor(startMs / msPerDay);
const delivered = loadPlan("concrete-pump-truck");
const trend = delivered.rules.rules.find(({ id }) => id === "main-pump-wears");

const learned: RemainingLifeRule = {
  id: "main-pump-life",
  kind: "remaining-life",
  about: { en: "The main pump comes to its end", "zh-CN": "主泵寿命将尽" },
  severity: "warning",
  histories: "main-pump.csv",
  ...{ unit: "pump", cycle: "day", every: "day" },
  inputs: [{ signal: "caseDrainFlow", of: "max" }],
  hours: [
    { signal: "hydraulicOilTemperature", of: "min", above: 40 },
    { signal: "strokesPerMinute", of: "max", above: 6 },
  ],
  part: "main-pump",
  failureMode: "main-pump-wear",
};

/** A pump that is sound for a while, then wears as fast as it will: another machine and another pace each time. */
function pumpOf(seed: number): Lived {
  const fromMs = startMs + (15 + ((seed * 7) % 30)) * msPerDay;
  const lifeHours = 160 + ((seed * 83) % 280);
  return live("concrete-pump-truck", seed, days, [{ fault: "main-pump-wears", fromMs, lifeHours }]);
}

const csvOf = (pumps: readonly Lived[]): string =>
  [
    "pump,day,caseDrainFlow [L/min]",
    ...pumps.flatMap(({ hours, failedMs }, pump) =>
      workDays(
        hours,
        { inputs: learned.inputs, when: learned.hours ?? [] },
        { fromHour: 0, lastDay: Math.floor(failedMs / msPerDay) },
      ).map(({ day, values }) => `${pump},${day - firstDay},${values[0]}`),
    ),
  ].join("\n");

interface Told {
  readonly leftDays: number;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** What a rule expects day by day, and when it was believed. */
async function judged(
  plan: Plan,
  { hours, failedMs }: Lived,
  folder: string,
): Promise<{ told: Told[]; raised: number[] }> {
  const models = createLearnedModels({
    ...{ folderOf: () => folder, keepIn: folder },
    tell: ({ error }) => expect(error).toBeUndefined(),
  });
  const open = new Map<string, Finding>();
  const told: Told[] = [];
  const raised: number[] = [];
  const end = Number.isNaN(failedMs) ? startMs + days * msPerDay : failedMs;
  for (let lastDay = firstDay + 4; (lastDay + 1) * msPerDay < end; lastDay++) {
    const machine: MachineHistory = {
      ...{ machineId: "M", plan, lastDay, told: [...open.values()] },
      hours: beforeHour(hours, (lastDay + 1) * 24),
      settingOf: () => ({ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY }),
    };
    const learnedOf = await models.forMachine(machine);
    const work = judgeHistory({ ...machine, learnedOf });
    let step = work.next();
    while (!step.done) step = work.next();
    for (const finding of step.value.findings) {
      open.set(finding.findingId, finding);
      if (finding.phase === "raised") raised.push((end - Date.parse(finding.at)) / msPerDay);
    }
    const { at, forecast } = step.value.forecasts[0]?.days.at(-1) ?? {};
    if (forecast && Date.parse(at ?? "") === (lastDay + 1) * msPerDay)
      told.push({
        leftDays: (end - (lastDay + 1) * msPerDay) / msPerDay,
        ...{ p10: forecast.p10Days, p50: forecast.p50Days, p90: forecast.p90Days },
      });
  }
  await models.stop();
  return { told, raised };
}

function figuresOf(all: readonly Told[]) {
  const squares = all.reduce((sum, { p50, leftDays }) => sum + (p50 - leftDays) ** 2, 0);
  const inside = all.filter(({ p10, p90, leftDays }) => p10 <= leftDays && leftDays <= p90);
  return {
    days: all.length,
    rmse: Math.sqrt(squares / all.length),
    coverage: inside.length / all.length,
  };
}

test.runIf(isSoak)(
  "learned from eight pumps, the lives of sixteen others are told better than by their trend",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "firebreak-pumps-"));
    const seeds = Array.from({ length: 24 }, (_, at) => 101 + at);
    const pumps = seeds.map(pumpOf);
    expect(pumps.every(({ failedMs }) => failedMs > startMs)).toBe(true);
    writeFileSync(join(folder, "main-pump.csv"), csvOf(pumps.slice(0, 8)));
    const found = new Map<string, { all: Told[]; raised: (number | undefined)[] }>();
    for (const rule of [learned, trend]) {
      if (!rule) throw new RangeError("the delivered plan has no trend of its pump");
      const plan = { ...delivered, rules: { ...delivered.rules, rules: [rule] } };
      const ofRule = { all: [] as Told[], raised: [] as (number | undefined)[] };
      for (const pump of pumps.slice(8)) {
        const { told, raised } = await judged(plan, pump, folder);
        ofRule.all.push(...told);
        ofRule.raised.push(raised[0]);
      }
      found.set(rule.kind, ofRule);
      for (const upTo of [Number.POSITIVE_INFINITY, 60, 30]) {
        const near = ofRule.all.filter(({ leftDays }) => leftDays <= upTo);
        process.stderr.write(`${rule.kind} <= ${upTo} ${JSON.stringify(figuresOf(near))}\n`);
      }
      process.stderr.write(`${rule.kind} lead ${JSON.stringify(ofRule.raised)}\n`);
    }
    for (const seed of [41, 42, 43, 44]) {
      const sound = live("concrete-pump-truck", seed, days, []);
      const plan = { ...delivered, rules: { ...delivered.rules, rules: [learned] } };
      expect((await judged(plan, sound, folder)).raised).toEqual([]);
    }
    rmSync(folder, { recursive: true });
    const [own, other] = ["remaining-life", "trend-to-threshold"].map((kind) =>
      figuresOf(found.get(kind)?.all.filter(({ leftDays }) => leftDays <= 60) ?? []),
    );
    expect(own?.rmse).toBeLessThan(other?.rmse ?? 0);
    expect(own?.coverage).toBeGreaterThan(0.7);
  },
  1_800_000,
);
