import { describe, expect, test } from "vitest";
import { emptyDrift, followDrift, holdDrift, stepDrift, teachDrift } from "./drift-view.ts";
import { emptyRange, stepRange } from "./record-range.ts";
import { relationsOf, standardise, unexplained } from "./relations.ts";
import { noRest, stepRest } from "./rest.ts";
import { gauss } from "./series.fixture.ts";
import { emptyViews, stepViews } from "./signal-views.ts";

describe("stepRange", () => {
  /** A range from 0 to 10 of 1,000 values, after which everything counts half. */
  const taught = () => {
    const range = emptyRange();
    for (let at = 0; at < 1_000; at++) stepRange(range, at % 11, 1_000);
    return range;
  };

  test("is 0 in the range, and while it learns", () => {
    const range = emptyRange();
    expect([5, 9, 1, 1e6].map((value) => stepRange(range, value, 4))).toEqual([0, 0, 0, 0]);
    expect([1e6, 1, 500].map((value) => stepRange(range, value, 4))).toEqual([0, 0, 0]);
  });

  test("measures the excess in ranges, above and below", () => {
    // ln(1 + 10/10) in usual records of 0.3 nats, half mature.
    const size = (Math.log(2) / 0.3) * 0.5;
    expect(stepRange(taught(), 20, 1_000)).toBeCloseTo(size, 12);
    expect(stepRange(taught(), -10, 1_000)).toBeCloseTo(size, 12);
  });

  test("gives each record of a trend less than the one before, and a known height nothing", () => {
    const range = taught();
    const first = stepRange(range, 20, 1_000);
    expect(stepRange(range, 20, 1_000)).toBe(0);
    const steps = [40, 80, 160, 320].map((value) => stepRange(range, value, 1_000));
    expect(Math.max(...steps)).toBeLessThan(first);
    expect(steps).toEqual(steps.toSorted((a, b) => b - a));
  });

  test("bounds a record, also that of a range without width", () => {
    const flat = emptyRange();
    for (let at = 0; at < 1_000; at++) stepRange(flat, 7, 1_000);
    expect(stepRange(flat, 7.001, 1_000)).toBeCloseTo(2 / 0.3 / 2, 12);
    expect(stepRange(taught(), 1e9, 1_000)).toBeCloseTo(2 / 0.3 / 2, 12);
  });
});

