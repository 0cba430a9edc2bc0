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
  id: "unit",
  about: { en: "x", "zh-CN": "x" },
  severity: "warning",
  kind: "unit-lost",
  unit: { sa: 0 },
  holdSeconds: 3,
  failureMode: "sensor",
} as const;
const plan = testPlan([highRule, lostRule, rule]);

const says =
  (signal: string, quality: Quality, value = Number.NaN) =>
  (at: number) => ({
    ...{ at, signal, value, quality },
  });
const judge = (...said: Said[][]) =>
  judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(inOrder(...said));
const allBad = (from: number, to: number, quality: Quality = Quality.error) =>
  ["speed", "pressure", "slow"].map((name) => every(1, [from, to], says(name, quality)));
const allGood = (from: number, to: number) =>
  ["speed", "pressure", "slow"].map((name) => every(1, [from, to], says(name, Quality.good, 50)));

describe("unitLost", () => {
  test("MR-5: all signals of one control unit bad together are one finding of the unit, and its sensors say nothing", () => {
    const found = judge(...allGood(0, 20), ...allBad(21, 40), ...allGood(41, 60));
    expect(found.map(brief)).toEqual(["raised unit sensor onset 24", "cleared unit sensor 44"]);
    expect(found[0]?.evidence.map((piece) => piece.kind === "signal" && piece.signal)).toEqual([
      "speed",
      "pressure",
      "slow",
    ]);
  });

  test("MR-5: what its sensors and thresholds had said before ends with the cause", () => {
    const running = every(1, [0, 26], says("speed", Quality.good, 900));
    const high = every(1, [1, 10], says("pressure", Quality.good, 150));
    const lost = every(1, [11, 60], says("pressure", Quality.error));
    const others = every(1, [27, 60], says("speed", Quality.error));
    const third = every(1, [27, 60], says("slow", Quality.outOfRange));
    const found = judge(running, high, lost, others, third);
    expect(found.map((one) => `${brief(one)} ${one.cause ?? ""}`.trim())).toEqual([
      "raised high too-high onset 3",
      "cleared high too-high 13 sensor_fault",
      "raised lost sensor onset 13",
      "cleared lost sensor 30 sensor_fault",
      "raised unit sensor onset 30",
    ]);
  });

  test("one good signal is enough for the unit to be there", () => {
    const good = every(1, [0, 60], says("slow", Quality.good, 50));
    const [speed = [], pressure = []] = allBad(10, 60);
    expect(judge(good, speed, pressure).filter(({ ruleId }) => ruleId === "unit")).toEqual([]);
  });

  test("not-available and reserved say nothing, and two signals are not all", () => {
    expect(judge(...allBad(0, 60, Quality.notAvailable))).toEqual([]);
    expect(judge(...allBad(0, 60, Quality.reserved))).toEqual([]);
    expect(judge(...allBad(0, 60).slice(0, 2))).toEqual([]);
  });

  test("errors before a silence do not count on: the hold begins when the unit speaks again", () => {
    const dayLater = 86_400;
    expect(judge(...allBad(0, 1), ...allBad(dayLater, dayLater + 2))).toEqual([]);
    const found = judge(...allBad(0, 1), ...allBad(dayLater, dayLater + 5));
    expect(found.map(brief)).toEqual([`raised unit sensor onset ${dayLater + 3}`]);
  });

  test("a Modbus device that does not answer is stale in all its signals", () => {
    expect(judge(...allBad(0, 5, Quality.stale)).map(brief)).toEqual([
      "raised unit sensor onset 3",
    ]);
  });

  test("is the same wherever it is stopped and started again", () => {
    const said = inOrder(...allGood(0, 20), ...allBad(21, 40), ...allGood(41, 60));
    const whole = judgeOf(createRuleEngine({ planOf: () => plan }), plan).say(said);
    const pieces = [];
    let state = "";
    for (let from = 0; from < said.length; from += 7) {
      const engine = createRuleEngine({ planOf: () => plan });
      engine.restore("M-1", state);
      pieces.push(...judgeOf(engine, plan).say(said.slice(from, from + 7)));
      state = engine.snapshot("M-1");
    }
    expect(pieces).toEqual(whole);
  });
});
