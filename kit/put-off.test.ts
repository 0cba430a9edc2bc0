import { expect, test } from "vitest";
import { createPutOff } from "./put-off.ts";

test("what failed waits at least the shortest and at most the longest time, by itself, and is forgotten once done", () => {
  let nowMs = 0;
  const putOff = createPutOff({ minMs: 10, capMs: 100, now: () => nowMs });
  expect([putOff.isWaiting("a"), putOff.count]).toEqual([false, 0]);
  const waits = Array.from({ length: 50 }, () => {
    const waitMs = putOff.failed("a");
    // Added once, as the other side does: a sum in two steps is now and then a bit of the last place less.
    const untilMs = nowMs + waitMs;
    nowMs = untilMs - 1;
    expect([putOff.isWaiting("a"), putOff.isWaiting("b")]).toEqual([true, false]);
    nowMs = untilMs;
    expect(putOff.isWaiting("a")).toBe(false);
    return waitMs;
  });
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(10);
  expect(Math.max(...waits)).toBeLessThanOrEqual(100);
  expect(Math.max(...waits)).toBeGreaterThan(20); // It has grown: the first is at most that.
  putOff.succeeded("a");
  expect(putOff.count).toBe(0);
});

test("what is no more keeps no place", () => {
  let nowMs = 0;
  const putOff = createPutOff({ minMs: 10, capMs: 100, now: () => nowMs });
  putOff.failed("gone");
  nowMs = 1_000;
  putOff.failed("there");
  expect(putOff.count).toBe(1);
});
