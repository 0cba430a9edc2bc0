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

const inRows = ["id: odd", "failureMode: oil-pressure-low"];

const odd = ["id: odd", "kind: sensor-plausibility", "failureMode: oil-pressure-sensor"];

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
    {
      name: "change-point: a direction that there is not",
      rule: [...inRows, "kind: change-point", "signal: oilPressure", "direction: sideways"],
      says: ['4:18 must be one of both, up, down, not "sideways"'],
    },
    {
      name: "novelty: a signal that is not there",
      rule: [...inRows, "kind: novelty", "signal: oilPresure"],
      says: ['3:15 there is no signal "oilPresure"; did you mean "oilPressure"?'],
    },
    {
      name: "novelty: rows that never end",
      rule: [...inRows, "kind: novelty", "signal: oilPressure", "everySeconds: 86400"],
      says: ["4:21 must be a number from 1 to 3600, not 86400"],
    },
    {
      name: "multivariate: nothing wrong",
      rule: [...inRows, "kind: multivariate", "signals: [oilPressure, engineSpeed]"],
      says: [],
    },
    {
      name: "multivariate: one signal",
      rule: [...inRows, "kind: multivariate", "signals: [oilPressure]"],
      says: ["3:7 must have at least 2 entries, has 1"],
    },
    {
      name: "multivariate: a signal twice, and one that is not there",
      rule: [...inRows, "kind: multivariate", "signals: [oilPressure, oilPressure, speed]"],
      says: [
        '3:30 "oilPressure" is there already; name another',
        '3:43 there is no signal "speed"; there are engineSpeed, oilPressure, hours, strokeCount, pumpPressure',
      ],
    },
    {
      name: "baseline-drift: explained by itself",
      rule: [...inRows, "kind: baseline-drift", "signal: oilPressure", "against: [oilPressure]"],
      says: ['4:17 "oilPressure" is there already; name another'],
    },
    {
      name: "baseline-drift: nothing wrong",
      rule: [...inRows, "kind: baseline-drift", "signal: oilPressure", "against: [engineSpeed]"],
      says: [],
    },
    {
      name: "sensor-plausibility: a twin that measures something else",
      rule: [...odd, "signal: oilPressure", "twin: engineSpeed"],
      says: ['4:13 a twin measures in the same unit; "engineSpeed" is in rpm, not in kPa'],
    },
    {
      name: "sensor-plausibility: a twin that it is itself",
      rule: [...odd, "signal: oilPressure", "twin: oilPressure"],
      says: ['4:13 "oilPressure" is the signal itself; name another'],
    },
    {
      name: "sensor-plausibility: apart from nothing",
      rule: [...odd, "signal: oilPressure", "apart: 50"],
      says: ['4:14 there is no "twin" to be apart from; name it'],
    },
  ])("$name", ({ rule, says }) => {
    expect(saidOf(...rule)).toEqual(says);
  });
});
