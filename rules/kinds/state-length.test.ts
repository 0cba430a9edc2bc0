import { ruleLength } from "@firebreak/plans/rule-state-length.ts";
import { expect, test } from "vitest";
import { packedLength } from "../engine/cells.ts";
import { compilePlan } from "../engine/compiled-plan.ts";
import { olderPlan } from "../engine/older-state.fixture.ts";
import { judgeOf } from "../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../engine/rule-engine.ts";
import { ruleKinds } from "./registry.ts";

const watch = { ...olderPlan.rules.rules[0], id: "watch", kind: "watch", signal: "slow" } as const;
const plan = {
  ...olderPlan,
  rules: { ...olderPlan.rules, rules: [...olderPlan.rules.rules, watch as never] },
};

test("the plan knows of every live kind how many characters a rule of it keeps", () => {
  const { rules } = compilePlan(plan, ruleKinds);
  const engine = createRuleEngine({ planOf: () => plan });
  judgeOf(engine, plan).say([{ at: 0, signal: "pressure", value: 1 / 3 }]);
  const kept = JSON.parse(engine.snapshot("M-1")).rules;
  const asked = new Set<string>();
  for (const rule of plan.rules.rules) {
    const compiled = rules.find(({ id }) => id === rule.id);
    asked.add(rule.kind);
    if (compiled === undefined || rule.kind === "active-dtc") continue;
    const numbers = packedLength(compiled.layout.initial.length);
    const frame = JSON.stringify({ [rule.id]: kept[rule.id] }).length - numbers;
    const most = ruleLength(plan, rule);
    // With one open episode that has evidence; no kind may outgrow what the plan's check counts with.
    expect(most - numbers - frame, rule.kind).toBeGreaterThan(1_360);
    if (!("more" in compiled.kind)) expect(most - numbers, rule.kind).toBeLessThan(6_000);
  }
  expect([...asked].sort()).toEqual(ruleKinds.map(({ kind }) => kind).sort());
});
