import { describe, expect, test } from "vitest";
import { type Edit, edited, good, said } from "./broken-plans.fixture.ts";

const about =
  'title: { en: Derived, zh-CN: 推算 }, range: [-1000, 1000], source: "engineering default"';

/** Line 90 and on: one derived signal of each kind; a rule on one of them and a context on another. */
const derived = `  derived:
    pressureShare: { ${about}, unit: "%", operator: ratio, of: oilPressure, by: pumpPressure }
    pressureFall: { ${about}, unit: bar/min, operator: rate, of: pumpPressure, windowSeconds: 60 }
    drop: { ${about}, unit: bar, operator: difference, of: pumpPressure, minus: oilPressure }
    power: { ${about}, unit: kW, operator: product, of: pumpPressure, times: { value: 50, unit: L/min } }
    energy: { ${about}, unit: kWh, operator: integral, of: power, context: running }
    meanPressure: { ${about}, unit: kPa, operator: window, of: pumpPressure, statistic: mean, windowSeconds: 600 }
    strokeTime: { ${about}, unit: s, operator: cycle, by: { counter: strokeCount }, feature: duration, longestSeconds: 60 }
    ripple: { ${about}, unit: bar, operator: band, of: pumpPressure, fromHz: 5, toHz: 20, samplesPerSecond: 50, windowSeconds: 2 }
    idleFor: { ${about}, unit: min, operator: duration, condition: { signal: engineSpeed, below: 900 }, measure: holds }
    both: { ${about}, unit: kPa, operator: sum, of: [{ signal: oilPressure }, { signal: meanPressure, times: -1 }] }
  verification:
    context: running
    minOperating`;
const withDerived = edited(good, [
  "  verification:\n    context: running\n    minOperating",
  derived,
]);

