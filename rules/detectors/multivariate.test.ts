import { describe, expect, test } from "vitest";
import { multivariate } from "./multivariate.ts";
import { alarmsOf, gauss, judgeAll, machine, type Rows } from "./series.fixture.ts";
import { streamingNovelty } from "./streaming-novelty.ts";

const seeds = [11, 22, 33, 44, 55];
const rowCount = 1_500;
const at = 1_000;

describe("multivariate", () => {
  test.each(seeds)(
    "finds a broken relation of signals that are each in their range (seed %i)",
    (seed) => {
      const rows = machine(seed, rowCount, { at, kind: "relation" });
      const alarms = alarmsOf(judgeAll(multivariate(3), rows));
      expect(alarms[0]).toBeGreaterThanOrEqual(at);
      expect(alarms[0]).toBeLessThan(at + 80);
      rows[0]?.forEach((_, signal) => {
        const alone = rows.map((row) => [row[signal] ?? Number.NaN]);
        expect(alarmsOf(judgeAll(streamingNovelty(), alone)).filter((row) => row >= at)).toEqual(
          [],
        );
      });
    },
  );

  test.each(seeds)("does not depend on the order of columns (seed %i)", (seed) => {
    const rows = machine(seed, rowCount, { at, kind: "relation" });
    const turned = rows.map(([a = 0, b = 0, c = 0]) => [c, a, b]);
    const ours = judgeAll(multivariate(3), rows);
    const theirs = judgeAll(multivariate(3), turned);
    expect(alarmsOf(theirs)).toEqual(alarmsOf(ours));
    ours.forEach(({ novelty }, row) => {
      expect(theirs[row]?.novelty).toBeCloseTo(novelty, 6);
    });
  });

  test("follows a machine that warms up slowly, and not a fault that stays", () => {
    const warming = machine(7, 4_000).map(([a = 0, b = 0, c = 0], row) => [a + row * 0.05, b, c]);
    expect(alarmsOf(judgeAll(multivariate(3), warming))).toEqual([]);
    const broken = judgeAll(multivariate(3), machine(7, 4_000, { at: 1_000, kind: "step" }));
    expect(alarmsOf(broken).length).toBe(4_000 - (alarmsOf(broken)[0] ?? 0));
  });

  test("ends its alarm when the trouble is over", () => {
    const rows = machine(8, 1_500, { at: 800, kind: "step" }).slice(0, 1_000);
    const healthy = machine(8, 1_500).slice(1_000);
    const alarms = alarmsOf(judgeAll(multivariate(3), [...rows, ...healthy]));
    expect(alarms.at(-1)).toBeLessThan(1_050);
  });

  test("takes a missing value for the one before, and goes without a signal that never came", () => {
    const rows = machine(9, 900);
    const holes: Rows = rows.map((row, index) =>
      index % 7 === 0 ? [Number.NaN, ...row.slice(1)] : row,
    );
    expect(alarmsOf(judgeAll(multivariate(3), holes))).toEqual([]);
    const broken = machine(9, rowCount, { at, kind: "step" });
    const without = judgeAll(
      multivariate(2),
      broken.map(([, b = 0, c = 0]) => [b, c]),
    );
    expect(alarmsOf(without)[0]).toBeGreaterThanOrEqual(at);
    const silent: Rows = broken.map(([, b = 0, c = 0]) => [Number.NaN, b, c]);
    expect(alarmsOf(judgeAll(multivariate(3), silent))).toEqual(alarmsOf(without));
    const late: Rows = broken.map(([a = 0, b = 0, c = 0], row) => [
      row < 200 ? Number.NaN : a,
      b,
      c,
    ]);
    expect(alarmsOf(judgeAll(multivariate(3), late))[0]).toBeGreaterThanOrEqual(at);
  });

  test("judges beside a signal that stood still while it learned", () => {
    const rows = machine(10, rowCount, { at, kind: "relation" }).map((row, index) => [
      ...row,
      index < 600 ? 3 : 3 + (index % 5),
    ]);
    const alarms = alarmsOf(judgeAll(multivariate(4), rows));
    expect(alarms[0]).toBeGreaterThanOrEqual(at);
    expect(alarms[0]).toBeLessThan(at + 80);
  });

  test("is not led astray by a counter of hours beside what wanders", () => {
    let wander = 0;
    const next = gauss(12);
    const rows = machine(12, 4_000).map((row) => {
      wander = 0.995 * wander + 0.1 * next();
      return [...row, wander];
    });
    const counted = rows.map((row, index) => [...row, 12_000 + index / 6]);
    expect(alarmsOf(judgeAll(multivariate(5), counted))).toEqual(
      alarmsOf(judgeAll(multivariate(4), rows)),
    );
  });
});
