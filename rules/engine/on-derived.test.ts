import type { Derived } from "@firebreak/plans/derived-schema.ts";
import type { Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { derivedLength } from "@firebreak/plans/rule-state-length.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { about } from "../derived/derived.fixture.ts";
import {
  brief,
  every,
  highRule,
  inOrder,
  judgeOf,
  lostRule,
  pressure,
  type Said,
  speed,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine } from "./rule-engine.ts";

const share: Derived = { ...about, unit: "ratio", operator: "ratio", of: "pressure", by: "speed" };
const mean: Derived = {
  ...{ ...about, unit: "kPa", operator: "window", of: "pressure", statistic: "mean" },
  windowSeconds: 30,
};
const onShare: Rule = { ...highRule, id: "on-share", signal: "share", above: 0.2, hysteresis: 0.1 };
const onMean: Rule = { ...highRule, id: "on-mean", signal: "mean", holdSeconds: 20 };

function planOf(derived: Record<string, Derived>, rules: readonly Rule[]): Plan {
  const plan = testPlan(rules);
  return { ...plan, rules: { ...plan.rules, derived } };
}

const running = (to: number) => every(1, [0, to], speed(1000));
const high = (from: number, to: number) => every(1, [from, to], pressure(300));
const low = (from: number, to: number) => every(1, [from, to], pressure(50));

describe("a rule on a derived signal", () => {
  const plan = planOf({ share }, [onShare, { ...lostRule, context: undefined as never }]);
  const judged = (said: readonly Said[], of = plan) =>
    judgeOf(createRuleEngine({ planOf: () => of }), of).say(said);

  test("finds, says of which signal, and clears", () => {
    const found = judged(inOrder(running(30), low(0, 9), high(10, 19), low(20, 30)));
    expect(found.map(brief)).toEqual([
      "raised on-share too-high onset 12",
      "cleared on-share too-high 22",
    ]);
    expect(found[0]?.evidence[0]).toMatchObject({
      ...{ signal: "share", unit: "ratio", observed: 0.3 },
      others: ["pressure", "speed"],
    });
  });

  test("is one occurrence over breaks of the context in which its signal is reckoned", () => {
    const inContext = planOf({ share: { ...share, context: "running" } }, [onShare]);
    const standing = every(1, [21, 60], speed(0));
    const again = every(1, [61, 90], speed(1000));
    const said = inOrder(running(20), standing, again, low(0, 9), high(10, 90));
    expect(judged(said, inContext).map(brief)).toEqual(["raised on-share too-high onset 12"]);
  });

  test("is silent while a sensor behind it is doubted", () => {
    const lost = every(1, [10, 14], pressure(Number.NaN, Quality.error));
    const found = judged(inOrder(running(30), low(0, 9), lost, high(15, 30)));
    // The sensor error is open until a good value has lasted; nothing is said of the share before.
    expect(found[0]?.ruleId).toBe("lost");
    expect(found.filter(({ ruleId }) => ruleId === "on-share").map(brief)).toEqual([
      expect.stringMatching(/^raised on-share/),
    ]);
    const whole = judged(inOrder(running(30), low(0, 9), lost));
    expect(whole.map(({ ruleId }) => ruleId)).toEqual(["lost"]);
  });

  test("may speak in a context that looks at one", () => {
    const { title } = about;
    const of: Plan = {
      ...plan,
      rules: {
        ...plan.rules,
        contexts: { running: { title, all: [{ signal: "share", above: 0.25 }] } },
        rules: [{ ...highRule, above: 100 }],
      },
    };
    const found = judged(inOrder(running(40), every(1, [0, 19], pressure(200)), high(20, 40)), of);
    expect(found.map(brief)).toEqual(["raised high too-high onset 23"]);
  });
});

describe("a plan that is replaced while it judges", () => {
  const first = planOf({ mean, share }, [onMean, onShare]);

  /** Samples until 45 s, another plan, samples until 80 s. */
  function judged(second: Plan) {
    let plan = first;
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, first);
    say(inOrder(running(45), high(0, 45)));
    plan = second;
    const found = say(inOrder(every(1, [46, 80], speed(1000)), high(46, 80)));
    return found.map(brief);
  }

  // Half of the window is known at 15 s; the hold of 20 s is over at 35 s.
  test("unchanged rules and derived signals go on as if nothing had been", () => {
    const mode = first.service.failureModes.other;
    if (mode === undefined) throw new TypeError("the test plan has no such mode");
    const { title } = about;
    const second: Plan = {
      ...first,
      version: 4,
      rules: {
        ...first.rules,
        derived: { mean, slow: { ...mean, windowSeconds: 60 } },
        contexts: {
          ...first.rules.contexts,
          other: { title, all: [{ signal: "slow", above: 1 }] },
        },
        rules: [{ ...onMean }, { ...highRule, id: "new", above: 900 }],
      },
      service: {
        ...first.service,
        failureModes: { ...first.service.failureModes, other: { ...mode, standardHours: 9 } },
      },
    };
    // The rule that went is ended; the one that stayed is open still, and says nothing new.
    expect(judged(second)).toEqual(["cleared on-share too-high 2"]);
    const longer: Rule = { ...onMean, holdSeconds: 40 };
    const pending = { ...first, rules: { ...first.rules, rules: [longer, onShare] } };
    let plan = pending;
    const engine = createRuleEngine({ planOf: () => plan });
    const { say } = judgeOf(engine, pending);
    say(inOrder(running(45), high(0, 45)));
    plan = { ...pending, version: 4, rules: { ...pending.rules, rules: [longer] } };
    const found = say(inOrder(every(1, [46, 70], speed(1000)), high(46, 70)));
    expect(found.map(brief)).toContain("raised on-mean too-high onset 55");
  });

  test("a rule whose derived signal is another one begins afresh", () => {
    const of: Derived = { ...mean, windowSeconds: 20 };
    const second = planOf({ mean: of, share }, [onMean, onShare]);
    expect(judged(second)).toEqual(["cleared on-mean too-high 35", "raised on-mean too-high 76"]);
  });
});

test("the most that a plan may derive fits into the state of a machine", () => {
  const wide: Derived = { ...mean, windowSeconds: 86_400 };
  const derived = Object.fromEntries(Array.from({ length: 24 }, (_, at) => [`wide${at}`, wide]));
  const plan = planOf(derived, []);
  const engine = createRuleEngine({ planOf: () => plan });
  judgeOf(engine, plan).say(inOrder(running(60), every(1, [0, 60], pressure(1 / 3))));
  const text = engine.snapshot("M-1");
  const { derived: kept } = JSON.parse(text);
  expect(JSON.stringify(kept).length).toBeLessThan(24 * derivedLength);
  const next = createRuleEngine({ planOf: () => plan });
  next.restore("M-1", text);
  expect(next.snapshot("M-1")).toBe(text);
});
