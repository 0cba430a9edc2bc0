import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { SendingWindow, type SendQueue } from "./window.ts";

/** Batches of 100 bytes; `a` is an alarm. */
class Queue implements SendQueue {
  first = 0;
  readonly lanes: string[] = [];
  readonly settled = new Set<number>();
  isPending = (ordinal: number) =>
    ordinal >= this.first && ordinal < this.lanes.length && !this.settled.has(ordinal);
  readonly waiting = new Set<number>();
  isWaiting = (ordinal: number) => this.waiting.has(ordinal);
  isAlarm = (ordinal: number) => this.lanes[ordinal] === "a";
  bytes = () => 100;
}

const options = {
  maxBytes: 1_000,
  maxBatches: 8,
  backlogShare: 0.4,
  smallBacklogBytes: 0,
  stallMs: 1_000,
};
let queue: Queue;
let window: SendingWindow;

beforeEach(() => {
  queue = new Queue();
  window = new SendingWindow(queue, options);
});

function fill(lanes: string): void {
  queue.lanes.push(...lanes);
}

function drain(nowMs = 0): number[] {
  const sent: number[] = [];
  for (;;) {
    const chosen = window.next(queue.lanes.length, nowMs);
    if (chosen === undefined) return sent;
    sent.push(chosen.ordinal);
  }
}

function settle(ordinals: readonly number[], nowMs = 0): void {
  for (const ordinal of ordinals) queue.settled.add(ordinal);
  window.settle(nowMs);
}

describe("SendingWindow", () => {
  test("sends live data in order, then the backlog's alarms, then the rest from the oldest on", () => {
    fill("llal");
    window.start(4, 0);
    fill("lla");
    expect(drain()).toEqual([4, 5, 6, 2, 0, 1, 3]);
  });

  test("a small backlog goes in its order before everything else, as live data", () => {
    window = new SendingWindow(queue, { ...options, smallBacklogBytes: 400 });
    fill("llal");
    window.start(4, 0);
    fill("la");
    expect(window.next(6, 0)).toEqual({ ordinal: 0, isHistorical: false });
    expect(drain()).toEqual([1, 2, 3, 4, 5]);
  });

  test("says what was made before the session", () => {
    fill("l");
    window.start(1, 0);
    fill("l");
    expect(window.next(2, 0)).toEqual({ ordinal: 1, isHistorical: false });
    expect(window.next(2, 0)).toEqual({ ordinal: 0, isHistorical: true });
  });

  test("backlog leaves room for live data", () => {
    fill("l".repeat(20));
    window.start(20, 0);
    expect(drain()).toEqual([0, 1, 2, 3]);
    fill("ll");
    expect(drain()).toEqual([20, 21]);
  });

  test("what is in flight is bounded, alarms pass all the same", () => {
    window.start(0, 0);
    fill("l".repeat(20));
    expect(drain()).toHaveLength(8);
    fill("a");
    expect(drain()).toEqual([20]);
    fill("a".repeat(20));
    expect(window.inFlight.length + drain().length).toBeLessThanOrEqual(16);
  });

  test("an acknowledgement makes room for the next", () => {
    window.start(0, 0);
    fill("l".repeat(20));
    drain();
    settle([0, 1, 2]);
    expect(drain()).toEqual([8, 9, 10]);
  });

  test("without progress everything goes out again, each time later", () => {
    window.start(0, 0);
    fill("lll");
    drain();
    expect(window.checkStall(999)).toBe(false);
    expect(window.checkStall(1_000)).toBe(true);
    expect(drain(1_000)).toEqual([0, 1, 2]);
    expect(window.checkStall(2_999)).toBe(false);
    expect(window.checkStall(3_000)).toBe(true);
    expect(window.stalls).toBe(2);
  });

  test("progress ends the stall", () => {
    window.start(0, 0);
    fill("lll");
    drain();
    window.checkStall(1_000);
    drain(1_000);
    settle([0], 1_500);
    expect(window.stalls).toBe(0);
    expect(window.checkStall(2_400)).toBe(false);
    expect(window.checkStall(2_500)).toBe(true);
  });

  test("an empty window never stalls", () => {
    window.start(0, 0);
    expect(window.checkStall(1e9)).toBe(false);
  });

  test("what was overtaken long ago goes out again, what is merely young does not", () => {
    window.start(0, 0);
    fill("ll");
    drain(0);
    fill("l");
    drain(1_200);
    settle([2], 1_300);
    expect(drain(1_300)).toEqual([0, 1]);
    fill("ll");
    drain(1_400);
    settle([4], 1_500);
    expect(drain(1_500)).toEqual([]);
  });

  test("a new session forgets what was in flight", () => {
    fill("lll");
    window.start(3, 0);
    drain();
    window.start(3, 10);
    expect(window.inFlight).toEqual([]);
    expect(drain(10)).toEqual([0, 1, 2]);
  });

  test("whatever is lost on the way, everything arrives", () => {
    const steps = fc.array(
      fc.record({
        made: fc.constantFrom("", "l", "a", "lll", "lal"),
        arrives: fc.array(fc.boolean(), { maxLength: 8 }),
        isCut: fc.boolean(),
      }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        queue = new Queue();
        window = new SendingWindow(queue, options);
        window.start(0, 0);
        let nowMs = 0;
        for (const { made, arrives, isCut } of all) {
          fill(made);
          nowMs += 300;
          if (isCut) window.start(queue.lanes.length, nowMs);
          drain(nowMs);
          settle(
            window.inFlight.filter((_, at) => arrives[at]),
            nowMs,
          );
          window.checkStall(nowMs);
          expect(window.inFlight.length).toBeLessThanOrEqual(2 * options.maxBatches);
        }
        for (let round = 0; round < 1_000 && queue.settled.size < queue.lanes.length; round++) {
          nowMs += 60_000;
          window.checkStall(nowMs);
          drain(nowMs);
          settle(window.inFlight, nowMs);
        }
        expect(queue.settled.size).toBe(queue.lanes.length);
      }),
    );
  });
});

