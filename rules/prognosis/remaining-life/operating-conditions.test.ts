import { describe, expect, test } from "vitest";
import { createRandom } from "../seeded-random.ts";
import type { History } from "./history.ts";
import { learnConditions, withoutConditions } from "./operating-conditions.ts";
import { madeHistories } from "./run-to-failure.fixture.ts";

const wearing = madeHistories({ units: 5, seed: 1 });
const gains = [1, 30, 0.02, 400, 1, 0];

/** The same lives, but run in ways that change from row to row; the last signal tells which. */
function runIn(ways: (random: () => number) => number, effect: (way: number) => number): History[] {
  const random = createRandom(7);
  return wearing.map((history) => {
    const way = Float64Array.from(history.cycles, () => ways(random));
    const signals = history.signals.map((values, signal) =>
      values.map((value, row) => value + (gains[signal] ?? 0) * effect(way[row] ?? 0)),
    );
    return { ...history, signals: [...signals, way] };
  });
}

const places = [0, 10, 20, 25, 35, 42];
const atPlaces = runIn(
  (random) => (places[Math.floor(random() * places.length)] ?? 0) + 0.01 * random(),
  (way) => (way - 20) * (way > 22 && way < 30 ? -2 : 1),
);
const underLoads = runIn(
  (random) => random(),
  (way) => 30 * way + 8 * way * way,
);

/** Root mean square of what conditions leave in signals that wear, against the lives without them, in noise. */
function leftOver(histories: readonly History[]): number {
  const conditions = learnConditions(histories);
  let sum = 0;
  let count = 0;
  histories.forEach((history, unit) => {
    const usual = withoutConditions(history, conditions);
    for (const signal of [0, 1, 2, 3]) {
      const plain = wearing[unit]?.signals[signal] ?? new Float64Array(0);
      const level = [640, 1500, 0.5, -8000][signal] ?? 0;
      plain.forEach((value, row) => {
        const off = (usual.signals[signal]?.[row] ?? 0) - (value - level);
        sum += (off / (gains[signal] ?? 1)) ** 2;
        count++;
      });
    }
  });
  return Math.sqrt(sum / count);
}

describe("operating conditions", () => {
  test.each([
    { name: "places apart", histories: atPlaces },
    { name: "a load that takes every value", histories: underLoads },
  ])("are told from $name and taken out", ({ histories }) => {
    expect(learnConditions(histories).map(({ signal }) => signal)).toEqual([6]);
    expect(leftOver(histories)).toBeLessThan(1);
  });

  test("are none where a fleet is run in one way, and then nothing is changed", () => {
    expect(learnConditions(wearing)).toEqual([]);
    const [unit] = wearing;
    expect(unit && withoutConditions(unit, [])).toBe(unit);
  });

  test("do not depend on scales, and survive being written out", () => {
    const other = atPlaces.map(({ signals, ...history }) => ({
      ...history,
      signals: signals.map((values, at) => values.map((value) => value * 10 ** (at - 3) - 5)),
    }));
    const [one, two] = [learnConditions(atPlaces), learnConditions(other)];
    expect(two.map(({ signal }) => signal)).toEqual(one.map(({ signal }) => signal));
    two[0]?.usual[0]?.spreads.forEach((spread, at) => {
      expect(spread).toBeCloseTo(one[0]?.usual[0]?.spreads[at] ?? 0, 6);
    });
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });

  test("take what is the same at each place for what never changes", () => {
    const fixed = atPlaces.map(({ signals, ...history }) => ({
      ...history,
      signals: [...signals, Float64Array.from(signals[6] ?? [], (way) => 3 * Math.round(way / 5))],
    }));
    const conditions = learnConditions(fixed);
    const [unit] = fixed;
    expect(conditions.length).toBeGreaterThan(0);
    const told = new Set(conditions.map(({ signal }) => signal));
    const left = unit && withoutConditions(unit, conditions).signals[told.has(7) ? 6 : 7];
    expect(Math.max(...(left ?? [1]).map(Math.abs))).toBeLessThan(0.1);
  });
});
