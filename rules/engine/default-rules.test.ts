import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { defaultRules } from "./default-rules.ts";
import { highRule, judgeOf, type Said, startMs, testPlan } from "./rule-engine.fixture.ts";
import { createRuleEngine } from "./rule-engine.ts";

const plan = testPlan([highRule]);
const off = { ...plan, rules: { ...plan.rules, defaults: "off" as const } };
const epoch = "1".repeat(32);

/** A speed that wavers for so many minutes, and then does what it never did. */
const wild = (minutes: number): Said[] =>
  Array.from({ length: minutes + 3 }, (_, row) => ({
    at: row * 60,
    signal: "speed",
    value: row < minutes ? 900 + (row % 7) : 5_000,
    quality: Quality.good,
  }));

describe("defaultRules", () => {
  test("watches what no rule speaks of, in shadow mode", () => {
    expect(defaultRules(plan)).toMatchObject([
      { id: "default-speed", kind: "watch", mode: "shadow", signal: "speed", severity: "info" },
      { id: "default-slow", kind: "watch", signal: "slow" },
    ]);
    expect(defaultRules(off)).toEqual([]);
  });

  test("watches neither counters nor codes nor places", () => {
    const { signals } = plan.acquisition;
    const [speed] = Object.values(signals);
    if (speed?.j1939 === undefined) throw new TypeError("no speed");
    const odd = {
      hours: { ...speed, sampling: { counter: { maxSilenceSeconds: 60 } } },
      gear: { ...speed, unit: "gear" as const },
      latitude: { ...speed, j1939: { ...speed.j1939, spn: 584 } },
    };
    const acquisition = { ...plan.acquisition, signals: odd };
    expect(defaultRules({ ...plan, acquisition })).toEqual([]);
  });

  test("what is found is told as on trial, kept apart, and gone when the plan says off", () => {
    let current = plan;
    const engine = createRuleEngine({ planOf: () => current });
    const [found, ...others] = judgeOf(engine, plan).say(wild(1_600));
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      ruleId: "default-speed",
      mode: "shadow",
      failureMode: "unusual",
      subject: "speed",
      severity: "info",
      since: new Date(startMs + 1_600 * 60_000).toISOString(),
      evidence: [{ signal: "speed", measure: "novelty", limit: 1 }],
    });
    const { findings = [], onTrial = [] } = engine.machineState("M-1") ?? {};
    expect([findings.length, onTrial.length]).toEqual([0, 1]);
    current = off;
    const ended = judgeOf(engine, off).say([{ at: 1_700 * 60, signal: "speed", value: 900 }], {
      epoch,
    });
    expect(ended).toMatchObject([{ phase: "cleared", cause: "rule_changed", mode: "shadow" }]);
  });
});
