import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { describe, expect, test } from "vitest";
import { runTrial, summaryOf } from "./fault-trial.ts";
import { judgeRun } from "./judge-run.ts";

const isSoak = process.env.FIREBREAK_SOAK !== undefined;
const startMs = Date.parse("2026-06-01T00:00:00+08:00");
const pump = machineTypes["concrete-pump-truck"];
/** Looked at while plans and physics were written. */
const knownSeeds = [1];
/** Looked at by nobody before the figures were taken. */
const freshSeeds = [9001];

describe("faults against the rules of the plans", () => {
  test("a fault is found before the machine stands, and its sound twin is left alone", () => {
    if (!pump) throw new TypeError("no concrete pump truck");
    const trial = runTrial({
      type: pump,
      fault: "delivery-line-blocks",
      seed: 1,
      startMs,
      days: 6,
    });
    expect(trial).toMatchObject({
      failureMode: "line-blockage",
      isFoundInTime: true,
      falseFindings: [],
    });
    expect(trial.leadHours).toBeGreaterThan(0);
  });

  test("two faults at once are both found", () => {
    if (!pump) throw new TypeError("no concrete pump truck");
    const { findings } = judgeRun({
      type: pump,
      seed: 2,
      startMs,
      untilMs: startMs + 4 * 86_400_000,
      faults: [
        { fault: "ground-gives-way", fromMs: startMs, lifeHours: 6 },
        { fault: "accumulator-loses-nitrogen", fromMs: startMs, lifeHours: 40 },
      ],
    });
    const found = new Set(findings.map(({ failureMode }) => failureMode));
    expect(found).toContain("outrigger-settling");
    expect(found).toContain("accumulator-precharge-loss");
  });

  test.runIf(isSoak)(
    "of all faults nine in ten are found in time, on seeds known and unknown",
    () => {
      for (const seeds of [knownSeeds, freshSeeds]) {
        const trials = seeds.flatMap((seed) =>
          Object.values(machineTypes).flatMap((type) =>
            type.faults.map(({ id, lifeHours: [shortest] }) =>
              // A quarter of the shortest life: less to compute, and a harder test than what is drawn.
              runTrial({
                ...{ type, fault: id, seed, startMs, days: 60 },
                lifeHours: Math.max(1, shortest / 4),
              }),
            ),
          ),
        );
        const summary = summaryOf(trials);
        process.stdout.write(`${JSON.stringify({ seeds, summary, trials }, null, 1)}\n`);
        expect(summary.foundInTime / summary.trials).toBeGreaterThanOrEqual(0.9);
        expect(summary.falsePerMonth).toBeLessThanOrEqual(1);
      }
    },
  );
});
