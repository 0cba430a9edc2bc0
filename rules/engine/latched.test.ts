import type { FailureMode, Plan, Rule } from "@firebreak/plans/plan-schema.ts";
import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import type { Finding } from "../finding.ts";
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
  startMs,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine, type RuleEngine } from "./rule-engine.ts";

/** As the test plan, with the failure mode of its threshold related to safety or not, and otherwise as said. */
function planOf(
  rule: Partial<Rule> = {},
  safetyRelated = true,
  more: Partial<FailureMode> = {},
): Plan {
  const plan = testPlan([{ ...highRule, ...rule } as Rule]);
  const { service } = plan;
  const mode = service.failureModes["too-high"];
  if (mode === undefined) throw new TypeError("the test plan has no such failure mode");
  const failureModes = { ...service.failureModes, "too-high": { ...mode, safetyRelated, ...more } };
  return { ...plan, service: { ...service, failureModes } };
}

const spell = (from: number, value: number) =>
  inOrder(every(1, [from, from + 5], speed(900)), every(1, [from, from + 5], pressure(value)));
const told = (finding: Finding) => `${brief(finding)}${finding.isLatched ? " latched" : ""}`;
const open = (engine: RuleEngine) => engine.machineState("M-1")?.findings ?? [];
const reset = (engine: RuleEngine, second: number, findings = open(engine)) =>
  engine.repaired("M-1", {
    findingIds: findings.map(({ findingId }) => findingId),
    provedMs: startMs + second * 1000,
    cause: "reset",
  });

function begin(plan = planOf(), isAttended = true) {
  const engine = createRuleEngine({ planOf: () => plan, isAttended });
  return { engine, plan, say: judgeOf(engine, plan).say };
}

describe("an episode of safety", () => {
  test("stays when its condition is over, and is the same one when it comes again", () => {
    const { engine, say } = begin();
    const found = [...say(spell(0, 150)), ...say(spell(10, 50)), ...say(spell(20, 150))];
    expect(found.map(told)).toEqual([
      "raised high too-high onset 2",
      "updated high too-high 12 latched",
      "updated high too-high onset 22",
    ]);
    expect(new Set(found.map(({ findingId }) => findingId)).size).toBe(1);
    expect(open(engine)).toHaveLength(1);
    expect(say(spell(30, 50)).map(told)).toEqual(["updated high too-high 32 latched"]);
    expect(say(spell(40, 50))).toEqual([]);
  });

  test("ends by a reset, and what comes then is a new one", () => {
    const { engine, say } = begin();
    const [first] = [...say(spell(0, 150)), ...say(spell(10, 50))];
    expect(reset(engine, 16)).toMatchObject([{ phase: "cleared", cause: "reset" }]);
    expect(open(engine)).toEqual([]);
    const [again] = say(spell(20, 150));
    expect(again?.phase).toBe("raised");
    expect(again?.findingId).not.toBe(first?.findingId);
  });

  test("ends by itself where a person looked while it was true, and not where it came again since", () => {
    const { engine, say } = begin();
    say(spell(0, 150));
    const [seen] = open(engine);
    expect(reset(engine, 1)).toEqual([]);
    expect(reset(engine, 6)).toEqual([]);
    engine.restore("M-1", engine.snapshot("M-1"));
    expect(say(spell(10, 50)).map(told)).toEqual(["cleared high too-high 12"]);
    say(spell(20, 150));
    expect(reset(engine, 6, seen ? [seen] : [])).toEqual([]);
    expect(say(spell(30, 50)).map(told)).toEqual(["updated high too-high 32 latched"]);
  });

  test("that a person saw as it was ends, one that is true again since does not", () => {
    const { engine, say } = begin();
    say([...spell(0, 150), ...spell(10, 50)]);
    const [seen] = open(engine);
    const asSeen = (Date.parse(seen?.at ?? "") - startMs) / 1000;
    say(spell(20, 150));
    expect(reset(engine, asSeen)).toEqual([]);
    expect(say(spell(30, 50)).map(told)).toEqual(["updated high too-high 32 latched"]);
    expect(reset(engine, 32)).toMatchObject([{ findingId: seen?.findingId, phase: "cleared" }]);
  });

  test("ends by a proved repair, and with the machine's owner", () => {
    for (const cause of ["repaired", "machine_moved"] as const) {
      const { engine, say } = begin();
      say([...spell(0, 150), ...spell(10, 50)]);
      const findingIds = open(engine).map(({ findingId }) => findingId);
      const provedMs = startMs + 16_000;
      expect(engine.repaired("M-1", { findingIds, provedMs, cause })).toMatchObject([
        { phase: "cleared", cause },
      ]);
      expect(open(engine)).toEqual([]);
    }
  });

  test("says nothing of the present: no rule is silenced by it", () => {
    const plan = planOf();
    const sensor = { ...lostRule, latched: true } as const;
    const two = { ...plan, rules: { ...plan.rules, rules: [...plan.rules.rules, sensor] } };
    const { say } = begin(two);
    const lost = (at: number): Said => ({
      ...{ at, signal: "pressure", value: 0, quality: Quality.error },
    });
    const found = [
      ...say(inOrder(every(1, [0, 5], speed(900)), every(1, [0, 5], lost))),
      ...say(spell(10, 50)),
      ...say(spell(20, 150)),
    ];
    expect(found.map(told)).toEqual([
      "raised lost sensor onset 2",
      expect.stringMatching(/^updated lost sensor \d+ latched$/),
      "raised high too-high onset 22",
    ]);
  });

  test("is not ended by old data that come late, and begins in none", () => {
    const late = { receivedMs: startMs + 25 * 3600_000 };
    const { engine, say } = begin();
    expect(say([...spell(0, 150), ...spell(10, 50)], late).map(told)).toEqual([
      expect.stringMatching(/^raised high too-high .*2$/),
      expect.stringMatching(/^cleared high too-high .*12$/),
    ]);
    const [first] = say(spell(20, 150));
    const returned = say([...spell(130, 50), ...spell(240, 150)], late);
    engine.restore("M-1", engine.snapshot("M-1"));
    returned.push(...say(spell(350, 50), late));
    expect(returned.map(({ phase, isLatched }) => [phase, isLatched])).toEqual([
      ["updated", true],
      ["updated", undefined],
      ["updated", true],
    ]);
    expect(open(engine)).toMatchObject([{ findingId: first?.findingId, isHistory: false }]);
  });

  test("is kept by a snapshot", () => {
    const { engine, say } = begin();
    say([...spell(0, 150), ...spell(10, 50)]);
    const before = open(engine);
    engine.restore("M-1", engine.snapshot("M-1"));
    expect(open(engine)).toEqual(before);
    expect(before).toMatchObject([{ isLatched: true }]);
    expect(say(spell(20, 150)).map(told)).toEqual(["updated high too-high onset 22"]);
    expect(open(engine)[0]?.isLatched).toBeUndefined();
  });
});

