import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { expect, test } from "vitest";
import { meaningOf, onsetsOf } from "./true-problems.ts";

const code = { sa: 0, spn: 110, fmi: 3, fromHour: 1 };
const plan = loadPlan("concrete-pump-truck");

test.each([
  { name: "a steady one", flaps: undefined, onsets: 1 },
  { name: "one each minute for two hours", flaps: { onSeconds: 30, offSeconds: 30 }, onsets: 120 },
])("$name comes $onsets times", ({ flaps, onsets }) => {
  expect(onsetsOf({ ...code, ...(flaps ? { flaps } : {}) }, 3)).toBe(onsets);
});

test.each([
  { name: "a code of the plan", of: {}, means: "engine-coolant-temperature-sensor" },
  { name: "another FMI of it", of: { fmi: 0 }, means: "engine-overheating" },
  { name: "another control unit's", of: { sa: 39 }, means: "uncatalogued" },
])("$name means $means", ({ of, means }) => {
  expect(meaningOf(plan, { ...code, ...of })).toBe(means);
});
