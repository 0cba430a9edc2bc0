import { Quality } from "@firebreak/wire/quality.ts";
import { describe, expect, test } from "vitest";
import {
  amber,
  brief,
  dtc,
  every,
  inOrder,
  judgeOf,
  type Said,
  startMs,
  testPlan,
} from "./rule-engine.fixture.ts";
import { createRuleEngine, type RuleEngine } from "./rule-engine.ts";

const plan = testPlan();
const newEngine = () => createRuleEngine({ planOf: () => plan });
const code = (at: number): Said => ({ at, dtcs: [dtc(7, 4)], lamps: amber });
const speed = (at: number): Said => ({ at, signal: "speed", value: 900 });
const pressure =
  (value: number, quality: Quality = Quality.good) =>
  (at: number): Said => ({ at, signal: "pressure", value, quality });
const epoch = (digit: number) => ({ epoch: String(digit).repeat(32) });

const openIds = (engine: RuleEngine) =>
  (engine.machineState("M-1")?.findings ?? []).map(({ findingId }) => findingId);
const repairedAt = (engine: RuleEngine, second: number, findingIds = openIds(engine)) =>
  engine.repaired("M-1", { findingIds, provedMs: startMs + second * 1000 });

describe("a proved repair", () => {
  test("ends the episode of a control unit that has fallen silent; the code seen again is a new one", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    const [raised] = say(every(1, [1, 5], code));
    say(every(1, [6, 90], speed));
    expect(openIds(engine)).toHaveLength(1);
    expect(repairedAt(engine, 91)).toEqual([
      {
        ...raised,
        phase: "cleared",
        at: new Date(startMs + 90_000).toISOString(),
        isOnset: false,
        cause: "repaired",
      },
    ]);
    expect(openIds(engine)).toEqual([]);
    expect(repairedAt(engine, 91, [raised?.findingId ?? ""])).toEqual([]);
    const again = say(every(1, [100, 104], code));
    expect(again.map(brief)).toEqual(["raised code sensor onset 102"]);
    expect(again[0]?.findingId).not.toBe(raised?.findingId);
  });

  test("does not end what was seen after the proof, nor what it does not name", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    say(every(1, [1, 40], code));
    expect(repairedAt(engine, 39)).toEqual([]);
    expect(repairedAt(engine, 60, ["another"])).toEqual([]);
    expect(openIds(engine)).toHaveLength(1);
  });

  test("ends an episode that was not seen in the present epoch", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    say(every(1, [1, 5], code), epoch(1));
    say(every(1, [30, 31], speed), epoch(2));
    expect(repairedAt(engine, 60).map(brief)).toEqual(["cleared code sensor 31"]);
    expect(say(every(1, [70, 74], code), epoch(2)).map(brief)).toEqual([
      "raised code sensor onset 72",
    ]);
  });

  test("makes every kind of rule begin afresh, with its whole on-delay", () => {
    const engine = newEngine();
    const { say } = judgeOf(engine, plan);
    const first = say(
      inOrder(
        every(1, [0, 10], speed),
        every(1, [0, 4], pressure(150)),
        every(1, [5, 8], pressure(0, Quality.error)),
      ),
    );
    expect(first.map(brief)).toEqual([
      "raised high too-high onset 2",
      "cleared high too-high 7",
      "raised lost sensor onset 7",
    ]);
    expect(repairedAt(engine, 11).map(({ ruleId }) => ruleId)).toEqual(["lost"]);
    const second = say(
      inOrder(
        every(1, [12, 30], speed),
        every(1, [20, 22], pressure(150)),
        every(1, [24, 26], pressure(0, Quality.error)),
      ),
    );
    expect(second.map(brief)).toEqual([
      "raised high too-high onset 22",
      "cleared high too-high 26",
      "raised lost sensor onset 26",
    ]);
  });

  test("means the same to an engine that was stopped and restored right before or after it", () => {
    const lives = [false, true].flatMap((before) => [false, true].map((after) => [before, after]));
    const told = lives.map(([before, after]) => {
      let engine = newEngine();
      const restart = () => {
        const next = newEngine();
        next.restore("M-1", engine.snapshot("M-1"));
        engine = next;
      };
      const found = judgeOf(engine, plan).say(
        inOrder(every(1, [1, 5], code), every(1, [6, 9], speed)),
      );
      if (before) restart();
      found.push(...repairedAt(engine, 10));
      if (after) restart();
      found.push(...judgeOf(engine, plan).say(every(1, [20, 24], code)));
      return { found, text: engine.snapshot("M-1") };
    });
    expect(told[0]?.found).toHaveLength(3);
    for (const one of told) expect(one).toEqual(told[0]);
  });

  test("of a machine that is unknown ends nothing", () => {
    expect(repairedAt(newEngine(), 1, ["f"])).toEqual([]);
  });
});
