import { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gauss } from "../../detectors/series.fixture.ts";
import { packedLength, packNumbers, unpackNumbers } from "../../engine/cells.ts";
import { testPlan } from "../../engine/rule-engine.fixture.ts";
import { watchLayout } from "./cells.ts";
import { watch } from "./watch.ts";

const rule = {
  id: "watched",
  kind: "watch",
  about: { en: "test", "zh-CN": "测试" },
  severity: "info",
  signal: "pressure",
  failureMode: "too-high",
} as const;
const prepared = watch.prepare(rule, testPlan([rule]));
const rowNs = 60e9;
const perDay = 480;
const runs = { numRuns: process.env.FIREBREAK_SOAK ? 100 : 3 };

const alone = { contextSinceNs: -1, openSince: () => Number.NaN };
const stepNames = ["none", "raised", "renewed", "updated", "holding", "cleared"];

/** What is told of rows of one sample each, eight hours a day; a restart before every so many. */
function judge(values: readonly number[], { restartEach = 0, fromRow = 0 } = {}): string[] {
  const state = { numbers: watchLayout.initial.slice(), at: 0, more: {} };
  return values.flatMap((value, row) => {
    if (restartEach > 0 && row % restartEach === 0) {
      const stored = packNumbers(state.numbers);
      state.numbers = watchLayout.initial.slice();
      unpackNumbers(stored, state.numbers);
    }
    const day = Math.floor((row + fromRow) / perDay);
    const timeNs = day * 24 * 3600e9 + ((row + fromRow) % perDay) * rowNs;
    const moment = { slot: 0, timeNs, value, quality: Quality.good, ...alone };
    const step = watch.sample?.(prepared, state, moment) ?? 0;
    // A row ends with the sample behind it.
    return step === 0 || step === 4 ? [] : [`${stepNames[step]} ${row - 1}`];
  });
}

/** Days that differ a little, hours that differ more. */
function days(seed: number, count: number, fault: (row: number) => number = () => 0): number[] {
  const next = gauss(seed);
  let level = 0;
  let load = 0;
  return Array.from({ length: count * perDay }, (_, row) => {
    if (row % perDay === 0) level = next();
    load = 0.95 * load + 0.3 * next();
    return 100 + 2 * level + 5 * Math.tanh(load) + next() + fault(row);
  });
}

const at = 20 * perDay;
const leap = (row: number) => (row === at ? 200 : 0);
/** Within the range of single rows, but day after day. */
const drift = (row: number) => (row >= at ? 11 : 0);

describe("watch", () => {
  test("tells of what never was, once, until it has faded", () => {
    const told = judge(days(1, 25, leap));
    expect(told[0]).toBe(`raised ${at}`);
    expect(Number(told[1]?.split(" ")[1])).toBeGreaterThan(at + 100);
  });

  test("tells of days that are not like those before, after the second of them", () => {
    const told = judge(days(2, 30, (row) => (row % 97 === 5 && row < at ? 14 : drift(row))));
    const drifts = told.filter((one) => one === `raised ${at + 2 * perDay - 1}`);
    expect(drifts).toHaveLength(1);
  });

  test("ends a drift when the days are as before, and not earlier", () => {
    const back = (row: number) => (row >= at && row < at + 5 * perDay ? 11 : 0);
    const told = judge(days(2, 30, (row) => (row % 97 === 5 && row < at ? 14 : back(row))));
    expect(told.at(-1)).toBe(`cleared ${at + 6 * perDay - 1}`);
  });

  test("says nothing of sound machines in 60 days, of most of them", () => {
    const told = Array.from({ length: 8 }, (_, seed) => judge(days(seed + 1, 60)));
    expect(told.filter((one) => one.length > 0).length).toBeLessThanOrEqual(2);
  });

  test.each([
    { name: "a counter", value: (row: number) => row },
    { name: "a saw-tooth", value: (row: number) => row % 1_000 },
    { name: "what is switched on and off", value: (row: number) => Math.floor(row / 300) % 2 },
  ])("says nothing of $name", ({ value }) => {
    expect(judge(Array.from({ length: 20 * perDay }, (_, row) => value(row)))).toEqual([]);
  });

  test("says nothing of what never changes", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), (value) => {
        expect(judge(new Array<number>(15 * perDay).fill(value))).toEqual([]);
      }),
      runs,
    );
  });

  test("judges from the past alone", () => {
    const whole = judge(days(4, 25, leap));
    const changed = judge([...days(4, 25, leap).slice(0, at + 200), ...days(5, 4, () => 500)]);
    const early = (told: string) => Number(told.split(" ")[1]) < at + 199;
    expect(changed.filter(early)).toEqual(whole.filter(early));
  });

  test("does not know units and zero points", () => {
    const factor = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(factor, fc.integer({ min: -1_000, max: 1_000 }), (by, plus) => {
        const rows = days(6, 25, (row) => leap(row) + drift(row));
        expect(judge(rows.map((value) => value * by + plus))).toEqual(judge(rows));
      }),
      runs,
    );
  });

  test("finds a leap in the same row when healthy days come before", () => {
    const whole = days(7, 27, (row) => (row === 26 * perDay ? 200 : 0));
    const shifted = judge(whole.slice(5 * perDay), { fromRow: 5 * perDay });
    expect(judge(whole)).toContain(`raised ${26 * perDay}`);
    expect(shifted).toContain(`raised ${21 * perDay}`);
  });

  test("goes on after a restart anywhere as if there had been none", () => {
    const rows = days(8, 24, (row) => leap(row) + drift(row));
    const whole = judge(rows);
    expect(whole.length).toBeGreaterThan(1);
    for (const restartEach of [1, 77, 1_009]) expect(judge(rows, { restartEach })).toEqual(whole);
  });

  test("is 256 bytes, 344 characters when stored, whatever came", () => {
    expect(watchLayout.initial.byteLength).toBe(256);
    expect(packedLength(watchLayout.initial.length)).toBe(344);
  });
});
