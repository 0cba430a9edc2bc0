import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import {
  brief,
  every,
  highRule,
  inOrder,
  judgeOf,
  lostRule,
  type Said,
  testPlan,
} from "../../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../../engine/rule-engine.ts";

const rule = {
  id: "odd",
  kind: "sensor-plausibility",
  about: { en: "odd", "zh-CN": "异常" },
  severity: "warning",
  signal: "pressure",
  companion: "slow",
  context: "running",
  failureMode: "sensor",
} as const;

const sample = (signal: string, value: (at: number) => number) => (at: number) => ({
  at,
  signal,
  value: value(at),
});
const minutes = (from: number, to: number, step = 1) =>
  [from * 60, to * 60 - step] as const satisfies readonly [number, number];
const running = every(
  5,
  minutes(0, 60),
  sample("speed", () => 900),
);
const swinging = every(
  5,
  minutes(0, 60),
  sample("slow", (at) => (at % 60 < 30 ? 0 : 250)),
);

function judge(rules: Parameters<typeof testPlan>[0], ...said: Said[][]) {
  const plan = testPlan(rules);
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(inOrder(...said));
}
const stuck = every(
  1,
  minutes(0, 30),
  sample("pressure", () => 60),
);
const moving = every(
  1,
  minutes(30, 31),
  sample("pressure", (at) => 60 + (at % 7)),
);

describe("sensor-plausibility", () => {
  test("MR-6: finds a value that stands still while its companion moves, until it moves again", () => {
    const found = judge([rule], running, swinging, stuck, moving);
    expect(found.map(brief)).toEqual(["raised odd sensor onset 600", "cleared odd sensor 1800"]);
    expect(found[0]?.evidence).toMatchObject([{ signal: "pressure", observed: 60, rule: "odd" }]);
  });

  test.each([
    { name: "on a machine that is off", said: [swinging, stuck] },
    { name: "while nothing else moves", said: [running, stuck] },
    {
      name: "that wavers by a bit",
      said: [
        running,
        swinging,
        every(
          1,
          minutes(0, 30),
          sample("pressure", (at) => 60 + (at % 2)),
        ),
      ],
    },
    {
      name: "with a gap in between",
      said: [
        ...[
          running,
          swinging,
          every(
            1,
            minutes(0, 8),
            sample("pressure", () => 60),
          ),
        ],
        every(
          1,
          minutes(9, 17),
          sample("pressure", () => 60),
        ),
      ],
    },
  ])("MR-6: says nothing of a value $name", ({ said }) => {
    expect(judge([rule], ...said)).toEqual([]);
  });

  test("MR-6: finds steps that nothing physical can make, three within a minute", () => {
    const jumping = every(
      0.25,
      [0, 100],
      sample("pressure", (at) => (at % 10 === 0 ? 900 : 60 + at)),
    );
    const found = judge([rule], running, swinging, jumping);
    expect(found.map(brief)).toEqual(["raised odd sensor onset 10.25"]);
    const once = every(
      0.25,
      [0, 100],
      sample("pressure", (at) => (at === 50 ? 900 : 60 + at)),
    );
    expect(judge([rule], running, swinging, once)).toEqual([]);
    const ramp = every(
      0.25,
      [0, 100],
      sample("pressure", (at) => Math.abs((at % 8) - 4) * 200),
    );
    expect(judge([rule], running, swinging, ramp)).toEqual([]);
  });

  test("MR-6: what a threshold had found of the signal becomes the sensor's, and comes back if it was true", () => {
    const high = every(
      1,
      minutes(0, 15),
      sample("pressure", () => 150),
    );
    const believed = every(
      1,
      minutes(15, 16),
      sample("pressure", (at) => 150 + (at % 7)),
    );
    const found = judge([highRule, rule], running, swinging, high, believed);
    expect(found.filter(({ phase }) => phase !== "updated").map(brief)).toEqual([
      "raised high too-high onset 2",
      "cleared high too-high 600",
      "raised odd sensor onset 600",
      "cleared odd sensor 900",
      "raised high too-high onset 903",
    ]);
    expect(found.find(({ phase }) => phase === "cleared")?.cause).toBe("sensor_fault");
  });

  test("MR-6: no threshold speaks of a signal that is reported as an error", () => {
    const error = every(2, [0, 40], (at) => ({
      ...{ at, signal: "pressure", value: Number.NaN },
      quality: Quality.error,
    }));
    const high = every(
      2,
      [1, 41],
      sample("pressure", () => 150),
    );
    const found = judge([highRule, { ...lostRule, holdSeconds: 0 }], running, error, high);
    expect(found.some(({ ruleId, phase }) => ruleId === "high" && phase === "raised")).toBe(true);
  });
});
