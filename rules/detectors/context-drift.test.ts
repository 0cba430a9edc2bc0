import { describe, expect, test } from "vitest";
import { contextDrift, driftedLevel } from "./context-drift.ts";
import { addMoments, emptyMoments, explain } from "./moments.ts";
import { alarmsOf, gauss } from "./series.fixture.ts";

const tenMinutesNs = 600e9;
const perDay = 48; // eight hours of operation
const options = { learnRows: 144 };

/** Oil temperature of a machine: load and ambient temperature explain it, but for what `fault` adds. */
function days(seed: number, count: number, fault: (row: number) => number = () => 0) {
  const next = gauss(seed);
  let load = 0;
  return Array.from({ length: count * perDay }, (_, row) => {
    load = 0.8 * load + 0.6 * next();
    const day = Math.floor(row / perDay);
    const ambient = 18 + 8 * Math.sin(day / 9) + 4 * Math.sin((row % perDay) / 15) + 0.5 * next();
    const oil = 40 + 1.1 * ambient + 4 * load + 0.8 * next() + fault(row);
    return Float64Array.of(oil, 50 + 20 * load, ambient);
  });
}
const timeOf = (row: number) =>
  Math.floor(row / perDay) * 24 * 3600e9 + (row % perDay) * tenMinutesNs;

function judge(rows: readonly Float64Array[], explaining = 2) {
  const detector = contextDrift(explaining, options);
  const state = detector.initialState();
  const judged = rows.map((row, at) =>
    detector.step(state, timeOf(at), row.slice(0, explaining + 1)),
  );
  return { judged, state };
}

describe("contextDrift", () => {
  test.each([1, 2, 3, 4, 5, 6])(
    "says nothing of a sound machine in half a year (seed %i)",
    (seed) => {
      expect(alarmsOf(judge(days(seed, 180)).judged)).toEqual([]);
    },
  );

  test("finds a cooler that clogs by a fifth of a degree a day, long before its oil is hotter than ever", () => {
    const from = 20 * perDay;
    const creep = (row: number) => (row < from ? 0 : ((row - from) / perDay) * 0.2);
    const rows = days(8, 60, creep);
    const { judged, state } = judge(rows);
    const [first = 0] = alarmsOf(judged);
    expect(first).toBeGreaterThan(from);
    expect(first).toBeLessThan(from + 25 * perDay);
    const hottest = (until: number) => Math.max(...rows.slice(0, until).map(([oil = 0]) => oil));
    expect(hottest(first)).toBeLessThan(hottest(from) + 4);
    const { level = 0, expected = 0 } = driftedLevel(state) ?? {};
    expect(level - expected).toBeGreaterThan(2);
  });

  test("without what explains it, the weather is a drift or hides one", () => {
    const from = 20 * perDay;
    const rows = days(8, 60, (row) => (row < from ? 0 : ((row - from) / perDay) * 0.2));
    const [alone = Number.POSITIVE_INFINITY] = alarmsOf(judge(rows, 0).judged);
    expect(alone).toBeGreaterThan(alarmsOf(judge(rows).judged)[0] ?? 0);
  });

  test("learns conditions that it has never seen, and does not judge them before", () => {
    const rows = days(9, 40).map((row, at) => {
      const [oil = 0, load = 0, ambient = 0] = row;
      // Behind day 20 another season, in which the same machine answers otherwise.
      return at < 20 * perDay ? row : Float64Array.of(oil - 50, load, ambient - 40);
    });
    const { judged, state } = judge(rows);
    expect(judged.slice(20 * perDay, 20 * perDay + 25).every(({ score }) => score === 0)).toBe(
      true,
    );
    expect(Math.min(...state.low.map((low) => low ?? 0))).toBeLessThan(0);
  });

  test("waits for three days, however many rows they have", () => {
    const detector = contextDrift(2, options);
    const state = detector.initialState();
    for (const [at, row] of days(3, 4).entries()) {
      detector.step(state, at * tenMinutesNs, row);
      if (at < 144) expect(state.explained).toBeNull();
    }
    expect(state).toMatchObject({ rows: 4 * perDay, explained: null });
    for (const [at, row] of days(4, 20).entries())
      detector.step(state, (at + 4 * perDay) * tenMinutesNs, row);
    expect(state.explained).not.toBeNull();
  });
});

describe("explain", () => {
  test("gives the weights and what is left of a known regression", () => {
    const next = gauss(1);
    const moments = emptyMoments(3);
    for (let row = 0; row < 5_000; row++) {
      const [one, two] = [1_000 + 10 * next(), -3 + next()];
      addMoments(moments, [5 + 2 * one - 7 * two + 3 * next(), one, two]);
    }
    const { weights, spread } = explain(moments);
    expect(weights[0]).toBeCloseTo(2, 1);
    expect((weights[1] ?? 0) / -7).toBeCloseTo(1, 1);
    expect(spread).toBeCloseTo(3, 0);
  });

  test("gives nothing to what never moved, and finds no scatter in what stands still", () => {
    const moments = emptyMoments(2);
    for (let row = 0; row < 50; row++) addMoments(moments, [0.1, 5]);
    expect(explain(moments)).toEqual({ weights: [0], spread: 0 });
  });
});
