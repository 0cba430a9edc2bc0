import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";
import { pumpValues } from "@firebreak/simulator/load/pump-values.ts";
import { createRandom } from "@firebreak/simulator/random.ts";
import { expect, test } from "vitest";

test("no rule finds anything on a machine of a load in a quarter of an hour: thousands would at the same moment", () => {
  const plan = loadPlan("concrete-pump-truck");
  const dictionary = dictionaryOfPlan(plan);
  const values = pumpValues(dictionary, dictionary.signals.length, createRandom(1));
  const engine = createRuleEngine({ planOf: () => plan });
  const startMs = Date.parse("2026-03-02T08:00:00Z");
  const epoch = "1".repeat(32);
  const found = Array.from({ length: 900 }, (_, second) => {
    const receivedMs = startMs + second * 1000;
    const samples = values.next(receivedMs, 1000, dictionary.signals.length);
    const header = {
      ...({ epoch, number: second, lane: "live", dictionary: dictionary.hash } as const),
      ...{ baseNs: samples.baseNs, sampleCount: samples.length, eventCount: 0 },
      ...{ produced: 0, suppressed: 0 },
    };
    const batch = { header, samples, events: [] };
    return engine.process({ machineId: "LOAD-1", epoch, receivedMs, batch, dictionary });
  }).flat();
  expect(found.filter(({ mode }) => mode !== "shadow").map(({ ruleId }) => ruleId)).toEqual([]);
});
