import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { MadeHours } from "@firebreak/ingest/store/made-hours.ts";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import { smallFleet } from "@firebreak/simulator/fleet/demo-machines.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDemoBook } from "./demo-record.ts";
import { seedHistory, signalsWithPast } from "./seed-history.ts";

const startedMs = Date.parse("2026-06-12T02:20:00Z");
const hourMs = 3_600_000;
const plans = new Map(listPlans().map((id) => [id, loadPlan(id)]));
const days = 4;

let data = "";
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), "firebreak-demo-"));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Opens the folder anew, as a start after a kill does. */
function start(take: (hours: MadeHours) => void, stopping = new AbortController()) {
  const book = openDemoBook(data, startedMs);
  if (!book) throw new TypeError("the folder is not the demonstration's");
  const takeMadeHours = async (hours: MadeHours) => {
    take(hours);
    return hours.series.reduce((sum, { hour }) => sum + hour.length, 0);
  };
  return seedHistory(
    {
      workshop: { plans, telemetry: { takeMadeHours } },
      book,
      view: { part: () => {}, step: () => {}, end: () => {} },
      log: silentLogger,
      signal: stopping.signal,
    },
    { machines: smallFleet, days },
  );
}

test("hours up to the start, the same each time; what was cut off is made anew, what is done is not", async () => {
  const stopping = new AbortController();
  const cut: MadeHours[] = [];
  const first = (hours: MadeHours) => {
    cut.push(hours);
    stopping.abort();
  };
  await start(first, stopping);
  expect(cut).toHaveLength(1);

  const made = new Map<string, MadeHours>();
  const hours = await start((one) => void made.set(one.machineId, one));
  expect([...made.keys()].sort()).toEqual(smallFleet.map(({ machineId }) => machineId).sort());
  expect(made.get(cut[0]?.machineId ?? "")).toEqual(cut[0]);
  expect(hours).toBeGreaterThan(500);
  for (const { machineId, origin, series } of made.values()) {
    expect(origin).toBe("simulated");
    const machine = smallFleet.find((one) => one.machineId === machineId);
    const plan = plans.get(machine?.machineType ?? "");
    const meter = series.find(({ signal }) => signal.name === plan?.service.hourMeter);
    expect(meter?.last.at(-1)).toBeCloseTo(machine?.hours ?? 0, 6);
    for (const { hour, min, max, sum, count } of series) {
      expect(hour.at(-1)).toBeLessThan(startedMs / hourMs);
      expect(hour[0]).toBeGreaterThanOrEqual(startedMs / hourMs - days * 24 - 1);
      expect(hour.every((one, at) => at === 0 || one > (hour[at - 1] ?? one))).toBe(true);
      const means = sum.map((one, at) => one / (count[at] ?? 1));
      const isWithin = (mean: number, at: number) =>
        mean >= (min[at] ?? 0) - 1e-6 && mean <= (max[at] ?? 0) + 1e-6;
      expect(means.every(isWithin)).toBe(true);
    }
  }

  expect(await start(() => expect.unreachable("it is there already"))).toBe(0);
});

test("every plan has a past of its hour meter and of what its rules look at", () => {
  for (const plan of plans.values()) {
    const signals = signalsWithPast(plan);
    expect(signals[0]).toBe(plan.service.hourMeter);
    expect(signals.length).toBeGreaterThan(5);
    expect(signals.every((name) => name in plan.acquisition.signals)).toBe(true);
  }
});

test("a folder that was begun otherwise is nobody's demonstration", () => {
  writeFileSync(join(data, "firebreak.sqlite"), "");
  expect(openDemoBook(data, startedMs)).toBeUndefined();
  writeFileSync(join(data, "demo.json"), "{}");
  expect(() => openDemoBook(data, startedMs)).toThrow(/demo\.json is not the demonstration's/);
});
