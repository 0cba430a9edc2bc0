import { describe, expect, test } from "vitest";
import { edited, good, said } from "./broken-plans.fixture.ts";

/** Line of the first key of the rule that is put into the good plan. */
const firstLine = 89;

/** What is said of the good plan with one more rule; lines count from the rule's own. */
const saidOf = (...lines: readonly string[]): string[] => {
  const [first = "", ...rest] = lines;
  const rule = [
    `    - ${first}`,
    ...rest.map((line) => `      ${line}`),
    "      about: { en: One, zh-CN: 一 }",
    "      severity: warning",
  ].join("\n");
  const text = edited(good, [
    "  verification:\n    context",
    `${rule}\n  verification:\n    context`,
  ]);
  return said(text).map((one) => one.replace(/^\d+/, (line) => String(Number(line) - firstLine)));
};

const rate = ["id: fast", "kind: rate-of-change", "signal: oilPressure", "per: minute"];

const often = [
  ...["id: often", "kind: window-count", "signal: oilPressure", "hysteresis: 10"],
  "failureMode: oil-pressure-low",
];

describe("a rule of a live kind", () => {
  test.each([
    {
      name: "rate-of-change: nothing wrong",
      rule: [
        ...rate,
        "fall: 60",
        "overSeconds: 30",
        "holdSeconds: 5",
        "failureMode: oil-pressure-low",
      ],
      says: [],
    },
    {
      name: "rate-of-change: no direction, and too short a time for the sampling",
      rule: [...rate, "overSeconds: 20", "holdSeconds: 5", "failureMode: oil-pressure-low"],
      says: [
        '0:7 give exactly one of "rise" and "fall"',
        '4:20 "oilPressure" may be silent for 5 s; a slope needs 5 values, so take it over 25 s or more',
      ],
    },
    {
      name: "rate-of-change: names that are not there",
      rule: [
        ...["id: fast", "kind: rate-of-change", "signal: oilPresure", "per: minute", "rise: 60"],
        ...[
          "overSeconds: 30",
          "holdSeconds: 5",
          "context: runing",
          "failureMode: oil-pressure-lov",
        ],
      ],
      says: [
        '2:15 there is no signal "oilPresure"; did you mean "oilPressure"?',
        '7:16 there is no context "runing"; did you mean "running"?',
        '8:20 there is no failure mode "oil-pressure-lov"; did you mean "oil-pressure-low"?',
      ],
    },
    {
      name: "rate-of-change: a time that is no time",
      rule: [
        ...rate,
        "rise: 60",
        "overSeconds: 100000",
        "holdSeconds: 5",
        "failureMode: oil-pressure-low",
      ],
      says: ["5:20 must be a number from 1 to 86400, not 100000"],
    },
    {
      name: "window-count: nothing wrong",
      rule: [...often, "above: 400", "count: 3", "windowSeconds: 60"],
      says: [],
    },
    {
      name: "window-count: two limits, two amounts",
      rule: [
        ...often,
        "above: 400",
        "below: 9",
        "count: 3",
        "totalSeconds: 9",
        "windowSeconds: 60",
      ],
      says: [
        '0:7 give exactly one of "above" and "below"',
        '0:7 give exactly one of "count" and "totalSeconds"',
      ],
    },
    {
      name: "window-count: a limit where no value counts, longer than the window",
      rule: [...often, "above: 4000", "totalSeconds: 90", "windowSeconds: 60"],
      says: [
        '5:14 4000 is outside the range of "oilPressure" (0 to 1000), where no value counts',
        "6:21 the window has 60 s; ask for less than that",
      ],
    },
  ])("$name", ({ rule, says }) => {
    expect(saidOf(...rule)).toEqual(says);
  });
});