describe("derived signals", () => {
  test("a plan that has one of each kind is good, and rules and contexts may use them", () => {
    expect(said(withDerived)).toEqual([]);
    const used = edited(
      withDerived,
      ["signal: oilPressure\n      below: 80", "signal: drop\n      below: 80"],
      [
        "all:\n        - { signal: engineSpeed, above: 500 }",
        "all:\n        - { signal: engineSpeed, above: 500 }\n    idle:\n      title: { en: Idle, zh-CN: 怠速 }\n      all: [{ signal: idleFor, above: 1 }]",
      ],
    );
    expect(said(used)).toEqual([]);
  });

  test.each<{ name: string; edit: Edit; says: string[] }>([
    {
      name: "an input that is not there",
      edit: ["by: pumpPressure", "by: pumpPresure"],
      says: ['90:159 there is no signal "pumpPresure"; did you mean "pumpPressure"?'],
    },
    {
      name: "an input of a sum that is not there",
      edit: ["{ signal: meanPressure, times", "{ signal: meanPresure, times"],
      says: ['99:167 there is no signal "meanPresure"; did you mean "meanPressure"?'],
    },
    {
      name: "a circle",
      edit: ["of: power, context", "of: energy, context"],
      says: [
        "94:5 rests on itself: energy <- energy",
        "94:109 kWh does not measure what this integral gives (m2 kg/s); plans have no unit for that",
      ],
    },
    {
      name: "a circle through a context",
      edit: ["- { signal: engineSpeed, above: 500 }", "- { signal: energy, above: 500 }"],
      says: [
        "94:5 rests on itself: energy <- energy",
        '101:14 looks at "energy", which is derived; a repair is proved by measured signals alone',
        '244:32 looks at "energy", which is derived; a repair is proved by measured signals alone',
      ],
    },
    {
      name: "pressure times flow is a power, not a force",
      edit: ["unit: kW, operator: product", "unit: kN, operator: product"],
      says: [
        "93:108 kN does not measure what this product gives (m2 kg/s3); it can be in W, kW, VA, kVA, var, kvar",
        "94:109 kWh does not measure what this integral gives (m kg/s); plans have no unit for that",
      ],
    },
    {
      name: "a ratio of like to like is a bare number",
      edit: ['unit: "%", operator: ratio', "unit: bar, operator: ratio"],
      says: [
        "90:116 bar does not measure what this ratio gives (1); it can be in %, ppm, count, ratio",
      ],
    },
    {
      name: "a difference of what does not measure the same",
      edit: ["minus: oilPressure", "minus: engineSpeed"],
      says: ['92:159 "engineSpeed" (rpm) cannot be taken from "pumpPressure" (bar)'],
    },
    {
      name: "a name that is measured already",
      edit: ["    idleFor: {", "    hours: {"],
      says: ['98:5 "hours" is a signal that is measured'],
    },
    {
      name: "a window longer than a day",
      edit: ["windowSeconds: 600", "windowSeconds: 86401"],
      says: ["95:188 must be a number from 1 to 86400, not 86401"],
    },
    {
      name: "a quantile without its share",
      edit: ["statistic: mean", "statistic: quantile"],
      says: ['95:5 give "quantile" with statistic quantile, and only then'],
    },
    {
      name: "a band beyond half the sampling rate",
      edit: ["toHz: 20", "toHz: 25"],
      says: ["97:165 must be less than 25: half the samples per second"],
    },
    {
      name: "a band of too many frequencies",
      edit: ["samplesPerSecond: 50, windowSeconds: 2", "samplesPerSecond: 50, windowSeconds: 20"],
      says: ["97:206 gives 301 frequencies between 5 and 20 Hz; 1 to 64 are possible"],
    },
    {
      name: "an operator that there is not",
      edit: ["operator: rate", "operator: slope"],
      says: [
        '91:134 must be one of ratio, difference, product, sum, extreme, integral, rate, window, cycle, band, duration, not "slope"',
      ],
    },
    {
      name: "a duration of a signal",
      edit: ["feature: duration, longest", "feature: duration, of: drop, longest"],
      says: ['96:172 a duration has no "of"; every other feature says of which signal it is'],
    },
    {
      name: "a rule about the sensor of what has none",
      edit: [
        "signal: oilPressure\n      holdSeconds: 5\n      context: running\n      failureMode: oil-pressure-sensor",
        "signal: drop\n      holdSeconds: 5\n      context: running\n      failureMode: oil-pressure-sensor",
      ],
      says: ['85:15 "drop" is derived and has no sensor; name the signal that is measured'],
    },
    {
      name: "hours of what is not stored",
      edit: [
        "threshold\n      about: { en: Oil pressure too low, zh-CN: 机油压力过低 }\n      severity: critical\n      signal: oilPressure\n      below: 80\n      hysteresis: 30\n      holdSeconds: 5\n      context: running\n",
        "cohort\n      about: { en: Unlike others, zh-CN: 异于同类 }\n      severity: warning\n      signal: drop\n      of: mean\n      side: above\n",
      ],
      says: ['75:15 "drop" is derived and not stored; rules over hours speak of measured signals'],
    },
    {
      name: "a context that is not there",
      edit: ["of: power, context: running", "of: power, context: runing"],
      says: ['94:154 there is no context "runing"; did you mean "running"?'],
    },
    {
      name: "a repair proved by what is not stored",
      edit: ["- { signal: oilPressure, above: 100 }", "- { signal: drop, above: 100 }"],
      says: [
        '106:19 looks at "drop", which is derived; a repair is proved by measured signals alone',
      ],
    },
  ])("$name", ({ edit, says }) => {
    expect(said(edited(withDerived, edit))).toEqual(says);
  });

  test("no more than a machine's state has room for", () => {
    const many = Array.from(
      { length: 14 },
      (_, index) =>
        `    more${index}: { ${about}, unit: rpm, operator: sum, of: [{ signal: engineSpeed }] }\n`,
    ).join("");
    const full = edited(withDerived, ["    both: {", `${many}    both: {`]);
    expect(said(full)).toEqual([]);
    const over = edited(full, [
      "    both: {",
      `${many.split("\n")[0]?.replace("more0", "more99")}\n    both: {`,
    ]);
    expect(said(over)).toEqual(["89:3 a plan may derive 24 signals, not 25"]);
  });
});

describe("temperatures", () => {
  const temperatures = edited(withDerived, [
    "unit: bar\n      scale: 0.1",
    "unit: °C\n      scale: 0.1",
  ]);

  test("in °C have no zero: no ratio, product or integral of them, but differences and means", () => {
    const wrong = said(temperatures);
    expect(wrong).toContain(
      '90:159 "pumpPressure" is a temperature in °C, which has no zero of its own; take a difference first',
    );
    expect(wrong).toContain(
      "91:115 bar/min does not measure what this rate gives (K/s); it can be in K/min, K/h",
    );
    expect(wrong).toContain(
      "95:115 kPa does not measure what this window gives (K); it can be in °C",
    );
  });
});
