import { describe, expect, test } from "vitest";
import { createLagClock } from "./lag-clock.ts";

describe("createLagClock", () => {
  test("tells since when the oldest unread record has waited, to 50 ms", () => {
    const clock = createLagClock(1_000, 0);
    for (let at = 1; at <= 100; at++) clock.note(1_000 + at * 10, at * 20);
    expect(clock.waitingMs(2_000, 2_000)).toBe(0);
    expect(clock.waitingMs(1_500, 2_000)).toBeGreaterThanOrEqual(2_000 - 51 * 20);
    expect(clock.waitingMs(1_500, 2_000)).toBeLessThanOrEqual(2_000 - 51 * 20 + 50);
  });

  test("counts what was there before from the start on", () => {
    const clock = createLagClock(1_000, 5_000);
    expect(clock.waitingMs(0, 65_000)).toBe(60_000);
    expect(clock.waitingMs(1_000, 65_000)).toBe(0);
    clock.note(1_010, 64_000);
    expect(clock.waitingMs(1_000, 65_000)).toBe(1_000);
  });

  test("stays small over days and never tells less than it is", () => {
    const clock = createLagClock(0, 0);
    const hour = 3_600_000;
    for (let atMs = 100; atMs <= 48 * hour; atMs += 100) clock.note(atMs, atMs);
    for (const ageMs of [1_000, 60_000, hour, 24 * hour, 47 * hour]) {
      const told = clock.waitingMs(48 * hour - ageMs, 48 * hour);
      expect(told).toBeGreaterThanOrEqual(ageMs - 100);
      expect(told).toBeLessThanOrEqual(ageMs * 1.04 + 200);
    }
  });
});
