import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { Check } from "typebox/value";
import { expect, test } from "vitest";
import { Evidence } from "./evidence.ts";
import { drawingsOf } from "./field/draw-series.ts";
import { problemOf } from "./from-finding.ts";
import { finding, signal } from "./tickets.fixture.ts";
import { wayOf } from "./verification/verification-spec.ts";

const plan = loadPlan("concrete-pump-truck");
const others = ["waterBoxTemperature", "ambientAirTemperature"];
const piece = { ...signal(), signal: "waterBoxRise", unit: "K", others, context: "pumping" };
const { evidence } = problemOf(finding({ failureMode: "piston-wear", evidence: [piece] }), plan);

test("evidence of a derived signal has the plan's name for it", () => {
  expect(evidence).toMatchObject([
    { signal: "waterBoxRise", signalTitle: { en: "Water box above ambient" }, others },
  ]);
  expect(Check(Evidence, evidence[0])).toBe(true);
});

test("a derived signal is drawn, and what it is reckoned from", () => {
  const drawn = drawingsOf({ evidence, checks: [] }, plan);
  expect(drawn.map((one) => one.signal)).toEqual(["waterBoxRise", ...others]);
});

test("a repair is proved by the measured signals behind a derived one", () => {
  const normalOf = (rules: typeof plan.rules.rules) => {
    const of = { ...plan, rules: { ...plan.rules, rules } };
    const repaired = { faults: ["piston-wear"], finishedMs: 0, hasGateway: true };
    const way = wayOf(of, repaired);
    return way.by === "telemetry" ? way.spec.normal.map((band) => band.signal) : way;
  };
  const own = plan.rules.rules.filter(({ id }) => id === "water-box-warms");
  expect(own.length).toBe(1);
  expect(normalOf(own)).toContain("waterBoxTemperature");
});
