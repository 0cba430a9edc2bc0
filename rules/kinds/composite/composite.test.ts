import type { CompositeRule, Rule } from "@firebreak/plans/plan-schema.ts";
import { describe, expect, test } from "vitest";
import {
  brief,
  codeRule,
  every,
  highRule,
  inOrder,
  judgeOf,
  type Said,
  testPlan,
} from "../../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../../engine/rule-engine.ts";

const trial = { mode: "shadow", hysteresis: 0, holdSeconds: 0 } as const;
const { context: _, ...high } = highRule;
const a: Rule = { ...high, ...trial, id: "a", signal: "pressure", above: 100 };
const b: Rule = { ...high, ...trial, id: "b", signal: "speed", above: 100 };
const c: Rule = { ...high, ...trial, id: "c", signal: "slow", above: 100 };

const common = {
  id: "both",
  kind: "composite",
  about: { en: "Together", "zh-CN": "同时" },
  severity: "warning",
  holdSeconds: 0,
  failureMode: "other",
} as const satisfies Partial<CompositeRule>;

/** High from `from` to `to` seconds, a sample a second until 40. */
const high01 = (
  signal: string,
  ...spans: readonly (readonly [from: number, to: number])[]
): Said[] =>
  every(1, [0, 40], (at) => ({
    at,
    signal,
    value: spans.some(([from, to]) => at >= from && at < to) ? 200 : 50,
  }));

function told(
  rule: Omit<CompositeRule, keyof typeof common> & { holdSeconds?: number },
  ...said: Said[][]
) {
  const plan = testPlan([a, b, c, codeRule, { ...common, ...rule }]);
  const engine = createRuleEngine({ planOf: () => plan });
  return judgeOf(engine, plan)
    .say(inOrder(...said))
    .filter(({ ruleId }) => ruleId === "both")
    .map(brief);
}

describe("composite", () => {
  test("all: speaks while every one does, since the last began", () => {
    const said = [high01("pressure", [5, 20]), high01("speed", [10, 30])];
    expect(told({ all: ["a", "b"] }, ...said)).toEqual([
      "raised both other onset 10",
      "cleared both other 20",
    ]);
  });

  test("all within a time: those that began too far apart do not belong together", () => {
    const said = [high01("pressure", [5, 20]), high01("speed", [10, 30])];
    expect(told({ all: ["a", "b"], withinSeconds: 4 }, ...said)).toEqual([]);
    expect(told({ all: ["a", "b"], withinSeconds: 5 }, ...said)).toHaveLength(2);
  });

  test("any: speaks while one does", () => {
    const said = [high01("pressure", [5, 12]), high01("speed", [10, 30])];
    expect(told({ any: ["a", "b"] }, ...said)).toEqual([
      "raised both other onset 5",
      "cleared both other 30",
    ]);
  });

  test.each([
    { name: "in turn, though the first is over", first: [5, 7], next: [12, 20], found: [12, 20] },
    { name: "in the wrong order", first: [12, 20], next: [5, 30], found: [] },
    { name: "too late", first: [2, 4], next: [20, 30], found: [] },
  ] as const)("sequence: $name", ({ first, next, found }) => {
    const said = [high01("pressure", first), high01("speed", next)];
    const steps = told({ sequence: ["a", "b"], withinSeconds: 10 }, ...said);
    expect(steps.map((step) => Number(step.split(" ").at(-1)))).toEqual(found);
  });

  test("unless: is silent while another one speaks, and waits as long as that may take", () => {
    const said = [high01("pressure", [5, 30]), high01("speed", [5, 30]), high01("slow", [7, 20])];
    const rule = { all: ["a", "b"], unless: ["c"] };
    expect(told({ ...rule, holdSeconds: 3 }, ...said)).toEqual([
      "raised both other onset 23",
      "cleared both other 30",
    ]);
    expect(told(rule, ...said)[0]).toBe("raised both other onset 5");
  });

  test("what was silenced and comes again is another episode", () => {
    const plan = testPlan([a, b, c, { ...common, all: ["a", "b"], unless: ["c"] }]);
    const findings = judgeOf(createRuleEngine({ planOf: () => plan }), plan)
      .say(inOrder(high01("pressure", [5, 41]), high01("speed", [5, 41]), high01("slow", [8, 20])))
      .filter(({ ruleId, phase }) => ruleId === "both" && phase === "raised");
    expect(findings).toHaveLength(2);
    expect(new Set(findings.map(({ findingId }) => findingId)).size).toBe(2);
  });

  test("a trouble code may be one of them", () => {
    const codes = every(1, [0, 40], (at) => ({
      at,
      dtcs: at >= 8 && at < 20 ? [{ spn: 7, fmi: 1, oc: 1, cm: 0 as const }] : [],
    }));
    const steps = told({ all: ["a", "code"] }, high01("pressure", [5, 40]), codes);
    expect(steps).toEqual(["raised both other onset 10", "cleared both other 20"]);
  });

  test("rules on trial open nothing themselves; it tells on which signals, and since when", () => {
    const plan = testPlan([a, b, { ...common, all: ["a", "b"] }]);
    const findings = judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(
      inOrder(high01("pressure", [5, 41]), high01("speed", [10, 41])),
    );
    expect(findings.map(({ mode }) => mode)).toEqual(["shadow", "shadow", undefined]);
    expect(findings.at(-1)?.evidence).toMatchObject([
      {
        signal: "pressure",
        others: ["speed"],
        from: "2026-01-01T00:00:05.000Z",
        says: { word: "composite", facts: { rules: { value: 2 } } },
      },
    ]);
  });

  test("the order in which signals arrive makes no difference to what they say together", () => {
    const plan = testPlan([a, b, { ...common, sequence: ["a", "b"], withinSeconds: 10 }]);
    const batches = [high01("pressure", [5, 7]), high01("speed", [12, 20])];
    const judge = (order: readonly Said[][]) => {
      const one = judgeOf(createRuleEngine({ planOf: () => plan }), plan);
      return order
        .flatMap((said) => one.say(said))
        .filter(({ ruleId, phase }) => ruleId === "both" && phase === "raised")
        .map(({ findingId, since }) => [findingId, since]);
    };
    expect(judge(batches)).toHaveLength(1);
    expect(judge(batches)).toEqual(judge([inOrder(...batches)]));
  });

  test("what a proved repair ended does not begin again before it", () => {
    const plan = testPlan([a, b, { ...common, all: ["a", "b"] }]);
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, plan);
    const said = inOrder(high01("pressure", [5, 40]), high01("speed", [5, 40]));
    const isBoth = ({ ruleId }: { readonly ruleId: string }) => ruleId === "both";
    const [first] = say(said.filter(({ at }) => at < 20)).filter(isBoth);
    const ids = [first?.findingId ?? ""];
    const provedMs = Date.parse(first?.at ?? "") + 60_000;
    const ended = engine.repaired("M-1", { findingIds: ids, provedMs });
    expect(ended.map(brief)).toEqual(["cleared both other 19"]);
    const [second] = say(said.filter(({ at }) => at >= 20)).filter(isBoth);
    expect(second?.since).toBe("2026-01-01T00:00:19.000Z");
    expect(ids).not.toContain(second?.findingId);
  });
});
