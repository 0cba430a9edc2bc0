import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hugeOnnx, madeOnnx } from "@firebreak/plans/learned/onnx.fixture.ts";
import type { ModelFileRule } from "@firebreak/plans/learned-rule-schema.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { MachineHistory } from "@firebreak/rules/history/judge-history.ts";
import { afterAll, describe, expect, test } from "vitest";
import { createLearnedModels, type LearnedNews } from "./learned-models.ts";
import { createModelRunner } from "./model-runner.ts";
import { runtimePackage, triedVersion, urlOfRuntime } from "./onnx-runtime.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-onnx-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** 148 MB are no dependency of a test: who has it, or runs the long rounds with a registry at hand, runs the real one. */
function installRuntime(): boolean {
  if (process.env.FIREBREAK_SOAK && urlOfRuntime() === undefined) {
    const asked = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", folder];
    try {
      execFileSync("npm", [...asked, `${runtimePackage}@${triedVersion}`], { stdio: "ignore" });
      process.env.FIREBREAK_ONNX_FOLDER = folder;
    } catch {
      process.stderr.write("no registry could be reached\n");
    }
  }
  if (urlOfRuntime() !== undefined) return true;
  process.stderr.write(
    `skipped, ${runtimePackage} is not installed (FIREBREAK_SOAK installs it)\n`,
  );
  return false;
}
const hasRuntime = installRuntime();

const rule: ModelFileRule = {
  id: "pump-model",
  kind: "model-file",
  about: { en: "The main pump comes to its end", "zh-CN": "主泵寿命将尽" },
  severity: "warning",
  model: "pump.onnx",
  ...{ every: "day", rows: 1, gives: "score", above: 0.5 },
  inputs: [{ signal: "caseDrainFlow", of: "max" }],
  part: "main-pump",
  failureMode: "main-pump-wear",
};
const write = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(folder, name), bytes);
  return { ...rule, model: name };
};
/** y = x · W + b */
const linear = (weights: readonly number[], bias: readonly number[]) =>
  madeOnnx({
    input: ["batch", weights.length / bias.length],
    output: ["batch", bias.length],
    weights,
    bias,
  });
const questions = [
  { day: 7, values: [2] },
  { day: 8, values: [3] },
];

describe.skipIf(!hasRuntime)("a model that is run", () => {
  test("answers each question as its numbers say, whatever else is asked between", async () => {
    const runner = createModelRunner();
    const score = write("score.onnx", linear([0.5], [0.25]));
    const days = {
      ...write("days.onnx", linear([1, 2, 3], [10, 20, 30])),
      gives: "remaining-days",
    } as const;
    const [one, other] = await Promise.all([
      runner.ask({ rule: score, folder, questions }),
      runner.ask({ rule: days, folder, questions }),
    ]);
    await runner.stop();
    expect([...one]).toEqual([
      [7, [1.25]],
      [8, [1.75]],
    ]);
    expect([...other]).toEqual([
      [7, [12, 24, 36]],
      [8, [13, 26, 39]],
    ]);
  });

  test.each([
    {
      name: "gives what is no number",
      made: linear([Number.NaN], [0]),
      message: "bad.onnx: it gave NaN, which are no numbers",
    },
    { name: "gives what is not to be had", made: linear([1e38], [3e38]), message: /Infinity/ },
    { name: "wants more memory than it gets", made: hugeOnnx(3e8), message: /bad_alloc/ },
    { name: "is of no sizes at all", made: hugeOnnx(2e18), message: /^bad\.onnx: / },
    {
      name: "has weights that do not fit",
      made: madeOnnx({ input: [1, 1], output: [1, 1], weights: [1, 2], bias: [0] }),
      message: /^bad\.onnx: /,
    },
  ])("that $name is refused, and the next one is asked", async ({ made, message }) => {
    const runner = createModelRunner();
    const bad = write("bad.onnx", made);
    const values = questions.map(({ day }) => ({ day, values: [10] }));
    await expect(runner.ask({ rule: bad, folder, questions: values })).rejects.toMatchObject({
      ...{ code: "MODEL_FAILED", retryable: false },
      message: expect.stringMatching(message),
    });
    const good = write("good.onnx", linear([1], [0]));
    expect((await runner.ask({ rule: good, folder, questions })).get(7)).toEqual([2]);
    await runner.stop();
  });
});

describe("a model that cannot be run", () => {
  const hours = { hour: [480_008, 480_009], min: [9, 9], mean: [9, 9], max: [9, 9], count: [1, 1] };
  const base = loadPlan("concrete-pump-truck");
  const machineOf = (rules: readonly ModelFileRule[]): MachineHistory => ({
    ...{ machineId: "M-1", lastDay: 20_000, told: [] },
    plan: { ...base, rules: { ...base.rules, rules: [...rules] } },
    hours: new Map([["caseDrainFlow", hours]]),
    settingOf: () => ({ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY }),
  });

  test("switches its rule off, is told of once and asked no more", async () => {
    const news: LearnedNews[] = [];
    const models = createLearnedModels({
      ...{ folderOf: () => folder, keepIn: undefined },
      tell: (one) => news.push(one),
    });
    writeFileSync(join(folder, "text.onnx"), "no model");
    const machine = machineOf([{ ...rule, model: "text.onnx" }]);
    for (const _ of [1, 2])
      expect((await models.forMachine(machine))("pump-model")).toEqual({ answers: undefined });
    await models.stop();
    expect(news).toMatchObject([{ rule: "pump-model", error: { code: "MODEL_REFUSED" } }]);
  });

  test("one that gives no answer in time is ended", async () => {
    const runner = createModelRunner({ withinMs: 1 });
    const slow = write("slow.onnx", linear([1], [0]));
    await expect(runner.ask({ rule: slow, folder, questions })).rejects.toMatchObject({
      code: "MODEL_SLOW",
    });
    await runner.stop();
  });

  test("without a runtime it is said which one to install", async () => {
    const before = process.env.FIREBREAK_ONNX_FOLDER;
    // Not below the folder that may hold it: packages are looked for upwards.
    process.env.FIREBREAK_ONNX_FOLDER = join(tmpdir(), "firebreak-nowhere");
    try {
      const runner = createModelRunner();
      const good = write("good.onnx", linear([1], [0]));
      await expect(runner.ask({ rule: good, folder, questions })).rejects.toMatchObject({
        ...{ code: "RUNTIME_ABSENT", retryable: false },
        message: expect.stringContaining(`npm install ${runtimePackage}@${triedVersion}`),
      });
      await runner.stop();
    } finally {
      if (before === undefined) delete process.env.FIREBREAK_ONNX_FOLDER;
      else process.env.FIREBREAK_ONNX_FOLDER = before;
    }
  });
});
