import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { createRandom } from "../prognosis/seeded-random.ts";
import {
  amber,
  codeRule,
  dtc,
  highRule,
  lostRule,
  type Said,
  testPlan,
} from "./rule-engine.fixture.ts";

/**
 * A plan with a rule of every kind that keeps numbers, and what a machine says to it. States of older releases in
 * `older-state.fixture.json` were written behind the first part with this plan: it must not change.
 */
const common = {
  about: highRule.about,
  severity: "warning",
  failureMode: "too-high",
} as const;
const onPressure = { ...common, signal: "pressure" } as const;
const inRows = { ...common, everySeconds: 1, settleSeconds: 0 } as const;

const rules: readonly Rule[] = [
  { ...highRule, holdSeconds: 1 },
  { ...onPressure, id: "low", kind: "threshold", below: 50, hysteresis: 5, holdSeconds: 4 },
  { ...lostRule, holdSeconds: 1 },
  { ...codeRule, minMessages: 2, holdSeconds: 0.5 },
  {
    ...{ ...onPressure, id: "fast", kind: "rate-of-change" },
    ...{ rise: 0.5, per: "second", overSeconds: 8, holdSeconds: 0 },
  },
  {
    ...{ ...onPressure, id: "often", kind: "window-count" },
    ...{ above: 100, hysteresis: 1, windowSeconds: 60, count: 3 },
  },
  {
    ...{ ...onPressure, id: "stuck", kind: "sensor-plausibility", failureMode: "sensor" },
    ...{ companion: "speed", twin: "slow", stuckSeconds: 20, mostPerSecond: 60 },
  },
  {
    ...{ id: "gone", kind: "unit-lost", about: highRule.about, severity: "warning" },
    ...{ unit: { sa: 0 }, holdSeconds: 1, failureMode: "sensor" },
  },
  { ...inRows, id: "novel", kind: "novelty", signal: "pressure" },
  { ...inRows, id: "changed", kind: "change-point", signal: "pressure" },
  { ...inRows, id: "apart", kind: "multivariate", signals: ["pressure", "slow"] },
  { ...inRows, id: "drift", kind: "baseline-drift", signal: "pressure", against: ["slow"] },
  {
    ...{ ...common, id: "both", kind: "composite", holdSeconds: 0.5 },
    ...{ sequence: ["high", "often"], withinSeconds: 300 },
  },
];

export const olderPlan: Plan = testPlan(rules);

/** Half a second apart: well, too high in bursts, lost, with codes; every time otherwise. */
export function olderStory(seed: number, from: number, to: number): Said[] {
  const random = createRandom(seed);
  const said: Said[] = [];
  let level = 60;
  for (let at = 0; at < to; at += 0.5) {
    if (random() < 0.08) level = [20, 60, 95, 140][Math.floor(random() * 4)] ?? 60;
    const value = level + Math.round(random() * 8);
    const quality = at % 60 > 52 ? 2 : 0;
    const pressure = { at, signal: "pressure", value, quality } as const;
    const others: Said[] = [
      { at, signal: "speed", value: 700 + Math.round(random() * 300), quality },
      { at, signal: "slow", value: value + Math.round(random() * 30), quality },
    ];
    const dtcs = at % 40 > 25 ? [dtc(7, 1), dtc(99, 31)] : [];
    if (at >= from) said.push(pressure, ...others, { at, dtcs, lamps: amber });
  }
  return said;
}
