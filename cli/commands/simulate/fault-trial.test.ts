import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { describe, expect, test } from "vitest";
import {
  type FaultTrial,
  runSoundLife,
  runTrial,
  type SoundLife,
  ticketsOf,
} from "./fault-trial.ts";
import { judgeRun } from "./judge-run.ts";
import { summaryOf } from "./trial-summary.ts";
import { trialTable } from "./trial-table.ts";

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
    const order = { type: pump, seed: 1, startMs, days: 6 };
    const trial = runTrial({ ...order, fault: "delivery-line-blocks" });
    expect(trial).toMatchObject({ failureMode: "line-blockage", isFoundInTime: true });
    expect(trial.leadHours).toBeGreaterThan(0);
    expect(runSoundLife({ ...order, days: 2 }).alarms).toEqual([]);
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
      const trials: FaultTrial[] = [];
      const lives: SoundLife[] = [];
      for (const seed of [...knownSeeds, ...freshSeeds])
        for (const type of Object.values(machineTypes)) {
          const order = { type, seed, startMs, days: 60 };
          lives.push(told(runSoundLife(order)));
          for (const { id, lifeHours } of type.faults)
            trials.push(
              // A quarter of the shortest life: less to compute, and a harder test than what is drawn.
              told(runTrial({ ...order, fault: id, lifeHours: Math.max(1, lifeHours[0] / 4) })),
            );
        }
      process.stdout.write(`${trialTable(trials, lives)}\n`);
      for (const seeds of [knownSeeds, freshSeeds]) {
        const isOf = ({ seed }: { readonly seed: number }) => seeds.includes(seed);
        const summary = summaryOf(trials.filter(isOf), lives.filter(isOf));
        expect(summary.foundInTime / summary.trials).toBeGreaterThanOrEqual(0.9);
        expect(summary.falsePerMonth).toBeLessThanOrEqual(1);
      }
    },
  );
});

/** As it comes, a line each: the whole takes an hour. */
function told<One extends FaultTrial | SoundLife>(one: One): One {
  process.stdout.write(`${JSON.stringify(one)}\n`);
  return one;
}

describe("what is made of trials", () => {
  const alarm = (rule: string, failureMode: string, at: string) => ({
    ...{ rule, kind: "threshold", failureMode, subject: "", at },
  });
  const hot = alarm("oil-hot", "overheating", "2026-06-03T00:00:00.000Z");
  const worn = alarm("pump-leaks", "pump-wear", "2026-06-04T00:00:00.000Z");
  const trial = {
    ...{ machineType: "pump", fault: "cooler-clogs", failureMode: "overheating", seed: 1 },
    ...{ visibleAt: "2026-06-02T00:00:00.000Z", failedAt: "2026-06-05T00:00:00.000Z" },
    ...{ found: hot, leadHours: 48, isFoundInTime: true, alarms: [hot, worn] },
  } satisfies FaultTrial;
  const unseen = {
    ...{ ...trial, fault: "fan-stops", found: null, leadHours: null },
    ...{ isFoundInTime: false, alarms: [] },
  } satisfies FaultTrial;
  const life = { machineType: "pump", seed: 1, days: 60, alarms: [worn, { ...worn, rule: "b" }] };

  test("two rules that tell of one problem are one ticket for nothing", () => {
    expect(ticketsOf(life.alarms)).toEqual(["pump-wear"]);
    expect(summaryOf([trial, unseen], [life])).toMatchObject({
      ...{ trials: 2, foundInTime: 1, medianLeadHours: 48, falseTickets: 1, falsePerMonth: 0.5 },
    });
  });

  test("the table tells what was found by what, what was wasted and what was missed", () => {
    const lines = trialTable([trial, unseen], [life]).split("\n");
    expect(lines).toContain("| overheating | 1 of 2 | 48 (48) | oil-hot | 0 | 0 |");
    expect(lines).toContain("| pump-wear | 0 of 0 | – |  | 1 | 1 |");
    expect(lines).toContain("| threshold | 1 | 1 | 48 | 2 | 1 | 25 % |");
    expect(lines).toContain("- pump, fan-stops, seed 1: no rule spoke");
  });
});
