import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import {
  brief,
  every,
  inOrder,
  judgeOf,
  pressure,
  type Said,
  speed,
  testPlan,
} from "../../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../../engine/rule-engine.ts";
import { mostOnsets } from "./sliding-window.ts";

const rule = {
  id: "often",
  kind: "window-count",
  about: { en: "often", "zh-CN": "频繁" },
  severity: "warning",
  signal: "pressure",
  above: 100,
  hysteresis: 10,
  windowSeconds: 240,
  count: 3,
  context: "running",
  failureMode: "too-high",
} as const;

const running = every(5, [0, 2000], speed(900));
/** Beyond the limit for so long at each of these seconds, else below it. */
const stays =
  (at: readonly number[], seconds = 4) =>
  (now: number) =>
    pressure(at.some((from) => now >= from && now < from + seconds) ? 150 : 50)(now);

function engineOf(changes: object) {
  const plan = testPlan([{ ...rule, ...changes } as typeof rule]);
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan);
}
const judge = (changes: object, ...said: Said[][]) => engineOf(changes).say(inOrder(...said));
const byTime = { count: undefined, totalSeconds: 30 };

describe("window-count", () => {
  test("finds the third stay within the window, and ends when half of it has left", () => {
    const found = judge({}, running, every(1, [0, 900], stays([100, 200, 300])));
    expect(found.map(brief)).toEqual([
      "raised often too-high onset 300",
      "cleared often too-high 441",
    ]);
    expect(found[0]?.evidence).toMatchObject([
      { observed: 3, limit: 3, unit: "count", measure: "count" },
    ]);
    expect(found[0]?.since).toContain("00:01:40");
  });

  test.each([
    { name: "two in the window", at: [100, 200, 500, 600] },
    { name: "three that lie further apart", at: [100, 230, 360] },
  ])("says nothing of $name", ({ at }) => {
    expect(judge({}, running, every(1, [0, 900], stays(at)))).toEqual([]);
  });

  test("counts a stay once, however it wavers within the hysteresis", () => {
    const wavering = every(1, [0, 600], (at) => pressure(at % 2 === 0 ? 120 : 95)(at));
    expect(judge({}, running, wavering)).toEqual([]);
    expect(judge({ hysteresis: 0 }, running, wavering).map(({ phase }) => phase)).toContain(
      "raised",
    );
  });

  test("does not count what is shorter than it must be", () => {
    const said = every(1, [0, 900], stays([100, 200, 300]));
    expect(judge({ minSeconds: 5 }, running, said)).toEqual([]);
    expect(judge({ minSeconds: 2 }, running, said).map(brief)[0]).toBe(
      "raised often too-high onset 302",
    );
  });

  test("does not count outside its context, nor other qualities", () => {
    const said = every(1, [0, 900], stays([100, 200, 300]));
    expect(judge({}, every(5, [0, 900], speed(0)), said)).toEqual([]);
    const bad = said.map((one) => ({ ...one, quality: Quality.outOfRange }));
    expect(judge({}, running, bad)).toEqual([]);
  });

  test("takes what comes after a gap for another stay, and no time in between", () => {
    const pieces = [0, 60, 120].map((from) => every(1, [from, from + 2], pressure(150)));
    expect(judge({}, running, ...pieces).map(brief)).toEqual(["raised often too-high onset 120"]);
    expect(judge(byTime, running, ...pieces)).toEqual([]);
  });

  test("sums the time up, tells when it has grown, and lets go of what is old", () => {
    const long = stays([100, 500], 100);
    const found = judge(byTime, running, every(1, [0, 1200], long));
    expect(found.map(({ phase }) => phase)).toEqual([
      ...["raised", "updated", "cleared"],
      ...["raised", "updated", "cleared"],
    ]);
    expect(found[0]?.evidence).toMatchObject([
      { observed: 30, limit: 30, unit: "s", measure: "duration" },
    ]);
    expect(found[2]?.evidence).toMatchObject([{ observed: 100 }]);
  });

  test("finds what is below", () => {
    const low = every(1, [0, 400], (at) => pressure(at % 100 < 5 ? 10 : 80)(at));
    const found = judge({ above: undefined, below: 50 }, running, low);
    expect(found.map(brief)[0]).toBe("raised often too-high onset 200");
  });

  test("stays open in a new epoch until a window has passed, and is renewed when it is confirmed", () => {
    const { say } = engineOf({});
    const epoch = "2".repeat(32);
    say(inOrder(running.slice(0, 70), every(1, [0, 320], stays([100, 200, 300]))));
    const quiet = inOrder(every(5, [400, 700], speed(900)), every(1, [400, 700], pressure(50)));
    expect(say(quiet, { epoch }).map(brief)).toEqual(["cleared often too-high 640"]);
    const again = engineOf({});
    again.say(inOrder(running.slice(0, 70), every(1, [0, 320], stays([100, 200, 300]))));
    const worse = inOrder(
      every(5, [400, 700], speed(900)),
      every(1, [400, 600], stays([410, 450, 500])),
    );
    expect(again.say(worse, { epoch }).map(brief)).toEqual(["updated often too-high onset 500"]);
  });

  test("keeps no more than so many stays", () => {
    const plan = testPlan([rule]);
    const engine = createRuleEngine({ planOf: () => plan });
    const length = () => engine.snapshot("M-1").length;
    const { say } = judgeOf(engine, plan);
    const busy = (from: number) =>
      inOrder(
        every(5, [from, from + 200], speed(900)),
        every(1, [from, from + 200], (at) => pressure(at % 2 === 0 ? 150 : 50)(at)),
      );
    say(busy(0));
    const after = length();
    say(busy(201));
    expect(length() - after).toBeLessThan(100 + mostOnsets * 4);
  });
});
