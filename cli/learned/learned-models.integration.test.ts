import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RemainingLifeRule } from "@firebreak/plans/learned-rule-schema.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { MachineHistory } from "@firebreak/rules/history/judge-history.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLearnedModels, type LearnedNews } from "./learned-models.ts";

const base = loadPlan("concrete-pump-truck");
const rule: RemainingLifeRule = {
  id: "pump-life",
  kind: "remaining-life",
  about: { en: "The main pump comes to its end", "zh-CN": "主泵寿命将尽" },
  severity: "warning",
  histories: "pump.csv",
  ...{ unit: "pump", cycle: "day", every: "day" },
  inputs: [{ signal: "caseDrainFlow", of: "max" }],
  part: "main-pump",
  failureMode: "main-pump-wear",
};
const planWith = (one: RemainingLifeRule): Plan => ({
  ...base,
  rules: { ...base.rules, rules: [one] },
});
const machineOf = (plan: Plan): MachineHistory => ({
  ...{ machineId: "M-1", plan, hours: new Map(), lastDay: 20_000, told: [] },
  settingOf: () => ({ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY }),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-lives-"));
  const rows = Array.from({ length: 5 * 30 }, (_, at) => {
    const day = at % 30;
    return `${Math.floor(at / 30)},${day},${20 + (day / 10) ** 3 + (at % 7) / 10}`;
  });
  writeFileSync(join(folder, "pump.csv"), ["pump,day,caseDrainFlow", ...rows].join("\n"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function learning(keepIn?: string) {
  const news: LearnedNews[] = [];
  const models = createLearnedModels({
    ...{ folderOf: () => folder, keepIn },
    tell: (one) => news.push(one),
  });
  return { news, models };
}

describe("createLearnedModels", () => {
  test("learns once, tells how far it is, and keeps what it learned for the next start", async () => {
    const keepIn = join(folder, "kept");
    const plan = planWith(rule);
    const first = learning(keepIn);
    const [one, again] = await Promise.all(
      [1, 2].map(() => first.models.forMachine(machineOf(plan))),
    );
    await first.models.stop();
    expect(first.news.map(({ share }) => share)).toEqual([0.25, 0.5, 0.75, 1]);
    const learned = one?.("pump-life").lifeModel;
    expect(learned).toBeDefined();
    expect(again?.("pump-life").lifeModel).toBe(learned);
    const [file = ""] = readdirSync(keepIn);
    expect(statSync(join(keepIn, file)).size).toBeLessThan(4_000_000);

    const next = learning(keepIn);
    const kept = await next.models.forMachine(machineOf(plan));
    await next.models.stop();
    expect(next.news).toEqual([]);
    expect(kept("pump-life").lifeModel).toEqual(learned);

    writeFileSync(join(keepIn, file), "damaged");
    const afresh = learning(keepIn);
    const anew = await afresh.models.forMachine(machineOf(plan));
    await afresh.models.stop();
    expect(afresh.news).toHaveLength(4);
    expect(anew("pump-life").lifeModel).toEqual(learned);
  });

  test("a rule whose lives are refused is told of with every mistake, and the others go on", async () => {
    const broken = { ...rule, id: "broken", cycle: "days", unit: "life" };
    const plan = { ...base, rules: { ...base.rules, rules: [broken, rule] } };
    const { news, models } = learning();
    const of = await models.forMachine(machineOf(plan));
    await models.stop();
    expect(of("broken").lifeModel).toBeUndefined();
    expect(of("pump-life").lifeModel).toBeDefined();
    expect(news[0]).toMatchObject({
      ...{ plan: "concrete-pump-truck", rule: "broken" },
      error: {
        code: "HISTORIES_REFUSED",
        message: expect.stringMatching(/pump\.csv:1:1: there is no column "life"(.|\n)*"days"/),
      },
    });
  });

  test("an end does not wait for a training", async () => {
    const { news, models } = learning();
    const waiting = models.forMachine(machineOf(planWith(rule)));
    await models.stop();
    expect((await waiting)("pump-life").lifeModel).toBeUndefined();
    expect(news.filter(({ error }) => error)).toEqual([]);
  });
});
