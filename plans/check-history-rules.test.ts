import { describe, expect, test } from "vitest";
import { type Edit, edited, good, said } from "./broken-plans.fixture.ts";

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
