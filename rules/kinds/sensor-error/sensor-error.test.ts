import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import {
  brief,
  every,
  inOrder,
  judgeOf,
  lostRule,
  type Said,
  testPlan,
} from "../../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../../engine/rule-engine.ts";

const speed = (value: number) => (at: number) => ({ at, signal: "speed", value });
const says = (quality: Quality) => (at: number) => ({ at, signal: "pressure", value: 1, quality });

const broken = says(Quality.error);
const good = says(Quality.good);

function judge(...said: Said[][]) {
  const plan = testPlan([lostRule]);
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(inOrder(...said));
}

const running = every(1, [0, 40], speed(900));

describe("sensorError", () => {
  test.each([
    {
      name: "raises after the hold, clears after as much good",
      said: [every(1, [1, 4], broken), every(1, [5, 8], good)],
      is: ["raised lost sensor onset 3", "cleared lost sensor 7"],
    },
    {
      name: "takes out-of-range for a broken sensor",
      said: [every(1, [1, 4], says(Quality.outOfRange))],
      is: ["raised lost sensor onset 3"],
    },
    {
      name: "says nothing of not-available",
      said: [every(1, [1, 9], says(Quality.notAvailable))],
      is: [],
    },
    {
      name: "says nothing of reserved or stale",
      said: [every(1, [1, 5], says(Quality.reserved)), every(1, [6, 9], says(Quality.stale))],
      is: [],
    },
    {
      name: "says nothing of one error",
      said: [every(1, [1, 1], broken), every(1, [2, 9], good)],
      is: [],
    },
    {
      name: "says nothing of two errors that lie far apart",
      said: [every(14, [1, 15], broken)],
      is: [],
    },
    {
      name: "starts again after a good value",
      said: [every(1, [1, 2], broken), every(1, [3, 3], good), every(1, [4, 5], broken)],
      is: [],
    },
    {
      name: "stays while good values come and go",
      said: [
        every(1, [1, 4], broken),
        every(1, [5, 6], good),
        every(1, [7, 7], broken),
        every(1, [8, 9], good),
      ],
      is: ["raised lost sensor onset 3"],
    },
    {
      name: "counts good values only without a gap",
      said: [every(1, [1, 4], broken), every(1, [5, 5], good), every(1, [20, 21], good)],
      is: ["raised lost sensor onset 3"],
    },
  ])("$name", ({ said, is }) => {
    expect(judge(running, ...said).map(brief)).toEqual(is);
  });

  test("does not begin outside its context", () => {
    expect(judge(every(1, [0, 9], speed(0)), every(1, [1, 9], broken))).toEqual([]);
  });

  test("gives the quality as evidence, and no number", () => {
    const [finding] = judge(running, every(1, [1, 4], says(Quality.outOfRange)));
    expect(finding?.evidence).toMatchObject([
      { kind: "signal", observed: null, limit: null, quality: "out-of-range", context: "running" },
    ]);
  });

  test("needs no context", () => {
    const { context: _, ...free } = lostRule;
    const plan = testPlan([free]);
    const said = every(1, [1, 4], broken);
    const [finding] = judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(said);
    expect(finding?.evidence).toMatchObject([{ context: null }]);
  });

  test("ends an episode in a new epoch when the sensor is fine there", () => {
    const plan = testPlan([lostRule]);
    const { say } = judgeOf(createRuleEngine({ planOf: () => plan }), plan);
    say(inOrder(running, every(1, [1, 4], broken)));
    const found = say(every(1, [50, 53], good), { epoch: "2".repeat(32) });
    expect(found.map(brief)).toEqual(["cleared lost sensor 52"]);
    expect(found[0]?.evidence).toMatchObject([{ from: found[0]?.at, to: found[0]?.at }]);
  });

  test("never speaks on a signal the plan does not have", () => {
    const plan = testPlan([{ ...lostRule, signal: "nothing" }]);
    const said = inOrder(running, every(1, [1, 9], broken));
    expect(judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(said)).toEqual([]);
  });
});
