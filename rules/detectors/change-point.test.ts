import { describe, expect, test } from "vitest";
import { changedLevel, changePoint, changePointLearnRows, limitFor } from "./change-point.ts";
import { alarmsOf, gauss, judgeAll } from "./series.fixture.ts";

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
        const judged = judgeAll(
          changePoint(),
          rowsOf(noise(seed, changePointLearnRows + rows, likeness)),
        );
        alarms += judged.filter(({ novelty }) => novelty > 0).length;
      }
      expect((series * rows) / alarms).toBeGreaterThan(4_000);
    },
  );

  test("finds a change of one and a half scatters within 30 rows, and says how large it is", () => {
    const at = 1_000;
    const delays = Array.from({ length: 20 }, (_, seed) => {
      const rows = noise(seed + 1, at + 200, 0).map((value, row) => value + (row < at ? 0 : 1.5));
      return (alarmsOf(judgeAll(changePoint(), rowsOf(rows))).find((row) => row >= at) ?? 999) - at;
    });
    expect(Math.max(...delays)).toBeLessThan(30);
    const detector = changePoint();
    const state = detector.initialState();
    for (const [row, value] of noise(4, at + 30, 0).entries())
      detector.step(state, 0, Float64Array.of(50 + 2 * (value + (row < at ? 0 : 2))));
    const { level = 0, before = 0 } = changedLevel(state) ?? {};
    expect(Math.abs(before - 50)).toBeLessThan(0.6);
    expect(level - before).toBeGreaterThan(2.5);
    expect(level - before).toBeLessThan(5.5);
  });

  test("ends when the level is back, and not before", () => {
    const rows = noise(6, 1_500, 0).map((value, row) => value + (row > 700 && row < 1_000 ? 2 : 0));
    const alarms = alarmsOf(judgeAll(changePoint(), rowsOf(rows))).filter((row) => row > 720);
    expect(alarms.at(-1)).toBeGreaterThanOrEqual(999);
    expect(alarms.at(-1)).toBeLessThan(1_050);
  });

  test.each([
    { sides: "up", finds: 0 },
    { sides: "down", finds: 1 },
  ] as const)("looks $sides alone where it is told to", ({ sides, finds }) => {
    const rows = noise(7, 900, 0).map((value, row) => value - (row < 700 ? 0 : 2));
    const onsets = judgeAll(changePoint(sides), rowsOf(rows)).filter(({ novelty }) => novelty > 0);
    expect(onsets.length).toBe(finds);
  });

  test("is not moved by single wild rows, nor by a season", () => {
    const wild = noise(8, 2_000, 0).map((value, row) => (row % 100 === 99 ? 1e6 : value));
    expect(alarmsOf(judgeAll(changePoint(), rowsOf(wild)))).toEqual([]);
    const season = noise(9, 20_000, 0).map((value, row) => value + row / 10_000);
    expect(alarmsOf(judgeAll(changePoint(), rowsOf(season)))).toEqual([]);
  });

  test("judges a signal that stood still once it has a scatter", () => {
    const rows = [...new Array<number>(500).fill(3), ...noise(10, 900, 0)];
    const state = changePoint().initialState();
    for (const value of rows) changePoint().step(state, 0, Float64Array.of(value));
    expect(state.scale).toBeGreaterThan(0);
    expect(state.learning).toEqual([]);
  });
});
