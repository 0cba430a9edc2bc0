import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadPlan, openPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import { afterAll, describe, expect, test } from "vitest";
import { modelNotices } from "./model-notices.ts";
import { readHours } from "./read-hours.ts";
import { runTestCases } from "./test.ts";

const parent = mkdtempSync(join(tmpdir(), "firebreak-hours-"));
const folder = join(parent, "concrete-pump-truck");
afterAll(() => rmSync(parent, { recursive: true }));
cpSync(dirname(planFileOf("concrete-pump-truck")), folder, {
  recursive: true,
  filter: (path) => !path.includes("testcases"),
});

/** The return filter fills by a twelfth a day; 3.5 bar is passed on day 82. */
const fills = (day: number) => 1.2 + 2.3 * Math.exp((day - 82) / 12) + 0.02 * Math.sin(day * 7);
const hoursText = [
  "hour,returnPressure.max,returnPressure.min,hydraulicOilTemperature,strokesPerMinute,caseDrainFlow",
  ...Array.from({ length: 78 * 3 }, (_, at) => {
    const day = Math.floor(at / 3);
    const hour = new Date(Date.UTC(2026, 2, 1 + day, 8 + (at % 3))).toISOString();
    return `${hour},${fills(day)},0.5,55,18,`;
  }),
].join("\n");
const expectCase = (name: string, findings: readonly object[]) => {
  mkdirSync(join(folder, "testcases", name), { recursive: true });
  writeFileSync(join(folder, "testcases", name, "hours.csv"), hoursText);
  writeFileSync(join(folder, "testcases", name, "expected.json"), JSON.stringify({ findings }));
};

describe("plan test over hours", () => {
  test("judges day by day, and tells what differs", async () => {
    const raised = { phase: "raised", ruleId: "return-filter-fills", isOnset: true };
    expectCase("filter-fills", [raised]);
    expectCase("nothing-expected", []);
    const [asExpected, other] = await runTestCases(folder);
    expect(asExpected).toEqual({
      ...{ name: "concrete-pump-truck/filter-fills", differences: [], notices: [] },
    });
    expect(other?.differences).toMatchObject([
      expect.stringMatching(/^unexpected: raised hydraulic-filter-clogged by return-filter-fills/),
    ]);
  });

  test("tells mistakes of the file by line and column", () => {
    const plan = loadPlan("concrete-pump-truck");
    const text = "hour,returnPresure,caseDrainFlow\n2026-03-01T08:30:00Z,1,2\n";
    expect(readHours(text, plan)).toEqual({
      problems: [
        '1:6: "returnPresure" is no signal of the plan',
        '2:1: "2026-03-01T08:30:00Z" is no full hour',
      ],
    });
    const odd = "hour,caseDrainFlow\n2026-03-01T08:00:00Z,NaN\n2026-03-01T09:00:00Z,1O.5\n";
    expect(readHours(odd, plan)).toEqual({ problems: ['3:22: "1O.5" is no number'] });
    expect(readHours("day,caseDrainFlow\n", plan)).toEqual({
      problems: ['1:1: the first column is "hour", not "day"'],
    });
  });
});

describe("modelNotices", () => {
  test("a plan with a model says what to install where nothing runs it, and no mistake", () => {
    const file = join(folder, "plan.yaml");
    const model = `    - id: pump-model
      kind: model-file
      about: { en: The pump ends, zh-CN: 主泵寿命将尽 }
      severity: warning
      model: pump.onnx
      every: day
      rows: 3
      inputs:
        - { signal: caseDrainFlow, of: max }
      gives: remaining-days
      part: main-pump
      failureMode: main-pump-wear
`;
    const text = readFileSync(file, "utf8");
    const at = text.indexOf("    - id: return-filter-fills\n");
    writeFileSync(file, text.slice(0, at) + model + text.slice(at));
    const opened = openPlan(file);
    const line = text.slice(0, at).split("\n").length + 4;
    expect(modelNotices(opened, false)).toEqual([
      expect.stringMatching(new RegExp(`^${line}:14: notice: .*npm install onnxruntime-web@`)),
    ]);
    expect(modelNotices(opened, true)).toEqual([]);
  });
});
