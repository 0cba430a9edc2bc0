import { expect, test } from "vitest";
import { type CanFrame, frameOf } from "./can-frame.ts";
import { CanNetwork } from "./can-network.ts";
import type { CanNode } from "./can-node.ts";
import { FrameQueue } from "./frame-queue.ts";

/** A node that has these frames to send, all at once. */
function nodeWith(...texts: readonly string[]): CanNode & { readonly heard: string[] } {
  const queue = new FrameQueue();
  for (const text of texts) {
    const { canId, isExtended, data, length } = frameOf(text);
    queue.add(0, canId, data.slice(0, length), isExtended);
  }
  const heard: string[] = [];
  return {
    name: "made up",
    address: null,
    heard,
    get dueMs() {
      return queue.dueMs;
    },
    urgencyAt: (nowMs) => queue.urgencyAt(nowMs),
    takeFrame: (nowMs, frame) => queue.takeFrame(nowMs, frame),
    hear: ({ canId }: CanFrame) => heard.push(canId.toString(16)),
    update() {},
    reset() {},
    busOff() {},
    silence() {},
    revive() {},
  };
}

function run(network: CanNetwork): { id: string; timeMs: number }[] {
  const seen: { id: string; timeMs: number }[] = [];
  network.run(1_000, ({ canId, timeMs }) => seen.push({ id: canId.toString(16), timeMs }));
  return seen;
}

test("the lower identifier goes first, and one of 11 bits before the same with 29", () => {
  const nodes = [
    nodeWith("18FEEE00#", "0CF00400#"),
    nodeWith("63F#", "1000000A#"),
    nodeWith("400#"),
  ];
  const ids = run(new CanNetwork({ bus: "can0", nodes })).map(({ id }) => id);
  // 400 is 10000000 with 18 bits cut off; 63F lies beyond 18FEEE00.
  expect(ids).toEqual(["cf00400", "400", "1000000a", "63f", "18feee00"]);
});

test("frames take their time on the wire, one after the other", () => {
  const nodes = [nodeWith("18FEEE00#0011223344556677", "18FEEF00#00")];
  const times = run(new CanNetwork({ bus: "can0", nodes, bitRate: 250_000 })).map(
    (one) => one.timeMs,
  );
  // 67 bits and 8 for each byte, 4 µs a bit.
  expect(times[0]).toBeCloseTo((67 + 64) * 0.004, 9);
  expect(times[1]).toBeCloseTo((67 + 64 + 67 + 8) * 0.004, 9);
});

test("nodes hear what is about the network, but not themselves, and no measured values", () => {
  const [one, other] = [
    nodeWith("18EEFF00#0000000000000000", "18FEEE00#00"),
    nodeWith("70A#00", "18A#00"),
  ];
  run(new CanNetwork({ bus: "can0", nodes: [one, other] }));
  expect(one.heard).toEqual(["70a"]);
  expect(other.heard).toEqual(["18eeff00"]);
});