describe("stepViews", () => {
  const hourNs = 3_600e9;

  test("gives value, change, level and spread of 48 rows, and the difference from the day before", () => {
    const views = emptyViews();
    const rows = Array.from({ length: 72 }, (_, at) => stepViews(views, at * hourNs, at % 24));
    expect(rows[0]).toEqual([0, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    expect(rows[46]?.slice(0, 3)).toEqual([22, 1, Number.NaN]);
    expect(rows[50]?.[2]).toBeCloseTo(11.5, 9);
    expect(rows[50]?.[3]).toBeCloseTo(Math.sqrt((24 ** 2 - 1) / 12), 9);
    expect(rows[23]?.[4]).toBeNaN();
    expect(rows[24]?.[4]).toBe(0);
    expect(stepViews(views, 72 * hourNs, 5)[4]).toBe(5);
  });

  test("makes nothing of what never changes, however many rows five minutes have", () => {
    const views = emptyViews();
    const rows = Array.from({ length: 5_000 }, (_, at) => stepViews(views, at * 37e9, 0.1));
    expect(rows.slice(2_400).every((row) => row[4] === 0 && row[3] === 0 && row[2] === 0.1)).toBe(
      true,
    );
  });

  test("has no day before without times, and before 1970 too", () => {
    const views = emptyViews();
    expect(stepViews(views, Number.NaN, 1)[4]).toBeNaN();
    stepViews(views, -25 * hourNs, 3);
    stepViews(views, -24 * hourNs, 4);
    expect(stepViews(views, -hourNs, 5)[4]).toBe(2);
  });
});

describe("stepRest", () => {
  test("lets what is larger through, and all again after 3 % of the rows", () => {
    const rest = noRest();
    for (let row = 0; row < 1_000; row++) expect(stepRest(rest, 0)).toBe(0);
    expect([2, 1, 2, 3, 2].map((spike) => stepRest(rest, spike))).toEqual([2, 0, 0, 3, 0]);
    for (let row = 0; row < 40; row++) stepRest(rest, 0);
    expect(stepRest(rest, 1)).toBe(1);
  });
});

describe("drift views", () => {
  /** White noise of standard deviation 1: the fast mean of it scatters by 0.23. */
  const taught = () => {
    const view = emptyDrift();
    const next = gauss(3);
    for (let at = 0; at < 2_000; at++) teachDrift(view, next(), at >= 100);
    return view;
  };

  test("measure the fast mean against the slow one in its own scatter", () => {
    const view = taught();
    let scales = 0;
    for (let at = 0; at < 60; at++) scales = stepDrift(view, 2);
    expect(scales).toBeGreaterThan(7);
    expect(scales).toBeLessThan(10);
  });

  test("follow what is healthy and hold what is part of an alarm", () => {
    const [healthy, beside, part] = [taught(), taught(), taught()];
    for (let at = 0; at < 400; at++) {
      for (const view of [healthy, beside, part]) stepDrift(view, 2);
      followDrift(healthy, 2);
      holdDrift(beside, 2, false);
      holdDrift(part, 2, true);
    }
    expect(healthy.slow).toBeGreaterThan(1.5);
    expect(beside.slow).toBeGreaterThan(1.5);
    expect(part.slow).toBeLessThan(0.4);
    expect(healthy.healthyRows).toBeGreaterThan(beside.healthyRows);
  });

  test("let no wild row into the scale, and forget old ones", () => {
    const view = taught();
    const scale = () => Math.sqrt(view.squares / view.healthyRows);
    const before = scale();
    for (let at = 0; at < 5; at++) {
      stepDrift(view, 1e6);
      followDrift(view, 1e6);
    }
    expect(scale()).toBeLessThan(before * 1.05);
    for (let at = 0; at < 9_000; at++) followDrift(view, view.slow);
    expect(view.healthyRows).toBe(4_000);
  });

  test("say nothing of what never moved", () => {
    const view = emptyDrift();
    for (let at = 0; at < 100; at++) teachDrift(view, 0, true);
    expect(stepDrift(view, 5)).toBe(0);
    expect(stepDrift(emptyDrift(), 5)).toBe(0);
  });
});

describe("relations", () => {
  test("find what the others do not explain, in its own standard deviations", () => {
    const next = gauss(5);
    const rows = Array.from({ length: 2_000 }, () => {
      const load = next();
      return [1e6 + 50 * load, -3 * load + next(), 7];
    });
    const relations = relationsOf(rows);
    expect(relations.spreads[0]).toBeCloseTo(50, -1);
    expect(relations.spreads[2]).toBe(1);
    const residualOf = (row: number[]) => unexplained(relations, standardise(relations, row));
    const follows = residualOf([1e6 + 100, -6, 7]);
    const breaks = residualOf([1e6 + 100, 6, 7]);
    expect(Math.abs(follows[1] ?? Number.NaN)).toBeLessThan(0.5);
    // Twelve off where the noise is 1, which the ridge makes 1.4: 1.05 - 0.9 / 1.05 of a variance of 10.
    expect(breaks[1]).toBeCloseTo(12 / 1.4, 0);
    expect(breaks[2]).toBe(0);
  });

  test("say nothing of what lies far beyond what was learned", () => {
    const next = gauss(6);
    const rows = Array.from({ length: 500 }, () => {
      const load = next();
      return [load, load + 0.1 * next()];
    });
    const relations = relationsOf(rows);
    const otherAt = (load: number) => Math.abs(unexplained(relations, [load, 0])[1] ?? 0);
    expect(otherAt(1e3)).toBe(otherAt(1e6));
    expect(otherAt(3)).toBeLessThan(otherAt(1e3));
  });
});
