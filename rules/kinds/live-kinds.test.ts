import { ruleLength } from "@firebreak/plans/rule-state-length.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changePoint } from "../detectors/change-point.ts";
import { contextDrift } from "../detectors/context-drift.ts";
import type { Detector } from "../detectors/detector.ts";
import { multivariate } from "../detectors/multivariate.ts";
import { streamingNovelty } from "../detectors/streaming-novelty.ts";
import { judgeOf } from "../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../engine/rule-engine.ts";
import {
  judgeRestarted,
  judgeRows,
  type MachineRows,
  machineRows,
  type RowKind,
  rowKinds,
  rowPlan,
  rowRules,
  rowSeconds,
  saidOf,
  toldAt,
} from "./live-kinds.fixture.ts";

const runs = { numRuns: process.env.FIREBREAK_SOAK ? 100 : 2 };
const seeds = fc.integer({ min: 1, max: 1_000_000 });

/** Rows that each kind learns from, and some; two of them want three days. */
const learned: Record<RowKind, number> = {
  novelty: 300,
  "change-point": 3 * 144 + 100,
  multivariate: 500,
  "baseline-drift": 3 * 144 + 200,
};
/**
 * Healthy rows before move what was learned (centre, scale, relations) within its error, and so the row in which a sum or
 * a mean passes its limit: twice the most that 200 seeds showed.
 */
const mostMoved: Record<RowKind, number> = {
  novelty: 1,
  "change-point": 6,
  multivariate: 2,
  "baseline-drift": 12,
};
/** From a row on, four times what noise there is. */
const stepAt = (from: number) => (row: number) => (row >= from ? 60 : 0);
/**
 * Nothing that load and weather do comes near it. A smaller step may be within what a kind that has seen few rows still
 * takes for possible, and be found only when it has seen more.
 */
const plainStepAt = (from: number) => (row: number) => 2 * stepAt(from)(row);
const faulty = (kind: RowKind, seed: number, after = 150): MachineRows =>
  machineRows(seed, learned[kind] + after, stepAt(learned[kind]));

const detectors: Record<RowKind, () => Detector<object>> = {
  novelty: () => streamingNovelty(144) as Detector<object>,
  "change-point": () => changePoint() as Detector<object>,
  multivariate: () => multivariate(3) as Detector<object>,
  "baseline-drift": () => contextDrift(2) as Detector<object>,
};

