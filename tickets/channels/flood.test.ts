import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { channelDefaults } from "./channels-defaults.ts";
import { planFlood } from "./flood.ts";

const minute = 60_000;
const nowMs = 1_000 * minute;
const { floodLimit } = channelDefaults;
const plan = (count: number, told: readonly number[] = [], oldestMs = nowMs, digests = 0) =>
  planFlood({ count, oldestMs, digests }, told, nowMs, channelDefaults);

describe("planFlood", () => {
  test("sends a few at once", () => {
    expect(plan(9)).toEqual({ digests: 0, single: 9, isDigest: false, againMs: undefined });
  });

  test("keeps the last place of the window for a digest, and collects a minute for it", () => {
    expect(plan(1_000)).toEqual({
      digests: 0,
      single: 9,
      isDigest: false,
      againMs: nowMs + minute,
    });
  });

  test("sends the digest when it has been collected", () => {
    const told = Array.from({ length: 9 }, () => nowMs - minute);
    expect(plan(991, told, nowMs - minute)).toMatchObject({ single: 0, isDigest: true });
  });

  test("waits for the window when it is full", () => {
    const told = Array.from({ length: 10 }, (_, index) => nowMs - 9 * minute + index);
    expect(plan(5, told, nowMs - 5 * minute)).toEqual({
      digests: 0,
      single: 0,
      isDigest: false,
      againMs: nowMs + minute,
    });
  });

  test("sends a digest that failed before anything new", () => {
    const told = Array.from({ length: 9 }, () => nowMs - minute);
    expect(plan(3, told, nowMs - 5 * minute, 1)).toMatchObject({ digests: 1, isDigest: false });
  });

  test("F4: whatever comes in, nobody is told more than ten times in any ten minutes, and nothing is dropped", () => {
    const bursts = fc.array(
      fc.record({ waitMs: fc.integer({ min: 0, max: 4 * minute }), count: fc.nat(40) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(bursts, (steps) => {
        let now = 0;
        let waiting: number[] = [];
        let toldOf = 0;
        const told: number[] = [];
        const settle = () => {
          const oldestMs = waiting[0] ?? now;
          const result = planFlood(
            { count: waiting.length, oldestMs, digests: 0 },
            told.filter((ms) => ms > now - channelDefaults.floodWindowMs),
            now,
            channelDefaults,
          );
          for (let index = 0; index < result.single; index++) told.push(now);
          toldOf += result.single;
          waiting = waiting.slice(result.single);
          if (result.isDigest) {
            told.push(now);
            toldOf += waiting.length;
            waiting = [];
          }
          return result.againMs;
        };
        let sum = 0;
        for (const { waitMs, count } of steps) {
          now += waitMs;
          sum += count;
          waiting.push(...Array.from({ length: count }, () => now));
          settle();
        }
        for (let rounds = 0; waiting.length > 0; rounds++) {
          expect(rounds).toBeLessThan(20);
          const again = settle();
          if (waiting.length > 0) {
            expect(again).toBeGreaterThan(now);
            now = again ?? now;
          }
        }
        expect(toldOf).toBe(sum);
        for (const ms of told)
          expect(
            told.filter((other) => other > ms - channelDefaults.floodWindowMs && other <= ms)
              .length,
          ).toBeLessThanOrEqual(floodLimit);
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 5_000 : 200 },
    );
  });
});
