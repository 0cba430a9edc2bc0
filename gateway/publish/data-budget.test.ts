import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { tractorPlan } from "../test-source.fixture.ts";
import { machineDataStatus } from "./data-budget.ts";
import { DataUsage } from "./data-usage.ts";

const day = 86_400_000;
const newFile = () => join(mkdtempSync(join(tmpdir(), "firebreak-usage-")), "usage.json");
const { acquisition } = tractorPlan;
const [first = "", second = ""] = Object.keys(acquisition.signals);

/** One machine that sends `perDay` bytes each day from the 1st of June 2026 on, and the time after `days` days. */
function sent(days: number, perDay: number) {
  const clock = { nowMs: Date.UTC(2026, 5, 1) };
  const usage = new DataUsage(newFile(), () => clock.nowMs);
  for (let hour = 0; hour < days * 24; hour++) {
    usage.note("M1", perDay / 24);
    clock.nowMs += day / 24;
  }
  return { usage, clock };
}

const statusOf = (usage: DataUsage, megabytesPerMonth?: number) =>
  machineDataStatus({
    machineId: "M1",
    acquisition,
    usage,
    budget: megabytesPerMonth === undefined ? undefined : { megabytesPerMonth, warnAtPercent: 80 },
    samples: [
      { name: first, count: 10 },
      { name: second, count: 30 },
    ],
  });

describe("the data budget of a machine", () => {
  test("foretells the month from what was sent", () => {
    const { usage } = sent(10, 1_000_000);
    const { usedMegabytes, forecastMegabytes } = statusOf(usage);
    expect(usedMegabytes).toBeCloseTo(10, 5);
    expect(forecastMegabytes).toBeGreaterThan(27);
    expect(forecastMegabytes).toBeLessThan(31);
  });

  test("says nothing of the future in its first hour", () => {
    const { usage } = sent(0, 0);
    usage.note("M1", 1_000);
    expect(statusOf(usage, 1)).toMatchObject({ forecastMegabytes: null, state: "ok" });
  });

  test.each([
    { budget: 100, state: "ok" },
    { budget: 35, state: "warning" },
    { budget: 20, state: "warning" },
    { budget: 9, state: "exceeded" },
  ])("of $budget MB is $state when 30 are foretold and 10 used", ({ budget, state }) => {
    expect(statusOf(sent(10, 1_000_000).usage, budget).state).toBe(state);
  });

  test("names the signals that cost most, with what would make them cheaper", () => {
    const { costliest } = statusOf(sent(10, 1_000_000).usage);
    expect(costliest.map(({ signal, share }) => [signal, share])).toEqual([
      [second, 0.75],
      [first, 0.25],
    ]);
    expect(costliest[0]?.advice).not.toBe("");
  });

  test("a new month begins at zero; a restart goes on; a damaged file begins again", () => {
    const file = newFile();
    const clock = { nowMs: Date.UTC(2026, 5, 29) };
    const usage = new DataUsage(file, () => clock.nowMs);
    usage.note("M1", 5_000);
    usage.save();
    const again = new DataUsage(file, () => clock.nowMs);
    expect(again.usedBytes("M1")).toBe(5_000);
    clock.nowMs = Date.UTC(2026, 6, 2);
    expect(again.usedBytes("M1")).toBe(0);
    expect(again.forecastBytes("M1")).toBeGreaterThan(0);
    writeFileSync(file, "{");
    expect(new DataUsage(file, () => clock.nowMs).usedBytes("M1")).toBe(0);
  });

  test("what was sent while the clock was years ahead uses up no other month", () => {
    const file = newFile();
    const clock = { nowMs: Date.UTC(2044, 0, 15) };
    const usage = new DataUsage(file, () => clock.nowMs);
    usage.note("M1", 5_000);
    clock.nowMs = Date.UTC(2026, 5, 3);
    expect(usage.usedBytes("M1")).toBe(0);
    usage.note("M1", 1_000);
    usage.save();
    clock.nowMs += 2 * 3_600_000;
    const again = new DataUsage(file, () => clock.nowMs);
    expect(again.usedBytes("M1")).toBe(1_000);
    expect(again.forecastBytes("M1")).not.toBeNull();
  });
});
