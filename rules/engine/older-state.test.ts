import { describe, expect, test } from "vitest";
import olderStates from "./older-state.fixture.json" with { type: "json" };
import { olderPlan, olderStory } from "./older-state.fixture.ts";
import { judgeOf } from "./rule-engine.fixture.ts";
import { createRuleEngine, type RuleEngine } from "./rule-engine.ts";

/** What a state of an older release was written behind: which story, and how far it went (seconds). */
const cuts = [
  [1, 57],
  [2, 111],
  [3, 173],
  [4, 240],
] as const;

const engineOf = () => createRuleEngine({ planOf: () => olderPlan });

/** Without the newest DM1, of which the older release kept another stamp. */
const stateOf = (engine: RuleEngine): object => {
  const { dm1: _, ...state } = JSON.parse(engine.snapshot("M-1"));
  return state;
};

describe("a state that a release wrote in which every number had a name", () => {
  test.each(cuts.map(([seed, cut], index) => ({ seed, cut, text: olderStates[index] ?? "" })))(
    "goes on after $cut s of story $seed as if it had been judged by this release",
    ({ seed, cut, text }) => {
      const older = engineOf();
      older.restore("M-1", text);
      const whole = engineOf();
      judgeOf(whole, olderPlan).say(olderStory(seed, 0, cut));
      expect(stateOf(older)).toEqual(stateOf(whole));
      const rest = olderStory(seed, cut, cut + 120);
      const found = judgeOf(older, olderPlan).say(rest);
      expect(found).toEqual(judgeOf(whole, olderPlan).say(rest));
      expect(found.length).toBeGreaterThan(5);
    },
  );
});
