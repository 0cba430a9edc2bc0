import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import {
  batchOf,
  highRule,
  pressure,
  startMs,
  testPlan,
} from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { finding, signal } from "@firebreak/tickets/tickets.fixture.ts";
import { expect, test } from "vitest";
import { judgeView } from "./server-ports.ts";

test("what a rule on trial finds in completed hours is no active finding", () => {
  const plan = testPlan([highRule]);
  const machineId = "M-1";
  const engine = createRuleEngine({ planOf: () => plan });
  const batch = batchOf(plan, [pressure(40)(0)].flat());
  const dictionary = dictionaryOfPlan(plan);
  engine.process({ machineId, epoch: "e".repeat(32), receivedMs: startMs, batch, dictionary });
  const told = finding({ findingId: "h-1", evidence: [signal()] });
  const tried = finding({
    findingId: "h-2",
    ruleId: "tried",
    mode: "shadow",
    evidence: [signal()],
  });
  const view = judgeView(engine, {
    openOf: () => [told, tried],
    planOf: () => plan,
    known: () => ({}),
  });
  expect(view.condition(machineId)).toMatchObject({
    findings: [told],
    activeFindings: 1,
    onTrial: [{ ruleId: "tried" }],
  });
});
