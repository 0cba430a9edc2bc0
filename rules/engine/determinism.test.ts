import type { Derived } from "@firebreak/plans/derived-schema.ts";
import { dictionaryOfPlan } from "@firebreak/plans/dictionary-of-plan.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import type { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Finding } from "../finding.ts";
import {
  amber,
  batchOf,
  codeRule,
  dark,
  dtc,
  highRule,
  lostRule,
  ofSafety,
  type Said,
  startMs,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine, type RuleEngine } from "./rule-engine.ts";

const dayMs = 24 * 3600_000;

/** A machine's day in random steps: what it says, with gaps, bad qualities, codes that come and go, and new epochs. */
const stream = fc
  .array(
    fc.record({
      step: fc.oneof(
        { weight: 20, arbitrary: fc.integer({ min: 1, max: 900 }) },
        fc.integer({ min: 900, max: 30_000 }),
      ),
      what: fc.integer({ min: 0, max: 5 }),
      level: fc.constantFrom(0, 40, 95, 105, 130, 900),
      quality: fc.constantFrom(0, 0, 0, 0, 1, 2, 2, 4) as fc.Arbitrary<Quality>,
      codes: fc.constantFrom([], [dtc(7, 4)], [dtc(7, 1)], [dtc(7, 4), dtc(99, 31)]),
      lamp: fc.constantFrom(dark, amber),
      newEpoch: fc.integer({ min: 0, max: 60 }),
    }),
    { minLength: 20, maxLength: 250 },
  )
  .map((steps) => {
    let at = 0;
    let number = 1;
    return steps.map(({ step, what, level, quality, codes, lamp, newEpoch }) => {
      at = Math.round(at * 1000 + step) / 1000;
      if (newEpoch === 0) number++;
      const said: Said =
        what === 0
          ? { at, signal: "speed", value: level }
          : what === 1
            ? { at, signal: "slow", value: level, quality }
            : what <= 3
              ? { at, signal: "pressure", value: level, quality }
              : { at, dtcs: codes, lamps: lamp, sa: what - 4 };
      return { said, epoch: number.toString(16).padStart(32, "0") };
    });
  });

const about = {
  title: { en: "test", "zh-CN": "测试" },
  range: [-1e6, 1e6],
  source: "engineering default",
} satisfies Partial<Derived>;

/** One of each way to take samples in, on top of one another. */
const derived: Record<string, Derived> = {
  share: { ...about, unit: "%", operator: "ratio", of: "pressure", by: "speed" },
  gap: { ...about, unit: "kPa", operator: "difference", of: "pressure", minus: "slow" },
  mean: {
    ...{ ...about, unit: "kPa", operator: "window", of: "gap", statistic: "mean" },
    ...{ windowSeconds: 2, context: "derived-too" },
  },
  slope: { ...about, unit: "%/h", operator: "rate", of: "share", windowSeconds: 4 },
  sum: { ...about, unit: "min", operator: "ratio", of: "since", by: { value: 1, unit: "count" } },
  since: {
    ...{ ...about, unit: "s", operator: "duration", measure: "since" },
    condition: { signal: "pressure", above: 100 },
  },
  peak: {
    ...{ ...about, unit: "kPa", operator: "cycle", feature: "peak", of: "slow" },
    ...{ by: { signal: "pressure", above: 100, below: 50, until: "falls-below" } },
    longestSeconds: 60,
  },
  median: {
    ...{ ...about, unit: "kPa", operator: "window", of: "pressure", statistic: "quantile" },
    windowSeconds: 5,
  },
};

const limits: Readonly<Record<string, number>> = { share: 150, sum: 0.005 };

const onDerived = (["share", "gap", "mean", "slope", "sum", "peak", "median"] as const).map(
  (signal): Rule => ({
    ...highRule,
    ...{ id: `on-${signal}`, signal, hysteresis: 0, context: "derived-too" },
    ...{ above: limits[signal] ?? 12, holdSeconds: signal === "peak" ? 0 : 0.2 },
  }),
);

/** They learn for longer than a stream lasts; live-kinds.test.ts has them speak. */
const inRows = {
  about: highRule.about,
  severity: "warning",
  failureMode: "too-high",
  everySeconds: 1,
  settleSeconds: 0,
} as const;

