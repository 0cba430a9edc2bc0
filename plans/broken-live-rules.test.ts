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
  ])("$name", ({ rule, says }) => {
    expect(saidOf(...rule)).toEqual(says);
  });
});
