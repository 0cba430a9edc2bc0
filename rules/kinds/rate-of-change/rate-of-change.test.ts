import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import { gauss } from "../../detectors/series.fixture.ts";
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

const rule = {
  id: "fast",
  kind: "rate-of-change",
  about: { en: "fast", "zh-CN": "过快" },
  severity: "warning",
  signal: "pressure",
  rise: 60,
  per: "minute",
  overSeconds: 16,
  holdSeconds: 4,
  context: "running",
  failureMode: "too-high",
} as const;

const running = every(1, [0, 200], speed(900));
const course = (value: (at: number) => number) => (at: number) => pressure(value(at))(at);

function judge(changes: object, ...said: Said[][]) {
  const plan = testPlan([{ ...rule, ...changes } as typeof rule]);
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(inOrder(...said));
}

/** Flat for a minute, then 2 a second (120 a minute) for half a minute, then flat. */
const ramp = (at: number) => 100 + 2 * Math.min(Math.max(at - 60, 0), 30);

describe("rate-of-change", () => {
  test("finds a rise that lasts, tells its rate, and clears when it is over", () => {
    const found = judge({}, running, every(1, [0, 150], course(ramp)));
    expect(found.map(({ phase }) => phase)).toEqual(["raised", "cleared"]);
    expect(Date.parse(found[0]?.since ?? "") % 1e8).toBeGreaterThan(60_000);
    expect(found[0]?.evidence).toMatchObject([
      { signal: "pressure", unit: "kPa/min", limit: 60, measure: "rate", context: "running" },
    ]);
    const [raised] = found[0]?.evidence ?? [];
    expect(raised?.kind === "signal" && raised.observed).toBeGreaterThan(60);
    const [cleared] = found[1]?.evidence ?? [];
    expect(cleared?.kind === "signal" && cleared.observed).toBeCloseTo(120, 6);
  });

  test("finds a fall", () => {
    const found = judge(
      { rise: undefined, fall: 60 },
      running,
      every(
        1,
        [0, 150],
        course((at) => -ramp(at)),
      ),
    );
    expect(found.map(({ phase }) => phase)).toEqual(["raised", "cleared"]);
    expect(found[0]?.evidence).toMatchObject([{ limit: -60 }]);
    expect(
      judge(
        {},
        running,
        every(
          1,
          [0, 80],
          course((at) => -ramp(at)),
        ),
      ),
    ).toEqual([]);
  });

  test.each([
    { name: "a single stray sample", value: (at: number) => (at === 70 ? 900 : 100) },
    { name: "a step that takes no time", value: (at: number) => (at < 70 ? 100 : 130) },
    { name: "a slow rise", value: (at: number) => 0.8 * at },
    { name: "a constant", value: () => 0.1 },
  ])("says nothing of $name", ({ value }) => {
    expect(judge({}, running, every(1, [0, 150], course(value)))).toEqual([]);
  });

  test("says nothing of noise as wide as half the rise over the time", () => {
    const next = gauss(5);
    expect(
      judge(
        {},
        running,
        every(
          0.5,
          [0, 200],
          course(() => 4 * next()),
        ),
      ),
    ).toEqual([]);
  });

  test.each([
    { name: "outside its context", said: [every(1, [0, 200], speed(0))] },
    {
      name: "of the ramp with which the context begins",
      said: [every(1, [0, 85], speed(0)), every(1, [86, 200], speed(900))],
    },
  ])("says nothing $name", ({ said }) => {
    expect(judge({}, ...said, every(1, [0, 150], course(ramp)))).toEqual([]);
  });

  test("does not join what lies on both sides of a gap", () => {
    const before = every(1, [0, 60], pressure(0));
    const after = every(1, [90, 150], pressure(500));
    expect(judge({}, running, before, after)).toEqual([]);
  });

  test("counts good values alone", () => {
    const errors = every(1, [60.5, 90.5], (at) => ({
      ...{ at, signal: "pressure", value: 1000 * at },
      quality: Quality.error,
    }));
    expect(judge({}, running, every(1, [0, 150], pressure(100)), errors)).toEqual([]);
  });

  test("tells of a rate that grows, once a minute", () => {
    const found = judge(
      { overSeconds: 8 },
      every(1, [0, 200], speed(900)),
      every(
        1,
        [0, 150],
        course((at) => 0.02 * at * at),
      ),
    );
    expect(found.map(brief).map((one) => one.split(" ")[0])).toEqual(["raised", "updated"]);
  });

  test("in shadow mode it is told as such", () => {
    const found = judge({ mode: "shadow" }, running, every(1, [0, 150], course(ramp)));
    expect(found.map(({ mode }) => mode)).toEqual(["shadow", "shadow"]);
  });
});
