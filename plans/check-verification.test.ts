import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPlan } from "./load-plans.ts";

const file = join(import.meta.dirname, "loader-tractor/plan.yaml");
const good = readFileSync(file, "utf8");

test.each([
  {
    name: "a context that is not there",
    from: "verification:\n    context: engine-running",
    to: "verification:\n    context: engine-runing",
    at: "    context: engine-runing",
    says: 'there is no context "engine-runing"; did you mean "engine-running"?',
  },
  {
    name: "a signal that is not there",
    from: "{ signal: hydraulicOilTemperature, below: 90 }",
    to: "{ signal: hydraulicOil, below: 90 }",
    at: "{ signal: hydraulicOil, below",
    says: 'there is no signal "hydraulicOil"',
  },
  {
    name: "a band without limits",
    from: "{ signal: engineOilPressure, above: 70 }",
    to: "{ signal: engineOilPressure }",
    at: "{ signal: engineOilPressure }",
    says: 'give "above", "below" or both',
  },
  {
    name: "two bands of one signal",
    from: "{ signal: hydraulicOilTemperature, below: 90 }",
    to: "{ signal: engineOilPressure, below: 900 }",
    at: "{ signal: engineOilPressure, below",
    says: '"engineOilPressure" has a normal band already',
  },
  {
    name: "an override with a context that is not there",
    from: "verification: { context: engine-running-cold",
    to: "verification: { context: engine-cold",
    at: "verification: { context: engine-cold",
    says: 'there is no context "engine-cold"',
  },
  {
    name: "figures for a checklist",
    from: "verification: { context: engine-running-cold, minOperatingMinutes: 5 }",
    to: "verification: { method: checklist, minOperatingMinutes: 5 }",
    at: "verification: { method: checklist",
    says: "a checklist needs no context and no figures",
  },
  {
    name: "telemetry where nothing speaks of the fault",
    from: /\n {4}- id: raced-while-cold[\s\S]*?failureMode: engine-raced-cold/,
    to: "",
    at: "      verification: { context: engine-running-cold",
    says: 'no rule and no trouble code leads to "engine-raced-cold"',
  },
  {
    name: "an override of nothing",
    from: /\n {2}verification:\n[\s\S]*?\n\n/,
    to: "\n\n",
    at: "      verification: { context: engine-running, minOperatingMinutes: 1",
    says: "there is no rules.verification",
  },
])("finds $name, with its line", ({ from, to, at, says }) => {
  const text = good.replace(from, to);
  expect(text).not.toBe(good);
  const line = text.split("\n").findIndex((one) => one.includes(at)) + 1;
  const problems = checkPlan(text, file);
  expect(problems.map(({ message }) => message).join("\n")).toContain(says);
  expect(problems.find(({ message }) => message.includes(says))).toMatchObject({ line });
});
