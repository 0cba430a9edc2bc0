import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { recordCan } from "@firebreak/simulator/run/record-run.ts";
import { createSimulation } from "@firebreak/simulator/run/simulation.ts";
import { afterAll, expect, test } from "vitest";
import { judgeRecordings } from "../plan/judge-recording.ts";
import { judgeRun } from "./judge-run.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-replayed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const type = machineTypes["concrete-pump-truck"];
if (!type) throw new TypeError("no concrete pump truck");
const startMs = Date.parse("2026-07-06T08:30:00+08:00");
const untilMs = startMs + 30 * 60_000;
const run = {
  type,
  seed: 4,
  startMs,
  demandAt: () => ({ activity: "work", effort: 0.7, roughness: 0.4 }) as const,
  faults: [{ fault: "radiator-fouls", fromMs: startMs, lifeHours: 0.36 }],
};

/** Which rules spoke and when, seconds after the start; a bus is asked more often than once a second. */
const told = (findings: readonly Finding[], zeroMs: number) =>
  findings
    .filter(({ phase }) => phase !== "updated")
    .map(({ ruleId, phase, failureMode, at }) => ({
      ...{ ruleId, phase, failureMode },
      second: (Date.parse(at) - zeroMs) / 1000,
    }));

test("a recorded run, read from its bus, gives the findings of the run itself", async () => {
  const path = join(folder, "run.log");
  const plan = loadPlan(type.machineType);
  await recordCan(createSimulation(run), plan, { path, machineId: "SIM-1", untilMs });
  const live = told(judgeRun({ ...run, untilMs }).findings, startMs);
  const { findings } = await judgeRecordings(plan, [path]);
  const replayed = told(findings, Date.parse("2026-01-01T00:00:00Z"));
  expect(live.length).toBeGreaterThan(1);
  expect(replayed.map(({ second, ...what }) => what)).toEqual(
    live.map(({ second, ...what }) => what),
  );
  for (const [at, { second }] of replayed.entries())
    expect(Math.abs(second - (live[at]?.second ?? Number.NaN))).toBeLessThan(10);
});