describe.each(rowKinds)("%s", (kind) => {
  test("finds a step, and says what it was before and is now", () => {
    const [raised] = judgeRows(kind, faulty(kind, 3));
    expect(raised?.phase).toBe("raised");
    const row = Number(raised && toldAt(raised).split(" ")[1]);
    expect(row).toBeGreaterThanOrEqual(learned[kind]);
    expect(row).toBeLessThan(learned[kind] + 40);
    const [first] = raised?.evidence ?? [];
    expect(first).toMatchObject({ kind: "signal", signal: "pressure" });
    expect(first?.kind === "signal" && first.observed).toBeGreaterThan(
      (first?.kind === "signal" && first.limit) || 0,
    );
  });

  test("agrees with the detector on files, row by row", () => {
    const rows = faulty(kind, 5);
    const detector = detectors[kind]();
    const state = detector.initialState();
    const values = (row: readonly number[]) =>
      Float64Array.from(kind === "novelty" || kind === "change-point" ? row.slice(0, 1) : row);
    const alarms = rows.flatMap((row, at) =>
      detector.step(state, (at + 0.5) * rowSeconds * 1e9, values(row)).isAlarm ? [at] : [],
    );
    const onEnd = kind === "multivariate" ? 9 : 0;
    const [raised] = judgeRows(kind, [...rows, ...rows.slice(-1)]);
    expect(raised && toldAt(raised)).toBe(`raised ${(alarms[0] ?? Number.NaN) + onEnd}`);
  });

  test("judges from the past alone", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 140 }), (seed, kept) => {
        const rows = faulty(kind, seed);
        const end = learned[kind] + kept;
        const other = machineRows(seed + 1, rows.length, () => 500);
        const whole = judgeRows(kind, rows).map(toldAt);
        const changed = judgeRows(kind, [...rows.slice(0, end), ...other.slice(end)]).map(toldAt);
        const early = (told: string) => Number(told.split(" ")[1]) < end - 1;
        expect(changed.filter(early)).toEqual(whole.filter(early));
      }),
      runs,
    );
  });

  test("does not know units and zero points", () => {
    const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    const offset = fc.integer({ min: -10_000, max: 10_000 });
    fc.assert(
      fc.property(seeds, factor, offset, (seed, by, plus) => {
        const rows = faulty(kind, seed);
        const other = rows.map(
          ([one, two, three]) => [one * by + plus, two / by - plus, three * by + plus] as const,
        );
        expect(judgeRows(kind, other).map(toldAt)).toEqual(judgeRows(kind, rows).map(toldAt));
      }),
      runs,
    );
  });

  test("finds a plain fault in about the same row when healthy rows come before", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 400 }), (seed, before) => {
        const at = before + learned[kind];
        const whole = machineRows(seed, at + 60, plainStepAt(at));
        const first = ([one]: ReturnType<typeof judgeRows>) =>
          Number(one && toldAt(one).split(" ")[1]);
        const alone = first(judgeRows(kind, whole.slice(before), before));
        const later = first(judgeRows(kind, whole));
        expect([alone, later]).not.toContain(Number.NaN);
        // Once in thousands of healthy rows each kind is wrong, and what is said then is said before the fault.
        fc.pre(alone >= at && later >= at);
        expect(Math.abs(later - alone)).toBeLessThanOrEqual(mostMoved[kind]);
      }),
      runs,
    );
  });

  test("says nothing of what never changes", () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const rows = Array.from({ length: learned[kind] }, () => [value, -value, value] as const);
        expect(judgeRows(kind, rows)).toEqual([]);
      }),
      runs,
    );
  });

  test("goes on after a restart anywhere as if there had been none", () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 50, max: 3_000 }), (seed, each) => {
        const rows = faulty(kind, seed);
        expect(judgeRestarted(kind, rows, each)).toEqual(judgeRows(kind, rows));
      }),
      runs,
    );
  });

  test("begins afresh after a proved repair, and learns the new level", () => {
    const plan = rowPlan(rowRules[kind]);
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, plan);
    const rows = faulty(kind, 7, learned[kind] + 200);
    const cut = learned[kind] + 60;
    const [raised] = say(saidOf(rows.slice(0, cut)));
    const provedMs = Date.parse(raised?.since ?? "") + 1e9;
    const ended = engine.repaired("M-1", { findingIds: [raised?.findingId ?? ""], provedMs });
    expect(ended.map(({ phase, cause }) => `${phase} ${cause}`)).toEqual(["cleared repaired"]);
    expect(say(saidOf(rows.slice(cut), cut))).toEqual([]);
  });

  test("learns and judges nothing outside its context, nor before it has settled", () => {
    const title = { en: "loaded", "zh-CN": "负载" };
    const rule = { ...rowRules[kind], context: "loaded", settleSeconds: 1e9 };
    const plan = rowPlan(rule);
    const loaded = (above: number) => ({
      ...plan,
      rules: {
        ...plan.rules,
        contexts: { loaded: { title, all: [{ signal: "load", above }] } },
      },
    });
    for (const never of [loaded(1e6), loaded(-1e6)]) {
      const engine = createRuleEngine({ planOf: () => never });
      expect(judgeOf(engine, never).say(saidOf(faulty(kind, 11)))).toEqual([]);
      expect(JSON.parse(engine.snapshot("M-1")).rules[rule.id].state.inner).toBeNull();
    }
  });

  test("has a bounded state", () => {
    const plan = rowPlan(rowRules[kind]);
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, plan);
    const rows = faulty(kind, 9, 1_000);
    const { id } = rowRules[kind];
    let longest = 0;
    for (let from = 0; from < rows.length; from += 250) {
      say(saidOf(rows.slice(from, from + 250), from));
      const { rules, episodes } = JSON.parse(engine.snapshot("M-1"));
      const kept = JSON.stringify({ [id]: rules[id], episodes });
      longest = Math.max(longest, kept.length);
    }
    const most = ruleLength(plan, rowRules[kind]);
    expect(longest).toBeLessThan(most);
    expect(longest).toBeGreaterThan(most / 4);
  });
});
