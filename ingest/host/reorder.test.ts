import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newSession } from "./node-session.ts";
import { createReorder } from "./reorder.ts";

const clock = { nowMs: () => Date.now(), monotonicMs: () => Date.now() };

/** A session whose birth had the number `seq`. */
function born(seq: number) {
  const session = newSession({ group: "firebreak", edge: "plc-7" });
  session.seq = seq;
  return session;
}

/** Indexes 0 to n - 1, each moved by less than `reach` places. */
const shuffled = (reach: number) =>
  fc.array(fc.nat({ max: reach * 10 }), { minLength: 1, maxLength: 600 }).map((keys) =>
    keys
      .map((key, at) => ({ at, place: at + (key / (reach * 10)) * reach }))
      .sort((one, other) => one.place - other.place)
      .map(({ at }) => at),
  );

describe("reorder", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("whatever comes within reach comes out in the order in which it was sent", () => {
    fc.assert(
      fc.property(shuffled(40), fc.nat({ max: 255 }), (order, start) => {
        const gaps: unknown[] = [];
        const reorder = createReorder({ clock, timeoutMs: 1_000, onGap: (one) => gaps.push(one) });
        const session = born(start);
        const out: number[] = [];
        for (const at of order)
          reorder.take(session, {
            seq: (start + 1 + at) % 256,
            bytes: 10,
            isFree: false,
            process: () => out.push(at),
          });
        reorder.close();
        expect(out).toEqual(order.map((_, at) => at));
        expect(gaps).toEqual([]);
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 20_000 : 100 },
    );
  });

  test("everything is processed exactly once, whatever the numbers are, and what waits is bounded", () => {
    const message = fc.record({
      seq: fc.option(fc.nat({ max: 255 }), { nil: undefined }),
      bytes: fc.integer({ min: 1, max: 20_000 }),
      isFree: fc.boolean(),
      waitMs: fc.constantFrom(0, 0, 0, 400),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 300 }), (messages) => {
        const reorder = createReorder({ clock, timeoutMs: 1_000, onGap: () => {} });
        const session = born(0);
        const times = messages.map(() => 0);
        let waiting = 0;
        for (const [at, { seq, bytes, isFree, waitMs }] of messages.entries()) {
          waiting++;
          const process = () => {
            times[at] = (times[at] ?? 0) + 1;
            waiting--;
          };
          reorder.take(session, { seq, bytes, isFree, process });
          expect(waiting).toBeLessThanOrEqual(64);
          vi.advanceTimersByTime(waitMs);
        }
        vi.advanceTimersByTime(2_000);
        reorder.close();
        expect(times.every((count) => count === 1)).toBe(true);
      }),
      { numRuns: process.env.FIREBREAK_SOAK ? 20_000 : 100 },
    );
  });
});
