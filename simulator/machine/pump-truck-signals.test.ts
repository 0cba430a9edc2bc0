import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { expect, test } from "vitest";
import { createConcretePump, stepConcretePump } from "./concrete-pump.ts";
import { pumpTruckSignals } from "./pump-truck-signals.ts";
import { createRandom } from "./random.ts";

test("the simulated pump truck measures every signal of its plan, within its range", () => {
  const { signals } = loadPlan("concrete-pump-truck").acquisition;
  const pump = createConcretePump(24, 3120, 81_000);
  const random = createRandom(1);
  for (let second = 0; second < 200; second++) {
    stepConcretePump(pump, 24, 1, random);
    const measured = pumpTruckSignals(pump, 24);
    expect(Object.keys(measured).sort()).toEqual(Object.keys(signals).sort());
    for (const [name, { range }] of Object.entries(signals)) {
      const [min = 0, max = 0] = range;
      expect(measured[name], name).toBeGreaterThanOrEqual(min);
      expect(measured[name], name).toBeLessThanOrEqual(max);
    }
  }
});
