import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type Edit, edited, good, said } from "./broken-plans.fixture.ts";
import { checkPlan } from "./load-plans.ts";

const anchor = "  verification:\n    context: running\n";
const wear = `    - id: pressure-falls
      kind: trend-to-threshold
      about: { en: Oil pressure falls, zh-CN: 机油压力逐渐下降 }
      severity: warning
      signal: oilPressure
      of: mean
      hours:
        - { signal: hours, of: max, above: 1 }
      below: 80
      part: oil-filter
      failureMode: oil-pressure-low
`;
const plan = edited(good, [anchor, wear + anchor]);

describe("a rule over completed hours", () => {
  test("is good as it is", () => {
    expect(said(plan)).toEqual([]);
  });

  test.each<{ name: string; edit: Edit; says: string[] }>([
    {
      name: "of a signal that is not there",
      edit: ["signal: oilPressure\n      of", "signal: oilPresure\n      of"],
      says: ['93:15 there is no signal "oilPresure"; did you mean "oilPressure"?'],
    },
    {
      name: "that waits for a person",
      edit: ["of: mean", "of: mean\n      latched: false"],
      says: [
        '95:7 unknown key "latched"; allowed are id, about, severity, mode, kind, signal, of, hours, above, below, part, failureMode',
      ],
    },
    {
      name: "by a figure that an hour does not have",
      edit: ["of: mean", "of: median"],
      says: ['94:11 must be one of min, mean, max, not "median"; did you mean "mean"?'],
    },
    {
      name: "in hours of a signal that is not there",
      edit: ["signal: hours, of", "signal: hour, of"],
      says: ['96:21 there is no signal "hour"; did you mean "hours"?'],
    },
    {
      name: "in hours that nothing is asked of",
      edit: ["of: max, above: 1 }", "of: max }"],
      says: ['96:11 give "above", "below" or both; without one every hour counts'],
    },
    {
      name: "without a limit",
      edit: ["      below: 80\n      part", "      part"],
      says: ['89:7 give exactly one of "above" and "below"'],
    },
    {
      name: "with a limit where no value counts",
      edit: ["below: 80\n      part", "below: 2000\n      part"],
      says: ['97:14 2000 is outside the range of "oilPressure" (0 to 1000), where no value counts'],
    },
    {
      name: "of a part that is not there",
      edit: ["part: oil-filter\n", "part: oilfilter\n"],
      says: ['98:13 there is no position "oilfilter"; did you mean "oil-filter"?'],
    },
    {
      name: "that leads to a fault code that is not there",
      edit: [
        "part: oil-filter\n      failureMode: oil-pressure-low",
        "part: oil-filter\n      failureMode: oil-pressure-lov",
      ],
      says: ['99:20 there is no failure mode "oil-pressure-lov"; did you mean "oil-pressure-low"?'],
    },
    {
      name: "that compares machines on a side that there is not",
      edit: [
        "kind: trend-to-threshold\n      about: { en: Oil pressure falls, zh-CN: 机油压力逐渐下降 }\n      severity: warning\n      signal: oilPressure\n      of: mean\n      hours:\n        - { signal: hours, of: max, above: 1 }\n      below: 80\n      part: oil-filter",
        "kind: cohort\n      about: { en: Unlike others, zh-CN: 与同类不同 }\n      severity: warning\n      signal: oilPresure\n      of: mean\n      side: both",
      ],
      says: [
        '93:15 there is no signal "oilPresure"; did you mean "oilPressure"?',
        '95:13 must be one of above, below, either, not "both"',
      ],
    },
  ])("$name", ({ edit, says }) => {
    expect(said(edited(plan, edit))).toEqual(says);
  });
});

describe("a rule that learned", () => {
  const parent = mkdtempSync(join(tmpdir(), "firebreak-learned-"));
  const folder = join(parent, "test-pump");
  mkdirSync(join(folder, "histories"), { recursive: true });
  afterAll(() => rmSync(parent, { recursive: true }));

  const rows = (lives: number) =>
    Array.from({ length: lives * 12 }, (_, at) => `L${Math.floor(at / 12)},${at % 12},${400 - at}`);
  const write = (lives: number) =>
    writeFileSync(
      join(folder, "histories", "filter.csv"),
      ["life,day,oilPressure [kPa]", ...rows(lives)].join("\n"),
    );
  const learned = `    - id: filter-life
      kind: remaining-life
      about: { en: The filter comes to its end, zh-CN: 滤清器寿命将尽 }
      severity: warning
      histories: histories/filter.csv
      unit: life
      cycle: day
      every: day
      inputs:
        - { signal: oilPressure, of: mean }
      part: oil-filter
      failureMode: oil-pressure-low
`;
  const model = `    - id: filter-model
      kind: model-file
      about: { en: The filter comes to its end, zh-CN: 滤清器寿命将尽 }
      severity: warning
      model: models/filter.onnx
      every: day
      rows: 3
      inputs:
        - { signal: oilPressure, of: mean }
      gives: score
      above: 0.8
      part: oil-filter
      failureMode: oil-pressure-low
`;
  const checked = (rules: string, ...edits: readonly Edit[]) =>
    checkPlan(
      edited(edited(good, [anchor, rules + anchor]), ...edits),
      join(folder, "plan.yaml"),
    ).map(({ line, column, message }) => `${line}:${column} ${message}`);

  test("is good with its lives beside the plan", () => {
    write(5);
    expect(checked(learned)).toEqual([]);
  });

  test("is refused without them, with too few, and with a file that lies elsewhere", () => {
    write(4);
    expect(checked(learned)).toEqual([
      "93:18 histories/filter.csv: 4 lives are too few; it takes 5 that ended in failure",
    ]);
    expect(checked(learned, ["histories/filter", "histories/fitler"])).toEqual([
      "93:18 there is no histories/fitler.csv beside the plan",
    ]);
    expect(checked(learned, ["histories/filter", "../filter"])).toEqual([
      "93:18 ../filter.csv must lie beside the plan or in a folder below it",
    ]);
  });

  test("has each signal once, of measured ones, and a part that is there", () => {
    write(5);
    const line = "        - { signal: oilPressure, of: mean }\n";
    expect(checked(learned, [line, line + line.replace("mean", "max")])).toEqual([
      '99:21 "oilPressure" is there already; a signal is one column of the histories',
    ]);
    expect(checked(learned, ["part: oil-filter\n", "part: oilfilter\n"])).toEqual([
      '99:13 there is no position "oilfilter"; did you mean "oil-filter"?',
    ]);
  });

  test.each<{ name: string; edit: Edit; says: string[] }>([
    {
      name: "a score without a limit",
      edit: ["      above: 0.8\n", ""],
      says: ['89:7 a score is held to exactly one of "above" and "below"'],
    },
    {
      name: "days that are held to a limit",
      edit: ["gives: score", "gives: remaining-days"],
      says: ["99:7 days that are left have no limit: they are held to the horizon of the part"],
    },
    {
      name: "an input that is not there",
      edit: ["- { signal: oilPressure, of: mean }", "- { signal: oilPresure, of: mean }"],
      says: ['97:21 there is no signal "oilPresure"; did you mean "oilPressure"?'],
    },
  ])("a model: $name", ({ edit, says }) => {
    const told = checked(model, edit).filter((one) => !one.includes("filter.onnx"));
    expect(told).toEqual(says);
  });
});