const plain = ofSafety(
  testPlan([
    ...onDerived,
    { ...highRule, holdSeconds: 0.4 },
    {
      ...highRule,
      id: "slow-low",
      signal: "slow",
      above: undefined as never,
      below: 50,
      holdSeconds: 1,
    },
    { ...lostRule, holdSeconds: 0.5 },
    { ...codeRule, minMessages: 2, holdSeconds: 0.3 },
    {
      ...{ id: "fast", about: highRule.about, severity: "warning", signal: "pressure" },
      ...{ kind: "rate-of-change", rise: 1, per: "second", overSeconds: 8, holdSeconds: 0 },
      failureMode: "too-high",
    },
    {
      ...{ id: "often", about: highRule.about, severity: "warning", signal: "pressure" },
      ...{ kind: "window-count", above: 100, hysteresis: 1, windowSeconds: 60, count: 3 },
      failureMode: "too-high",
    },
    {
      ...{ id: "long", about: highRule.about, severity: "warning", signal: "slow" },
      ...{ kind: "window-count", below: 50, hysteresis: 1, windowSeconds: 100, totalSeconds: 3 },
      failureMode: "too-high",
    },
    { ...inRows, id: "novel", kind: "novelty", signal: "pressure" },
    { ...inRows, id: "changed", kind: "change-point", signal: "pressure" },
    { ...inRows, id: "apart", kind: "multivariate", signals: ["pressure", "slow"] },
    { ...inRows, id: "drift", kind: "baseline-drift", signal: "pressure", against: ["slow"] },
    {
      ...{ id: "in-turn", about: highRule.about, severity: "warning", failureMode: "too-high" },
      ...{ kind: "composite", sequence: ["slow-low", "high"], withinSeconds: 20, holdSeconds: 0.2 },
      unless: ["lost"],
    },
  ]),
);

const { title } = about;
const sensitive: Plan = {
  ...plain,
  rules: {
    ...plain.rules,
    derived,
    contexts: {
      ...plain.rules.contexts,
      "derived-too": { title, all: [{ signal: "since", below: 20 }] },
    },
  },
};

function judgeCut(
  steps: readonly { readonly said: Said; readonly epoch: string }[],
  cuts: readonly number[],
  betweenBatches: (engine: RuleEngine) => RuleEngine = (engine) => engine,
): Finding[] {
  let engine = createRuleEngine({ planOf: () => sensitive });
  const dictionary = dictionaryOfPlan(sensitive);
  const findings: Finding[] = [];
  let from = 0;
  for (let to = 1; to <= steps.length; to++) {
    const isCut =
      to === steps.length || steps[to]?.epoch !== steps[from]?.epoch || cuts.includes(to);
    if (!isCut) continue;
    const { epoch: of = "" } = steps[from] ?? {};
    const said = steps.slice(from, to).map((step) => step.said);
    const batch = batchOf(sensitive, said, of);
    // Every other stream is history for its first seconds, the others are not at all.
    const receivedMs = steps.length % 2 === 0 ? startMs : startMs + dayMs + 20_000;
    findings.push(
      ...engine.process({ machineId: "M-1", epoch: of, receivedMs, batch, dictionary }),
    );
    engine = betweenBatches(engine);
    from = to;
  }
  return findings;
}

describe("determinism", () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 249 }), { maxLength: 40 });
  const runs = { numRuns: process.env.FIREBREAK_SOAK ? 3000 : 150 };

  test("gives the same findings wherever the batches were cut", () => {
    let found = 0;
    let latched = 0;
    let again = 0;
    const spoke = new Set<string>();
    fc.assert(
      fc.property(stream, cuts, (steps, at) => {
        const whole = judgeCut(steps, []);
        found += whole.length;
        const waiting = new Set<string>();
        for (const { ruleId, findingId, isLatched } of whole) {
          spoke.add(ruleId);
          if (isLatched) waiting.add(findingId);
          else if (waiting.delete(findingId)) again++;
        }
        latched += waiting.size;
        expect(judgeCut(steps, at)).toEqual(whole);
        expect(
          judgeCut(
            steps,
            steps.map((_, index) => index),
          ),
        ).toEqual(whole);
      }),
      runs,
    );
    expect(found).toBeGreaterThan(100); // else the streams say nothing
    expect(latched).toBeGreaterThan(0); // at the end
    expect(again).toBeGreaterThan(0);
    const silent = onDerived.filter(({ id }) => !spoke.has(id));
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test("gives the same findings when it is stopped and restored anywhere", () => {
    fc.assert(
      fc.property(stream, cuts, (steps, at) => {
        const restarted = judgeCut(steps, at, (engine) => {
          const next = createRuleEngine({ planOf: () => sensitive });
          next.restore("M-1", engine.snapshot("M-1"));
          expect(next.snapshot("M-1")).toBe(engine.snapshot("M-1"));
          return next;
        });
        expect(restarted).toEqual(judgeCut(steps, at));
      }),
      runs,
    );
  });

  test("keeps the life cycle of every episode", () => {
    fc.assert(
      fc.property(stream, (steps) => {
        const open = new Set<string>();
        for (const { findingId, phase } of judgeCut(steps, [])) {
          expect(open.has(findingId)).toBe(phase !== "raised");
          if (phase === "raised") open.add(findingId);
          if (phase === "cleared") open.delete(findingId);
        }
      }),
      runs,
    );
  });
});
