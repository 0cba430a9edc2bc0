import { Quality } from "@firebreak/wire/quality.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Counters } from "./counters.ts";

const { good, error } = Quality;
const second = 1e9;

/** What goes on, as [second, value], of one sample a second. */
function run(values: readonly (number | "error")[], { minStep = 0, maxSilence = 60 } = {}) {
  const out: [number, number | "error"][] = [];
  const shaping = [{ signal: 0, minStep, maxSilenceNs: maxSilence * second }];
  const counters = new Counters(shaping, (_, ns, value, quality) =>
    out.push([ns / second, quality === good ? value : "error"]),
  );
  counters.rebase(1_700_000_000_000_000_000n);
  for (const [at, value] of values.entries()) {
    const isGood = value !== "error";
    counters.take(0, at * second, isGood ? value : Number.NaN, isGood ? good : error);
  }
  counters.close();
  return { out, suppressed: counters.suppressed };
}

describe("Counters", () => {
  test("goes on when it has changed, and after the longest silence", () => {
    const { out, suppressed } = run([5, 5, 5, 6, 6, 6, 6], { maxSilence: 3 });
    expect(out).toEqual([
      [0, 5],
      [3, 6],
      [6, 6],
    ]);
    expect(suppressed).toBe(4);
  });

  test("small steps wait until together they are one", () => {
    expect(run([0, 1, 2, 3, 4, 5, 6], { minStep: 3 }).out).toEqual([
      [0, 0],
      [3, 3],
      [6, 6],
    ]);
  });

  test("a single lower value is a slip of the sender and stays here", () => {
    const { out, suppressed } = run([100, 101, 0, 102, 103]);
    expect(out.map(([, value]) => value)).toEqual([100, 101, 102, 103]);
    expect(suppressed).toBe(1);
  });

  test("a reset keeps both sides: the last value before and the first one after", () => {
    const { out } = run([100, 101, 102, 0, 0, 1, 5], { minStep: 5 });
    expect(out).toEqual([
      [0, 100],
      [2, 102],
      [3, 0],
      [6, 5],
    ]);
  });

  test("an overflow likewise", () => {
    const { out } = run([65_533, 65_535, 1, 3, 5]);
    expect(out.map(([, value]) => value)).toEqual([65_533, 65_535, 1, 3, 5]);
  });

  test("a bad value goes on once, and the next good one after it", () => {
    const { out, suppressed } = run([7, "error", "error", 7, 7]);
    expect(out).toEqual([
      [0, 7],
      [1, "error"],
      [3, 7],
    ]);
    expect(suppressed).toBe(2);
  });

  test("what went on and what was held back are all there were; stamps never fall", () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant("error" as const));
    const options = fc.record({
      minStep: fc.constantFrom(0, 2),
      maxSilence: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(value, { maxLength: 200 }), options, (values, given) => {
        const { out, suppressed } = run(values, given);
        expect(out.length + suppressed).toBe(values.length);
        const seconds = out.map(([at]) => at);
        expect(seconds).toEqual([...new Set(seconds)].sort((a, b) => a - b));
        for (const [at, sent] of out) expect(values[at]).toBe(sent);
      }),
    );
  });
});
