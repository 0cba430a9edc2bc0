import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createConnectionQueue } from "./connection-queue.ts";

/** As much of a socket as stands in a queue. */
class Waiting extends EventEmitter {
  readonly remoteAddress: string;
  isDestroyed = false;
  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }
  destroy(): void {
    this.isDestroyed = true;
    this.emit("close");
  }
}

describe("connection queue", () => {
  const taken: { readonly address: string; readonly atMs: number }[] = [];
  const refused: string[] = [];
  const nowMs = () => Date.now();
  const queueOf = (perSecond: number, maxWaiting: number) =>
    createConnectionQueue({
      clock: { nowMs, monotonicMs: nowMs },
      perSecond,
      maxWaiting,
      onRefused: (address) => refused.push(address),
    });
  const come = (queue: ReturnType<typeof queueOf>, address: string): Waiting => {
    const socket = new Waiting(address);
    queue.enter(socket as unknown as Socket, () => taken.push({ address, atMs: nowMs() }));
    return socket;
  };
  beforeEach(() => {
    vi.useFakeTimers();
    taken.length = 0;
    refused.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("C7: in no second more than the limit, and all that wait have their turn", () => {
    const queue = queueOf(300, 1_500);
    for (let at = 0; at < 1_000; at++) come(queue, `10.0.0.${at % 250}`);
    expect(taken.length).toBeLessThanOrEqual(30);
    vi.advanceTimersByTime(5_000);
    expect(taken).toHaveLength(1_000);
    for (const { atMs } of taken) {
      const within = taken.filter((one) => one.atMs >= atMs && one.atMs < atMs + 1_000).length;
      expect(within).toBeLessThanOrEqual(300);
    }
    expect(queue.waiting).toBe(0);
    expect(refused).toEqual([]);
  });

  test("addresses take turns: a flood from one keeps nobody else out", () => {
    const queue = queueOf(100, 1_000);
    for (let at = 0; at < 900; at++) come(queue, "10.6.6.6");
    come(queue, "10.0.0.1");
    vi.advanceTimersByTime(100);
    expect(taken.map(({ address }) => address)).toContain("10.0.0.1");
  });

  test("beyond what may wait a connection is closed and told of; one that goes away gives its place up", () => {
    const queue = queueOf(10, 2);
    come(queue, "a");
    const [first] = [come(queue, "b"), come(queue, "c")];
    expect(come(queue, "d").isDestroyed).toBe(true);
    expect(refused).toEqual(["d"]);
    first?.destroy();
    expect(queue.waiting).toBe(1);
    expect(come(queue, "e").isDestroyed).toBe(false);
    vi.advanceTimersByTime(2_000);
    expect(taken.map(({ address }) => address)).toEqual(["a", "c", "e"]);
  });

  test("closing ends those who wait", () => {
    const queue = queueOf(10, 5);
    come(queue, "a");
    const waiting = come(queue, "b");
    queue.close();
    expect(waiting.isDestroyed).toBe(true);
    vi.advanceTimersByTime(2_000);
    expect(taken).toHaveLength(1);
  });
});
