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

  describe("where the rule says how fast is possible", () => {
    const fast = { ...rule, mostPerSecond: 20 };
    const course = (value: (at: number) => number) =>
      every(1, [0, 1_000], sample("pressure", value));

    test("MR-6: finds one step that stays", () => {
      const found = judge(
        [fast],
        running,
        swinging,
        course((at) => (at < 50 ? 60 : 260) + (at % 7)),
      );
      expect(found.map(brief)).toEqual(["raised odd sensor onset 60", "cleared odd sensor 651"]);
    });

    test.each([
      {
        name: "a step that is taken back",
        value: (at: number) => (at > 50 && at < 55 ? 260 : 60 + (at % 7)),
      },
      {
        name: "a change as fast as is possible",
        value: (at: number) => 60 + 19 * Math.min(at, 40) + (at % 2),
      },
      {
        name: "noise of less than a fiftieth of the range",
        value: (at: number) => 60 + 35 * (at % 2),
      },
    ])("MR-6: says nothing of $name", ({ value }) => {
      expect(judge([fast], running, swinging, course(value))).toEqual([]);
    });
  });

  describe("beside a twin", () => {
    const twin = {
      ...rule,
      companion: undefined,
      twin: "slow",
      apart: 50,
    } as unknown as typeof rule;
    const slow = (value: (at: number) => number) => every(10, [0, 900], sample("slow", value));
    const own = (value: (at: number) => number) => every(1, [0, 900], sample("pressure", value));
    const wavering = (at: number) => 60 + (at % 7);

    test("MR-6: finds two sensors that disagree for a minute, until they agree again", () => {
      const away = (at: number) => wavering(at) + (at >= 100 && at < 400 ? 80 : 0);
      const found = judge([twin], running, slow(wavering), own(away));
      expect(found.map(brief)).toEqual(["raised odd sensor onset 160", "cleared odd sensor 400"]);
      expect(found[0]?.evidence).toMatchObject([
        { signal: "pressure", observed: wavering(160) + 80, measure: "difference" },
        { signal: "slow", observed: wavering(160), measure: "difference" },
      ]);
    });

    test("MR-6: two that disagree are still doubted while the machine is off, or one of them silent", () => {
      const away = (at: number) => wavering(at) + (at >= 100 && at < 800 ? 80 : 0);
      const isOff = (at: number) => at > 300 && at < 500;
      const shifts = every(
        1,
        [0, 900],
        sample("speed", (at) => (isOff(at) ? 0 : 900)),
      );
      const often = slow(wavering).filter(({ at }) => at < 600 || at > 700);
      const found = judge([twin], shifts, often, own(away));
      expect(found.map(brief)).toEqual(["raised odd sensor onset 160", "cleared odd sensor 800"]);
    });

    test.each([
      {
        name: "that lags",
        said: [running, slow(wavering), own((at) => wavering(at) + (at % 90 < 50 ? 80 : 0))],
      },
      {
        name: "within what is allowed",
        said: [running, slow(wavering), own((at) => wavering(at) + 40)],
      },
      { name: "that is silent", said: [running, own((at) => wavering(at) + 200)] },
      { name: "of a machine that is off", said: [slow(wavering), own((at) => wavering(at) + 200)] },
    ])("MR-6: says nothing of a twin $name", ({ said }) => {
      expect(judge([twin], ...said)).toEqual([]);
    });
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