describe("a window that fits the link", () => {
  const fitted = {
    ...options,
    maxBytes: 100_000,
    maxBatches: 1_000,
    startBytes: 400,
    targetMs: 1_000,
  };

  /** Sends and settles round after round; each acknowledgement takes so long. */
  function exchange(rounds: number, tookMs: number, fromMs: number): number {
    let nowMs = fromMs;
    for (let at = 0; at < rounds; at++) {
      fill("l".repeat(500));
      const sent = drain(nowMs);
      nowMs += tookMs;
      settle(sent, nowMs);
    }
    return nowMs;
  }

  beforeEach(() => {
    window = new SendingWindow(queue, { ...fitted, stallMs: 60_000 });
    window.start(0, 0);
  });

  test("doubles while answers come in time, up to its bound", () => {
    exchange(3, 100, 0);
    expect(window.limitBytes).toBe(3_200);
    exchange(10, 100, 1_000);
    expect(window.limitBytes).toBeGreaterThan(40_000);
    expect(window.limitBytes).toBeLessThanOrEqual(100_000);
  });

  test("shrinks when answers take longer than they should, and grows again", () => {
    const nowMs = exchange(10, 100, 0);
    const before = window.limitBytes;
    const later = exchange(1, 4_000, nowMs + 1);
    expect(window.limitBytes).toBe(before / 4);
    exchange(20, 100_000, later + 1);
    // Never below what one batch needs.
    expect(window.limitBytes).toBe(16 * 1024);
  });

  test("a link that is not used up tells nothing about what it could carry", () => {
    for (let at = 0; at < 50; at++) {
      fill("l");
      const sent = drain(at * 1_000);
      settle(sent, at * 1_000 + 10);
    }
    expect(window.limitBytes).toBe(400);
  });
});
