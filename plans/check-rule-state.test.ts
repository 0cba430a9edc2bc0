import { expect, test } from "vitest";
import { edited, good, said } from "./broken-plans.fixture.ts";

/** The good plan with so many rules of a kind that keeps much of every machine, each on lines of its own. */
const withRules = (count: number, ...more: readonly string[]): string => {
  const rules = Array.from({ length: count }, (_, index) =>
    [
      `    - id: odd-${String(index).padStart(3, "0")}`,
      ...["kind: novelty", "signal: oilPressure", "failureMode: oil-pressure-low", ...more],
      ...["about: { en: One, zh-CN: 一 }", "severity: warning"],
    ].join("\n      "),
  );
  return edited(good, [
    "  verification:\n    context",
    `${rules.join("\n")}\n  verification:\n    context`,
  ]);
};

/** Line of the first of them, and lines of each. */
const firstLine = 89;
const ruleLines = 6;

test("rules that keep more of a machine than a hub can hold are refused at the first that is too much", () => {
  const most = 24;
  expect(said(withRules(most))).toEqual([]);
  const line = firstLine + ruleLines * most;
  expect(said(withRules(most + 1))).toEqual([
    expect.stringMatching(
      new RegExp(
        `^${line}:7 with this rule the rules keep up to 30\\d,\\d{3} characters of every machine, this one 12,\\d{3}, and 300,000 are the most; `,
      ),
    ),
  ]);
  // Said once, however many come behind.
  expect(said(withRules(2 * most))).toHaveLength(1);
});

test("rules over completed hours keep nothing with them", () => {
  expect(said(withRules(100)).length).toBe(1);
  const hours = withRules(100).replaceAll(
    /kind: novelty\n {6}signal: oilPressure/g,
    "kind: cohort\n      signal: oilPressure\n      statistic: mean\n      per: hour",
  );
  expect(said(hours).filter((one) => one.includes("300,000"))).toEqual([]);
});