describe("a state of an older release", () => {
  test("is read, and what is open in it latches from now on", () => {
    const { engine, say } = begin();
    say(spell(0, 150));
    const text = engine.snapshot("M-1");
    // As they were written before: nothing of what latches stands in it.
    expect(text).not.toMatch(/isLatched|isConfirmed/);
    engine.restore("M-1", text);
    expect(say(spell(10, 50)).map(told)).toEqual(["updated high too-high 12 latched"]);
  });
});

describe("latches", () => {
  test.each([
    { name: "no other mode", plan: planOf({}, false), last: "cleared high too-high 12" },
    {
      name: "what the plan says",
      plan: planOf({ latched: true }, false),
      last: "updated high too-high 12 latched",
    },
    {
      name: "not what it denies",
      plan: planOf({ latched: false }),
      last: "cleared high too-high 12",
    },
    {
      name: "nothing that was done with the machine",
      plan: planOf({}, true, { nature: "operation" }),
      last: "cleared high too-high 12",
    },
    {
      name: "what was done with it where the plan says so",
      plan: planOf({ latched: true }, true, { nature: "operation" }),
      last: "updated high too-high 12 latched",
    },
    {
      name: "nothing that opens no ticket",
      plan: planOf({}, true, { reviewState: "draft" }),
      last: "cleared high too-high 12",
    },
    {
      name: "no rule on trial",
      plan: planOf({ mode: "shadow" }),
      last: "cleared high too-high 12",
    },
  ])("$name", ({ plan, last }) => {
    const { say } = begin(plan);
    say(spell(0, 150));
    expect(say(spell(10, 50)).map(told)).toEqual([last]);
  });

  test("nothing where nobody resets", () => {
    const { say } = begin(planOf(), false);
    say(spell(0, 150));
    expect(say(spell(10, 50)).map(told)).toEqual(["cleared high too-high 12"]);
  });
});
