import { describe, expect, test } from "vitest";
import { changedLevel, changePoint, limitFor } from "./change-point.ts";
import { alarmsOf, gauss, judgeAll, timeOf } from "./series.fixture.ts";

/** Three days in rows of five minutes. */
const learned = 864;
const isSoak = process.env.FIREBREAK_SOAK !== undefined;

/** Rows that resemble their neighbours by `likeness`, of variance 1. */
function noise(seed: number, count: number, likeness: number): number[] {
  const next = gauss(seed);
  let value = next();
  return Array.from({ length: count }, () => {
    value = likeness * value + Math.sqrt(1 - likeness ** 2) * next();
    return value;
  });
}
const rowsOf = (values: readonly number[]) => values.map((value) => [value]);

describe("limitFor", () => {
  test.each([
    // Montgomery, Introduction to Statistical Quality Control, table 9.3: two-sided, slack 1/2.
    { limit: 4, twoSided: 168 },
    { limit: 5, twoSided: 465 },
  ])("gives about $limit for the published run length $twoSided", ({ limit, twoSided }) => {
    expect(limitFor(2 * twoSided)).toBeCloseTo(limit, 1);
  });
});

describe("changePoint", () => {
  test.each([0, 0.6, 0.9])(
    "alarms less than once in 4,000 healthy rows that resemble their neighbours by %d",
    (likeness) => {
      const series = isSoak ? 400 : 30;
      const rows = 2_000;
      let alarms = 0;
      for (let seed = 1; seed <= series; seed++) {
        const judged = judgeAll(changePoint(), rowsOf(noise(seed, learned + rows, likeness)));
        alarms += judged.filter(({ novelty }) => novelty > 0).length;
      }
      expect((series * rows) / alarms).toBeGreaterThan(4_000);
    },
  );

  test("finds a change of one and a half scatters within 30 rows, and says how large it is", () => {
    const at = learned + 400;
    const delays = Array.from({ length: 20 }, (_, seed) => {
      const rows = noise(seed + 1, at + 200, 0).map((value, row) => value + (row < at ? 0 : 1.5));
      return (
        (alarmsOf(judgeAll(changePoint(), rowsOf(rows))).find((row) => row >= at) ?? 9_999) - at
      );
    });
    expect(Math.max(...delays)).toBeLessThan(30);
    const detector = changePoint();
    const state = detector.initialState();
    for (const [row, value] of noise(4, at + 30, 0).entries())
      detector.step(state, timeOf(row), Float64Array.of(50 + 2 * (value + (row < at ? 0 : 2))));
    const { level = 0, before = 0 } = changedLevel(state) ?? {};
    expect(Math.abs(before - 50)).toBeLessThan(0.6);
    expect(level - before).toBeGreaterThan(2.5);
    expect(level - before).toBeLessThan(5.5);
  });

  test("ends when the level is back, and not before", () => {
    const rows = noise(6, 2_500, 0).map(
      (value, row) => value + (row > 1_200 && row < 1_500 ? 2 : 0),
    );
    const alarms = alarmsOf(judgeAll(changePoint(), rowsOf(rows)));
    expect(alarms[0]).toBeGreaterThan(1_200);
    expect(alarms.at(-1)).toBeGreaterThanOrEqual(1_499);
    expect(alarms.at(-1)).toBeLessThan(1_550);
  });

  test.each([
    { sides: "up", finds: 0 },
    { sides: "down", finds: 1 },
  ] as const)("looks $sides alone where it is told to", ({ sides, finds }) => {
    const rows = noise(7, 1_500, 0).map((value, row) => value - (row < 1_200 ? 0 : 2));
    const onsets = judgeAll(changePoint(sides), rowsOf(rows)).filter(({ novelty }) => novelty > 0);
    expect(onsets.length).toBe(finds);
  });

  test("is not moved by single wild rows, nor by a season", () => {
    const wild = noise(8, 3_000, 0).map((value, row) => (row % 100 === 99 ? 1e6 : value));
    expect(alarmsOf(judgeAll(changePoint(), rowsOf(wild)))).toEqual([]);
    const season = noise(9, 20_000, 0).map((value, row) => value + row / 10_000);
    expect(alarmsOf(judgeAll(changePoint(), rowsOf(season)))).toEqual([]);
  });

  test("learns for three days, in the room of 300 rows", () => {
    const detector = changePoint();
    const state = detector.initialState();
    for (const [row, value] of noise(11, learned, 0.5).entries()) {
      expect(state.center).toBeNull();
      expect(state.learning.length).toBeLessThan(300);
      detector.step(state, timeOf(row), Float64Array.of(value));
    }
    for (const [row, value] of noise(12, 5, 0).entries())
      detector.step(state, timeOf(learned + row), Float64Array.of(value));
    expect(state.center).not.toBeNull();
    // (1 + r) / (1 - r) for neighbours alike by 1/2: a mean of many rows scatters as if of a third of them.
    expect(state.scale).toBeGreaterThan(1.2);
    expect(state.scale).toBeLessThan(2.8);
  });

  test("judges a signal that stood still once it has a scatter", () => {
    const rows = [...new Array<number>(1_000).fill(3), ...noise(10, 1_500, 0)];
    const state = changePoint().initialState();
    for (const [row, value] of rows.entries())
      changePoint().step(state, timeOf(row), Float64Array.of(value));
    expect(state.scale).toBeGreaterThan(0);
    expect(state.learning).toEqual([]);
  });
});
