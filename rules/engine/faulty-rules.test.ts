import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import { about } from "../derived/derived.fixture.ts";
import { ruleKinds } from "../kinds/registry.ts";
import {
  brief,
  every,
  highRule,
  inOrder,
  judgeOf,
  pressure,
  type Said,
  speed,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine } from "./rule-engine.ts";
import type { AnyRuleKind } from "./rule-kind.ts";

const sound: Rule = { ...highRule, id: "sound", context: undefined as never };
const share: Derived = { ...about, unit: "ratio", operator: "ratio", of: "pressure", by: "speed" };

const planOf = (rules: readonly Rule[], derived: Record<string, Derived> = {}): Plan => {
  const plan = testPlan(rules);
  return { ...plan, rules: { ...plan.rules, derived } };
};

/** The threshold kind, whose rule `bad` does what `sample` does. */
const kindsWith = (sample: () => void): AnyRuleKind[] =>
  ruleKinds.map((kind) => {
    if (kind.kind !== "threshold" || kind.sample === undefined) return kind;
    const judge = kind.sample;
    const isBad = (prepared: unknown) => (prepared as { readonly rule: Rule }).rule.id === "bad";
    return {
      ...kind,
      sample(prepared, state, moment) {
        if (isBad(prepared)) sample();
        return judge(prepared, state, moment);
      },
    };
  });

const high = (to: number): Said[] => every(1, [0, to], pressure(150));
const foundBySound = ["raised sound too-high onset 2"];

describe("F8: a rule that fails does not keep the others from judging", () => {
  test("division by zero gives nothing, no exception and no infinity; the rule stays on", () => {
    const onShare: Rule = { ...highRule, id: "on-share", signal: "share", above: 0.1 };
    const plan = planOf([sound, { ...onShare, context: undefined as never }], { share });
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, plan);
    expect(say(inOrder(high(9), every(1, [0, 9], speed(0)))).map(brief)).toEqual(foundBySound);
    expect(engine.machineState("M-1")?.faults).toEqual([]);
    const later = say(inOrder(every(1, [10, 19], pressure(150)), every(1, [10, 19], speed(1000))));
    expect(later.map(brief)).toEqual([expect.stringMatching(/^raised on-share/)]);
  });

  test("a signal that the machine never sends says nothing, of itself or of what is derived", () => {
    const missing: Rule = {
      ...highRule,
      id: "missing",
      signal: "slow",
      context: undefined as never,
    };
    const onShare: Rule = { ...missing, id: "on-share", signal: "share" };
    const plan = planOf([missing, onShare, sound], { share });
    const engine = createRuleEngine({ planOf: () => plan });
    expect(judgeOf(engine, plan).say(high(9)).map(brief)).toEqual(foundBySound);
    expect(engine.machineState("M-1")?.faults).toEqual([]);
  });

  test("one that throws is off with its message, over a restart too, until it is another rule", () => {
    let plan = planOf([{ ...sound, id: "bad" }, sound]);
    const kinds = kindsWith(() => {
      throw new RangeError("no such thing");
    });
    const engine = createRuleEngine({ planOf: () => plan, kinds });
    expect(judgeOf(engine, plan).say(high(9)).map(brief)).toEqual(foundBySound);
    const faults = [{ ruleId: "bad", message: "no such thing" }];
    expect(engine.machineState("M-1")?.faults).toEqual(faults);
    const next = createRuleEngine({ planOf: () => plan });
    next.restore("M-1", engine.snapshot("M-1"));
    judgeOf(next, plan).say(every(1, [10, 19], pressure(150)));
    expect(next.machineState("M-1")?.faults).toEqual(faults);
    plan = planOf([{ ...sound, id: "bad", above: 120 }, sound]);
    const mended = judgeOf(next, plan).say(every(1, [20, 29], pressure(150)));
    expect(mended.map(({ ruleId, phase }) => `${phase} ${ruleId}`)).toEqual(["raised bad"]);
    expect(next.machineState("M-1")?.faults).toEqual([]);
  });

  test("a derived signal that throws is off, and what rests on it says nothing", () => {
    let isBroken = false;
    const greatest: Derived = {
      ...{ ...about, unit: "kPa", operator: "extreme", of: ["pressure", "speed"] },
      get extreme(): "greatest" {
        if (isBroken) throw new RangeError("no such thing");
        return "greatest";
      },
    };
    const onGreatest: Rule = { ...sound, id: "on-greatest", signal: "greatest" };
    const plan = planOf([onGreatest, sound], { greatest });
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, plan);
    const both = (from: number, to: number) =>
      inOrder(every(1, [from, to], pressure(150)), every(1, [from, to], speed(0)));
    say(both(0, 1));
    isBroken = true;
    expect(say(both(2, 9)).map(({ ruleId }) => ruleId)).toEqual(["sound"]);
    expect(engine.machineState("M-1")?.faults).toEqual([
      { ruleId: "derived greatest", message: "no such thing" },
    ]);
  });

  describe("one that takes too long", () => {
    /** A machine that is told of in batches of one second, and a rule that takes so many ms for each sample. */
    function judged(ms: number, seconds: number, waitedMs = 0) {
      let spentMs = 0;
      let wallMs = 0;
      const plan = planOf([{ ...sound, id: "bad" }, sound]);
      const kinds = kindsWith(() => {
        spentMs += ms;
        wallMs += ms + waitedMs;
      });
      const clocks = { wallMs: () => wallMs, cpuMs: () => spentMs };
      const engine = createRuleEngine({ planOf: () => plan, kinds, clocks });
      const { say } = judgeOf(engine, plan);
      const found = every(1, [0, seconds], pressure(150)).flatMap((one: Said) => say([one]));
      return { engine, found: found.map(brief), spentMs };
    }

    test("is off after it was too slow three times more, and the others found what they should", () => {
      const { engine, found, spentMs } = judged(60, 30);
      expect(engine.machineState("M-1")?.faults).toEqual([
        { ruleId: "bad", message: "took 60 ms of computing for one sample; at most 50 ms" },
      ]);
      expect(found).toContain("raised sound too-high 2");
      expect(spentMs).toBe(4 * 60); // the one that made it be looked at, and three
    });

    test("stays on when it takes what is allowed, and when nobody watches", () => {
      expect(judged(50, 30).engine.machineState("M-1")?.faults).toEqual([]);
    });

    test("stays on however long it waited for a core", () => {
      expect(judged(50, 30, 1_000).engine.machineState("M-1")?.faults).toEqual([]);
    });
  });
});
