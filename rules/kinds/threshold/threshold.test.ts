import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import {
  brief,
  every,
  highRule,
  inOrder,
  judgeOf,
  type Said,
  startMs,
  testPlan,
} from "../../engine/rule-engine.fixture.ts";
import { createRuleEngine } from "../../engine/rule-engine.ts";

const speed = (value: number) => (at: number) => ({ at, signal: "speed", value });
const pressure = (value: number, quality?: Quality) => (at: number) => ({
  at,
  signal: "pressure",
  value,
  ...(quality === undefined ? {} : { quality }),
});

function judge(rule: Partial<typeof highRule> | object, ...said: Said[][]) {
  const plan = testPlan([{ ...highRule, ...rule } as typeof highRule]);
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(inOrder(...said));
}

const running = every(1, [0, 30], speed(900));

describe("threshold", () => {
  test.each([
    {
      name: "raises after the hold and clears below the hysteresis",
      said: [
        every(1, [1, 5], pressure(120)),
        every(1, [6, 8], pressure(95)),
        every(1, [9, 12], pressure(90)),
      ],
      is: ["raised high too-high onset 3", "cleared high too-high 11"],
    },
    { name: "says nothing at the limit", said: [every(1, [1, 9], pressure(100))], is: [] },
    {
      name: "says nothing of a short peak",
      said: [every(1, [1, 2], pressure(150)), every(1, [3, 9], pressure(95))],
      is: [],
    },
    {
      name: "starts the hold again when the value comes back",
      said: [
        every(1, [1, 2], pressure(150)),
        every(1, [3, 3], pressure(99)),
        every(1, [4, 5], pressure(150)),
      ],
      is: [],
    },
    {
      name: "does not count an error as a number",
      said: [every(1, [1, 9], pressure(Number.NaN, Quality.error))],
      is: [],
    },
    {
      name: "lets no error end a hold",
      said: [
        every(2, [1, 5], pressure(120)),
        every(2, [2, 4], pressure(Number.NaN, Quality.error)),
      ],
      is: ["raised high too-high onset 3"],
    },
    {
      name: "lets no error clear",
      said: [
        every(1, [1, 4], pressure(120)),
        every(1, [5, 9], pressure(Number.NaN, Quality.notAvailable)),
      ],
      is: ["raised high too-high onset 3"],
    },
    {
      name: "lets no gap hold",
      said: [every(1, [1, 2], pressure(120)), every(1, [15, 16], pressure(120))],
      is: [],
    },
    {
      name: "counts a new occurrence after a long gap",
      said: [every(1, [1, 4], pressure(120)), every(1, [22, 26], pressure(120))],
      is: ["raised high too-high onset 3", "updated high too-high onset 24"],
    },
  ])("$name", ({ said, is }) => {
    expect(judge({}, running, ...said).map(brief)).toEqual(is);
  });

  test.each([
    { name: "outside its context", speeds: every(1, [0, 9], speed(100)), is: [] },
    { name: "with an unknown context", speeds: [], is: [] },
    { name: "with a context that is too old", speeds: every(1, [-20, -19], speed(900)), is: [] },
    {
      name: "while the hold is in the context",
      speeds: [...every(1, [0, 4.5], speed(100)), ...every(1, [5.5, 9.5], speed(900))],
      is: ["raised high too-high onset 8"],
    },
    {
      name: "only for a context without a break",
      speeds: [
        ...every(1, [0, 2.5], speed(900)),
        { at: 2.6, signal: "speed", value: 0 },
        ...every(1, [2.7, 4], speed(900)),
      ],
      is: ["raised high too-high onset 5"],
    },
  ])("speaks $name as it should", ({ speeds, is }) => {
    expect(judge({}, speeds, every(1, [1, 9], pressure(120))).map(brief)).toEqual(is);
  });

  test("does not begin outside its context", () => {
    const found = judge({}, every(1, [0, 20], speed(0)), every(1, [1, 20], pressure(120)));
    expect(found).toEqual([]);
  });

  describe("an episode over breaks of its context", () => {
    const load = (from: number) => every(1, [from, from + 29], speed(900));
    const pause = (from: number) => every(1, [from, from + 29], speed(0));
    const loads = [0, 60, 120].flatMap((from) => [...load(from), ...pause(from + 30)]);

    test("is one, as nothing shows while the context does not hold", () => {
      const found = judge(
        {},
        loads,
        ...[1, 61].flatMap((from) => [
          every(1, [from, from], pressure(80)), // it takes a moment to build up
          every(1, [from + 1, from + 28], pressure(120)),
          every(1, [from + 29, from + 59], pressure(0)),
        ]),
        every(1, [121, 140], pressure(80)),
      );
      expect(found.map(brief)).toEqual([
        "raised high too-high onset 4",
        "cleared high too-high 122",
      ]);
      expect(found.at(-1)).not.toHaveProperty("chatter");
    });

    test("ends when it was back for `clearSeconds` of the context in sum", () => {
      const found = judge(
        { clearSeconds: 40 },
        loads,
        every(1, [1, 5], pressure(120)),
        every(1, [6, 149], pressure(80)),
      );
      // 24 s of the first load and 16 s of the second, which begins at 60.
      expect(found.map(brief)).toEqual([
        "raised high too-high onset 3",
        "cleared high too-high 76",
      ]);
    });

    test("begins to count anew with each value beyond, not with one in between", () => {
      const found = judge(
        { clearSeconds: 20 },
        load(0),
        every(1, [1, 4], pressure(120)),
        every(1, [5, 14], pressure(80)),
        every(1, [15, 15], pressure(120)),
        every(1, [16, 29], pressure(80)),
        load(30),
        every(1, [30, 34], pressure(95)),
        every(1, [35, 59], pressure(80)),
      );
      expect(found.map(brief)).toEqual([
        "raised high too-high onset 3",
        "cleared high too-high 41",
      ]);
    });

    test("ends outside of the context after a shift in which nothing showed it", () => {
      const shift = 8 * 3_600;
      const found = judge(
        {},
        running,
        every(1, [1, 4], pressure(120)),
        every(10, [31, 31 + shift + 60], speed(0)),
        every(10, [31, 31 + shift + 60], pressure(0)),
      );
      expect(found.map(brief)).toEqual([
        "raised high too-high onset 3",
        `cleared high too-high ${31 + shift}`,
      ]);
    });
  });

  test("needs no context", () => {
    expect(judge({ context: undefined }, every(1, [1, 3], pressure(120))).map(brief)).toEqual([
      "raised high too-high onset 3",
    ]);
  });

  test("finds what is below, and clears at the limit without a hysteresis", () => {
    const found = judge(
      { above: undefined, below: 50, hysteresis: 0 },
      running,
      every(1, [1, 4], pressure(40)),
      every(1, [5, 8], pressure(50)),
    );
    expect(found.map(brief)).toEqual(["raised high too-high onset 3", "cleared high too-high 7"]);
    expect(found[0]?.evidence).toEqual([
      {
        kind: "signal",
        signal: "pressure",
        unit: "kPa",
        observed: 40,
        limit: 50,
        quality: "good",
        context: "running",
        from: new Date(startMs + 1000).toISOString(),
        to: new Date(startMs + 3000).toISOString(),
        rule: "high",
      },
    ]);
  });

  test("tells of a new worst value once a minute, and remembers it to the end", () => {
    const rising = every(1, [1, 200], (at) => ({ at, signal: "pressure", value: 110 + at }));
    const found = judge(
      {},
      every(1, [0, 210], speed(900)),
      rising,
      every(1, [201, 204], pressure(0)),
    );
    expect(found.map(brief)).toEqual([
      "raised high too-high onset 3",
      "updated high too-high 63",
      "updated high too-high 123",
      "updated high too-high 183",
      "cleared high too-high 203",
    ]);
    expect(found.map(({ evidence: [one] }) => one?.kind === "signal" && one.observed)).toEqual([
      113, 173, 233, 293, 310,
    ]);
    expect(new Set(found.map(({ findingId }) => findingId)).size).toBe(1);
  });

  test("forgets the worst value of an earlier episode", () => {
    const found = judge(
      {},
      running,
      every(1, [1, 4], pressure(300)),
      every(1, [5, 7], pressure(0)),
      every(1, [8, 11], pressure(110)),
    );
    expect(found.map(({ evidence: [one] }) => one?.kind === "signal" && one.observed)).toEqual([
      300, 300, 110,
    ]);
  });

  test("ends an episode in a new epoch when the value is fine there", () => {
    const plan = testPlan([highRule]);
    const { say } = judgeOf(createRuleEngine({ planOf: () => plan }), plan);
    say(inOrder(running, every(1, [1, 4], pressure(120))));
    const fine = inOrder(every(1, [50, 54], speed(900)), every(1, [50, 54], pressure(20)));
    const [cleared] = say(fine, { epoch: "2".repeat(32) });
    expect(cleared && brief(cleared)).toBe("cleared high too-high 52");
    expect(cleared?.evidence).toMatchObject([{ observed: 20, from: cleared?.at, to: cleared?.at }]);
  });

  test.each([
    { name: "without a limit", rule: { above: undefined } },
    { name: "on a signal the plan does not have", rule: { signal: "nothing" } },
  ])("never speaks $name", ({ rule }) => {
    expect(judge(rule, running, every(1, [1, 9], pressure(500)))).toEqual([]);
  });

  test("does not count a time in which nobody knows of the context", () => {
    const slow = every(20, [1, 41], (at) => ({ at, signal: "slow", value: 120 }));
    const speeds = every(20, [0, 40], speed(900));
    expect(judge({ signal: "slow", holdSeconds: 15 }, speeds, slow)).toEqual([]);
    const found = judge({ signal: "slow", holdSeconds: 15 }, every(10, [0, 40], speed(900)), slow);
    expect(found.map(brief)).toEqual(["raised high too-high onset 21"]);
  });

  describe("F3: a signal that crosses its limit once a second", () => {
    const hour = 3_600;
    const speeds = every(5, [0, hour + 180], speed(900));
    const chattering = every(0.5, [0, hour - 0.5], (at) => pressure(at % 1 === 0 ? 120 : 60)(at));
    const calm = every(1, [hour, hour + 180], pressure(60));

    test("is one episode with every crossing counted, and ends when it is calm for a minute", () => {
      const found = judge({}, speeds, chattering, calm);
      const onsets = found.filter(({ isOnset }) => isOnset);
      expect(onsets.map(brief)).toEqual(["raised high too-high onset 3.5"]);
      expect(new Set(found.map(({ findingId }) => findingId)).size).toBe(1);
      expect(found.length).toBeLessThan(30);
      const last = found.at(-1);
      expect(last && brief(last)).toBe(`cleared high too-high ${hour + 60}`);
      expect(last?.chatter).toEqual({ count: 3_600, perMinute: 60 });
    });

    test("gives the same wherever it is stopped and started again", () => {
      const plan = testPlan([highRule]);
      const said = inOrder(speeds, chattering, calm);
      const whole = judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(said);
      const pieces = [];
      let state = "";
      for (let from = 0; from < said.length; from += 1_009) {
        const engine = createRuleEngine({ planOf: () => plan });
        engine.restore("M-1", state);
        pieces.push(...judgeOf(engine, plan).say(said.slice(from, from + 1_009)));
        state = engine.snapshot("M-1");
      }
      expect(pieces).toEqual(whole);
    });

    test("is none where the machine's own cycle does that, and an unbroken stay still is one", () => {
      expect(judge({ cyclic: true }, speeds, chattering, calm)).toEqual([]);
      const stays = every(1, [hour, hour + 30], pressure(120));
      const found = judge({ cyclic: true }, speeds, chattering, stays);
      expect(found.map(brief)).toEqual(["raised high too-high onset 3602"]);
      expect(found[0]).not.toHaveProperty("chatter");
    });

    test("is none when it is beyond for less than the hold in sum, or does not come three times a minute", () => {
      const spikes = every(0.5, [0, 3], (at) => pressure(at % 1 === 0 ? 120 : 60)(at));
      expect(judge({}, speeds, spikes, calm)).toEqual([]);
      const rare = every(0.5, [0, 600], (at) => pressure(at % 40 === 0 ? 120 : 60)(at));
      expect(judge({}, speeds, rare, calm)).toEqual([]);
    });
  });
});
