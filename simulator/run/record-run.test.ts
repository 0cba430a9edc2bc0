import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadPlan } from "@firebreak/plans/load-plans.ts";
import { afterAll, expect, test } from "vitest";
import { machineTypes } from "../machine/registry.ts";
import { recordCan, recordCsv } from "./record-run.ts";
import { createSimulation } from "./simulation.ts";

const folder = mkdtempSync(join(tmpdir(), "firebreak-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const startMs = Date.parse("2026-06-01T08:30:00+08:00");
const [type] = Object.values(machineTypes);
if (!type) throw new TypeError("no machine type");
const plan = loadPlan(type.machineType);
const pathOf = (name: string) => join(folder, name);
const hashOf = (name: string) =>
  createHash("sha256")
    .update(readFileSync(pathOf(name)))
    .digest("hex");

test("the same seed gives byte-identical recordings, another seed others", async () => {
  const record = async (seed: number, name: string) => {
    const simulation = createSimulation({ type, seed, startMs });
    const path = pathOf(name);
    return recordCan(simulation, plan, { path, machineId: "SIM-1", untilMs: startMs + 60_000 });
  };
  const frames = await record(5, "a.log");
  expect(frames).toBeGreaterThan(1_000);
  await record(5, "b.log");
  await record(6, "c.log");
  expect(hashOf("b.log")).toBe(hashOf("a.log"));
  expect(hashOf("c.log")).not.toBe(hashOf("a.log"));
});

test("a week as CSV: a row a minute while it is switched on, every second in windows of work", async () => {
  const simulation = createSimulation({ type, seed: 5, startMs });
  const rows = await recordCsv(simulation, plan, {
    path: pathOf("week.csv"),
    untilMs: startMs + 7 * 86_400_000,
    everyMs: 60_000,
    window: { lengthMs: 10_000, everyMs: 3_600_000 },
  });
  const [head = "", ...lines] = readFileSync(pathOf("week.csv"), "utf8").trimEnd().split("\n");
  expect(head.split(",")).toEqual(["time", ...Object.keys(plan.acquisition.signals)]);
  expect(lines).toHaveLength(rows);
  const times = lines.map((line) => Date.parse(line.slice(0, 24)));
  expect(times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0))).toBe(true);
  const gaps = times.map((time, at) => time - (times[at - 1] ?? time));
  expect(gaps.filter((gap) => gap === 1_000).length).toBeGreaterThan(100);
  expect(gaps.filter((gap) => gap === 60_000).length).toBeGreaterThan(1_000);
});
