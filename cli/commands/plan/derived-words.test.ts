import type { Derived } from "@firebreak/plans/derived-schema.ts";
import { openPlan } from "@firebreak/plans/load-plans.ts";
import { demoOrganisationFile } from "@firebreak/tickets/organisation/load-organisation-file.ts";
import { describe, expect, test } from "vitest";
import { choosePlace } from "./choose-place.ts";
import { derivedWords } from "./derived-words.ts";
import { explainPlan } from "./explanation.ts";
import { textOf } from "./explanation-text.ts";
import { organisationOfFile } from "./known-organisation.ts";

const about = {
  ...{ title: { en: "test", "zh-CN": "测试" }, unit: "bar", range: [0, 1] },
  source: "engineering default",
} satisfies Partial<Derived>;

describe("derivedWords", () => {
  test.each<{ of: Derived; says: string }>([
    {
      of: { ...about, operator: "ratio", of: "p", by: { value: 2, unit: "bar" } },
      says: "p / 2 bar",
    },
    { of: { ...about, operator: "difference", of: "p", minus: "q" }, says: "p - q" },
    { of: { ...about, operator: "product", of: "p", times: "q" }, says: "p x q" },
    {
      of: { ...about, operator: "sum", of: [{ signal: "p" }, { signal: "q", times: -1 }], plus: 3 },
      says: "p + -1 q + 3 bar",
    },
    {
      of: { ...about, operator: "extreme", of: ["p", "q"], extreme: "spread" },
      says: "spread of p, q",
    },
    {
      of: { ...about, operator: "integral", of: "p", context: "pumping" },
      says: "integral of p, while pumping",
    },
    {
      of: { ...about, operator: "rate", of: "p", windowSeconds: 60 },
      says: "slope of p over 60 s",
    },
    {
      of: { ...about, operator: "window", of: "p", statistic: "rms", windowSeconds: 5 },
      says: "rms of p over 5 s",
    },
    {
      of: {
        ...{ ...about, operator: "window", of: "p", statistic: "quantile" },
        ...{ quantile: 0.5, windowSeconds: 5 },
      },
      says: "quantile 0.5 of p over 5 s",
    },
    {
      of: {
        ...{ ...about, operator: "cycle", feature: "peak", of: "p", longestSeconds: 9 },
        by: { counter: "strokes" },
      },
      says: "peak of p, each step of strokes",
    },
    {
      of: {
        ...{ ...about, operator: "cycle", feature: "duration", longestSeconds: 9 },
        by: { signal: "load", above: 2, below: 1, until: "falls-below" },
      },
      says: "duration, each time load above 2 after below 1",
    },
    {
      of: {
        ...{ ...about, operator: "band", of: "p", fromHz: 5, toHz: 9 },
        ...{ samplesPerSecond: 50, windowSeconds: 2 },
      },
      says: "root mean square of p from 5 to 9 Hz",
    },
    {
      of: {
        ...{ ...about, operator: "duration", measure: "since" },
        condition: { signal: "p", above: 5 },
      },
      says: "how long ago p above 5",
    },
    {
      of: {
        ...{ ...about, operator: "duration", measure: "holds" },
        condition: { signal: "p", below: 5 },
      },
      says: "for how long p below 5",
    },
  ])("$says", ({ of, says }) => {
    expect(derivedWords(of)).toBe(says);
  });
});

test("an explained plan lists what it derives, and where in its file", () => {
  const organisation = organisationOfFile(demoOrganisationFile);
  const opened = openPlan("concrete-pump-truck");
  const place = choosePlace({}, { organisation, plan: opened.plan, nowMs: 0 });
  const explanation = explainPlan(opened, place, organisation);
  const line = textOf(explanation)
    .split("\n")
    .find((one) => one.includes("pumpLeakage "));
  expect(line).toMatch(
    /^ {2}pumpLeakage +% +caseDrainFlow \/ oilDisplaced, while pumping-at-temperature +<- .*plan\.yaml:\d+:5$/,
  );
});
