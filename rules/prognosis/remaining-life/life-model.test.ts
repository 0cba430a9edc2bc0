import { describe, expect, test } from "vitest";
import type { History } from "./history.ts";
import { predictLeft } from "./life-regression.ts";
import { predictLife } from "./predict-life.ts";
import { type MadeHistory, madeHistories } from "./run-to-failure.fixture.ts";
import { trainLifeModel } from "./train-life-model.ts";

const train = madeHistories({ units: 6, seed: 1 });
const running = madeHistories({ units: 60, seed: 2, cutUpTo: 50 });
const shares: number[] = [];
const model = trainLifeModel(train, { seed: 1, onProgress: (share) => shares.push(share) });

const rmse = (histories: readonly MadeHistory[], answer: (history: History) => number) =>
  Math.sqrt(
    histories.reduce((sum, history) => sum + (answer(history) - history.rul) ** 2, 0) /
      histories.length,
  );
const mapSignals = <H extends History>(
  histories: readonly H[],
  of: (history: H) => readonly Float64Array[],
): H[] => histories.map((history) => ({ ...history, signals: of(history) }));
const answersOf = (histories: readonly MadeHistory[], live: readonly MadeHistory[], seed = 1) => {
  const other = trainLifeModel(histories, { seed });
  return live.map((history) => predictLife(other, history));
};
const own = running.map((history) => predictLife(model, history));

describe("trainLifeModel", () => {
  test("tells how long units last far better than a guess", () => {
    const guess = running.reduce((sum, { rul }) => sum + rul, 0) / running.length;
    const error = rmse(running, (history) => predictLife(model, history).rul);
    expect(error).toBeLessThan(0.6 * rmse(running, () => guess));
  });

  test("has most ends in its intervals, but not by making them endless", () => {
    const inside = running.filter(({ rul }, at) => {
      const { lo = 0, hi = 0 } = own[at] ?? {};
      return lo <= rul && rul <= hi;
    });
    expect(inside.length / running.length).toBeGreaterThan(0.65);
    const late = own.filter(({ rul }) => rul < 20);
    expect(late.length).toBeGreaterThan(5);
    for (const { lo, hi } of late) expect(hi - lo).toBeLessThan(60);
  });

  test("sets the knee where wear begins to show", () => {
    expect(model.regression.knee).toBeGreaterThan(20);
    expect(model.regression.knee).toBeLessThan(110);
  });

  test("leaves out what says nothing", () => {
    const used = model.regression.plan.scalings.map(({ signal }) => signal);
    expect(used.sort()).toEqual([0, 1, 2, 3]);
  });

  test("makes do with three histories, and with signals that all say nothing", () => {
    const few = trainLifeModel(train.slice(0, 3), { seed: 1 });
    const [unit] = running;
    if (!unit) throw new Error("no unit");
    expect(predictLife(few, unit).hi).toBeGreaterThanOrEqual(predictLife(few, unit).lo);
    const silent = (histories: readonly MadeHistory[]) =>
      mapSignals(histories, ({ signals }) => signals.slice(4));
    for (const { rul, lo, hi } of answersOf(silent(train.slice(0, 4)), silent(running)))
      expect(lo <= rul && rul <= hi && Number.isFinite(hi)).toBe(true);
  });

  test("shows its progress from start to end", () => {
    expect(shares.length).toBeGreaterThan(5);
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });
});

describe("whatever the histories", () => {
  test("the interval holds the estimate and lies ahead", () => {
    for (const { rul, lo, hi } of own) expect(0 <= lo && lo <= rul && rul <= hi).toBe(true);
  });

  test("the same seed gives the same answers", () => {
    const small = train.slice(0, 3);
    expect(answersOf(small, running, 9)).toEqual(answersOf(small, running, 9));
    expect(answersOf(small, running, 9)).not.toEqual(answersOf(small, running, 10));
  });

  test("scale, shift, sign and order of signals change nothing", () => {
    const factors = [3, 0.001, -7, 1e4, 2, 5];
    const shifts = [-50, 4, 1e3, 0, 9, -1];
    const moved = (histories: readonly MadeHistory[]) =>
      mapSignals(histories, ({ signals }) =>
        signals
          .map((signal, at) => signal.map((v) => v * (factors[at] ?? 1) + (shifts[at] ?? 0)))
          .reverse(),
      );
    answersOf(moved(train), moved(running)).forEach(({ rul, lo, hi }, at) => {
      expect(rul).toBeCloseTo(own[at]?.rul ?? 0, 6);
      expect(lo).toBeCloseTo(own[at]?.lo ?? 0, 6);
      expect(hi).toBeCloseTo(own[at]?.hi ?? 0, 6);
    });
  });

  test("an answer rests on rows of its own unit, up to now", () => {
    const [unit] = madeHistories({ units: 1, seed: 4 });
    if (!unit) throw new Error("no unit");
    const rows = [20, 60, 100];
    const seen = (row: number): History => ({
      unit: unit.unit,
      cycles: unit.cycles.slice(0, row + 1),
      signals: unit.signals.map((signal) => signal.slice(0, row + 1)),
    });
    const now = rows.map((row) => predictLife(model, seen(row)).rul);
    expect(predictLeft(model.regression, unit, rows)).toEqual(now);
  });

  test("units close to their end are told from units that are not", () => {
    for (const unit of madeHistories({ units: 20, seed: 5 })) {
      const last = unit.cycles.length - 1;
      const [early = 0, late = 0, end = 0] = predictLeft(model.regression, unit, [
        last - 90,
        last - 20,
        last,
      ]);
      expect(late).toBeLessThan(early);
      expect(end).toBeLessThanOrEqual(late + 3);
    }
  });

  test("twice as long cycles give lives half as long", () => {
    const halved = (histories: readonly MadeHistory[]) =>
      histories.map((history) => ({
        ...history,
        cycles: history.cycles.map((cycle) => cycle / 2),
      }));
    answersOf(halved(train), halved(running)).forEach(({ rul }, at) => {
      expect(2 * rul).toBeCloseTo(own[at]?.rul ?? 0, 6);
    });
  });
});
