import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Judgement } from "./detector.ts";
import { multivariate } from "./multivariate.ts";
import { alarmsOf, judgeAll, machine, type Rows } from "./series.fixture.ts";
import { streamingNovelty } from "./streaming-novelty.ts";

const rowCount = 700;
const learnRows = 200;
const runs = { numRuns: process.env.FIREBREAK_SOAK ? 200 : 6 };

const seeds = fc.integer({ min: 1, max: 1_000_000 });
const faultRows = fc.integer({ min: 400, max: 650 });
const kinds = fc.constantFrom("step", "relation") as fc.Arbitrary<"step" | "relation">;

const only = (rows: Rows, signal: number): Rows => rows.map((row) => [row[signal] ?? Number.NaN]);

/** Both detectors on the same rows: the third signal alone, and all three. */
const detectors = [
  {
    name: "streaming novelty",
    judge: (rows: Rows, options = {}) =>
      judgeAll(streamingNovelty(learnRows), only(rows, 2), options),
  },
  {
    name: "multivariate",
    judge: (rows: Rows, options = {}) => judgeAll(multivariate(3, learnRows), rows, options),
  },
];

function expectAlike(ours: readonly Judgement[], theirs: readonly Judgement[]): void {
  expect(alarmsOf(ours)).toEqual(alarmsOf(theirs));
  const differences = ours.map(({ novelty, score }, row) => {
    const other = theirs[row] ?? { novelty: Number.NaN, score: Number.NaN };
    return Math.max(Math.abs(novelty - other.novelty), Math.abs(score - other.score));
  });
  expect(Math.max(...differences)).toBeLessThan(1e-5);
}

describe.each(detectors)("$name", ({ judge }) => {
  test("judges a row by the rows up to it alone", () => {
    fc.assert(
      fc.property(
        seeds,
        faultRows,
        kinds,
        fc.integer({ min: 1, max: rowCount }),
        (seed, at, kind, end) => {
          const rows = machine(seed, rowCount, { at, kind });
          const other = machine(seed + 1, rowCount, { at: 410, kind: "step" });
          const changed = [...rows.slice(0, end), ...other.slice(end)];
          expect(judge(changed).slice(0, end)).toEqual(judge(rows).slice(0, end));
        },
      ),
      runs,
    );
  });

  test("goes on after a restart anywhere as if there had been none", () => {
    fc.assert(
      fc.property(
        seeds,
        faultRows,
        fc.integer({ min: 0, max: rowCount }),
        (seed, at, restartAt) => {
          const rows = machine(seed, rowCount, { at, kind: "step" });
          expect(judge(rows, { restartAt })).toEqual(judge(rows));
        },
      ),
      runs,
    );
  });

  test("does not know units and zero points", () => {
    const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const offset = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(
        seeds,
        faultRows,
        kinds,
        fc.tuple(factor, factor, factor),
        fc.tuple(offset, offset, offset),
        (seed, at, kind, factors, offsets) => {
          const rows = machine(seed, rowCount, { at, kind });
          const other = rows.map((row) =>
            row.map(
              (value, signal) => (value + (offsets[signal] ?? 0) * 0.01) * (factors[signal] ?? 1),
            ),
          );
          expectAlike(judge(other), judge(rows));
        },
      ),
      runs,
    );
  });

  test("does not know dates", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 0, max: 1_000_000 }), (seed, fromRow) => {
        const rows = machine(seed, rowCount, { at: 500, kind: "step" });
        expect(judge(rows, { fromRow })).toEqual(judge(rows));
      }),
      runs,
    );
  });

  test("finds a step within three rows, whatever the seed, and says so until it is over", () => {
    fc.assert(
      fc.property(seeds, faultRows, (seed, at) => {
        const judged = judge(machine(seed, rowCount, { at, kind: "step" }));
        const onset = judged.findIndex(({ isAlarm }, row) => isAlarm && row >= at);
        expect(onset - at).toBeLessThan(3);
        expect(judged[onset]?.novelty).toBeGreaterThanOrEqual(1);
        const lasting = judged.slice(onset, onset + 40);
        expect(Math.min(...lasting.map(({ score }) => score))).toBeGreaterThan(0.5);
        expect(alarmsOf(judged.slice(0, learnRows))).toEqual([]);
      }),
      runs,
    );
  });

  test("still finds a fault in the same row when healthy rows come before", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 1500 }), (seed, before) => {
        const at = 500;
        const whole = machine(seed, before + rowCount, { at: before + at, kind: "step" });
        const first = (judged: Judgement[], from: number) =>
          judged.findIndex(({ isAlarm }, row) => isAlarm && row >= from) - from;
        const alone = judge(whole.slice(before), { fromRow: before });
        expect(first(judge(whole), before + at)).toBe(first(alone, at));
      }),
      runs,
    );
  });

  test("says nothing of what never changes", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const rows = Array.from({ length: 500 }, () => [value, -value, value]);
        expect(judge(rows).filter(({ novelty, score }) => novelty !== 0 || score !== 0)).toEqual(
          [],
        );
      }),
      runs,
    );
  });

  test("gives numbers whatever comes", () => {
    const cell = fc.oneof(
      { weight: 5, arbitrary: fc.double({ min: -1e9, max: 1e9, noNaN: true }) },
      fc.double(),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell), { minLength: 250, maxLength: 400 }),
        (rows) => {
          const bad = judge(rows).filter(
            ({ novelty, score }) => !(novelty >= 0 && score >= 0 && score <= 1),
          );
          expect(bad).toEqual([]);
        },
      ),
      runs,
    );
  });
});

describe("score of one signal", () => {
  test("lasts while the value stays where it never was, and fades once it is back", () => {
    const scoresFor = (back: number) => {
      const rows = machine(3, 1_500, { at: 700, kind: "step" });
      const healthy = machine(3, 1_500);
      return judgeAll(
        streamingNovelty(),
        only([...rows.slice(0, back), ...healthy.slice(back)], 2),
      );
    };
    expect(scoresFor(1_500)[1_200]?.score).toBeGreaterThan(0.5);
    expect(scoresFor(800)[790]?.score).toBeGreaterThan(0.5);
    expect(scoresFor(800)[1_200]?.score).toBeLessThan(0.4);
  });
});

describe("state", () => {
  const lengthOf = (state: object) => JSON.stringify(state).length;

  test("of one signal stays below 10,000 characters", () => {
    const detector = streamingNovelty();
    const state = detector.initialState();
    machine(1, 6_000).forEach((row, at) => {
      detector.step(state, at * 300e9, Float64Array.of(row[2] ?? 0));
      if (at % 500 === 0) expect(lengthOf(state)).toBeLessThan(10_000);
    });
  });

  test("of several signals is largest while it learns, 400 rows, and then 1,500 characters a signal", () => {
    const detector = multivariate(3, 5_000);
    const state = detector.initialState();
    machine(1, 6_000).forEach((row, at) => {
      detector.step(state, Number.NaN, Float64Array.from(row));
      expect(state.learning.length).toBeLessThan(400);
      if (at % 500 === 0) expect(lengthOf(state)).toBeLessThan(at < 400 ? 30_000 : 4_500);
    });
  });
});
