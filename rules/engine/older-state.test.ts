import { describe, expect, test } from "vitest";
import olderStates from "./older-state.fixture.json" with { type: "json" };
import { olderPlan, olderStory } from "./older-state.fixture.ts";
import { judgeOf } from "./rule-engine.fixture.ts";
import { createRuleEngine } from "./rule-engine.ts";

/** What a state of an older release was written behind: which story, and how far it went (seconds). */
const cuts = [
  [1, 57],
  [2, 111],
  [3, 173],
  [4, 240],
] as const;

const engineOf = () => createRuleEngine({ planOf: () => olderPlan });

describe("a state that a release wrote in which every number had a name", () => {
  test.each(cuts.map(([seed, cut], index) => ({ seed, cut, text: olderStates[index] ?? "" })))(
    "goes on after $cut s of story $seed as if it had been judged by this release",
    ({ seed, cut, text }) => {
      const older = engineOf();
      older.restore("M-1", text);
      const whole = engineOf();
      judgeOf(whole, olderPlan).say(olderStory(seed, 0, cut));
      expect(older.snapshot("M-1")).toBe(whole.snapshot("M-1"));
      const rest = olderStory(seed, cut, cut + 120);
      const found = judgeOf(older, olderPlan).say(rest);
      expect(found).toEqual(judgeOf(whole, olderPlan).say(rest));
      expect(found.length).toBeGreaterThan(5);
    },
  );
});
