import { describe, expect, test } from "vitest";
import { MemorySpool } from "./memory-spool.ts";

function spoolOf({ maxBytes = 1_000 } = {}) {
  const told: string[] = [];
  const spool = new MemorySpool({
    machineId: "M-1",
    maxBytes,
    onAcknowledged: ({ madeMs }) => told.push(`acknowledged ${madeMs}`),
    onLost: (batches, samples) => told.push(`lost ${batches}/${samples}`),
    onTakenBack: (batches, numbers) =>
      told.push(`taken back ${batches}: ${JSON.stringify(numbers)}`),
  });
  const fill = (count: number) =>
    Array.from({ length: count }, () => {
      const batch = { block: new Uint8Array(100), samples: 30, madeMs: spool.next, session: 1 };
      return spool.append(batch);
    });
  const send = (...numbers: readonly number[]) => {
    for (const number of numbers) spool.markSent(number);
  };
  const acknowledge = (
    through: number,
    ranges: readonly (readonly [number, number])[] = [],
    { storeId = "store", epoch = spool.epoch } = {},
  ) => spool.acknowledge({ storeId, epoch, through, ranges });
  return { spool, told, fill, send, acknowledge };
}

describe("MemorySpool", () => {
  test("numbers from 1 on, and offers what it holds", () => {
    const { spool, fill, send, acknowledge } = spoolOf();
    fill(4);
    send(1, 2, 3, 4);
    acknowledge(1, [[3, 3]]);
    expect(spool.index.first).toBe(2);
    expect([spool.index.end, spool.sendableEnd]).toEqual([5, 5]);
    expect(spool.offer()).toEqual({
      protocol: 1,
      storeId: "store",
      epochs: [
        {
          epoch: spool.epoch,
          next: 5,
          held: [
            [2, 2],
            [4, 4],
          ],
          machines: { "M-1": { produced: 120, suppressed: 0 } },
        },
      ],
    });
  });

  test("lets go of what is acknowledged, once", () => {
    const { told, fill, send, acknowledge } = spoolOf();
    fill(3);
    send(1, 2, 3);
    expect(acknowledge(1, [[3, 3]])).toBe("accepted");
    expect(acknowledge(3)).toBe("accepted");
    expect(acknowledge(3)).toBe("accepted");
    expect(told).toEqual(["acknowledged 1", "acknowledged 3", "acknowledged 2"]);
  });

  test("refuses what was never sent, another store and another epoch", () => {
    const { spool, told, fill, send, acknowledge } = spoolOf();
    fill(2);
    send(1);
    expect(acknowledge(2)).toBe("beyond-sent");
    expect(acknowledge(7)).toBe("beyond-sent");
    expect(acknowledge(1, [], { epoch: "f".repeat(32) })).toBe("unknown-epoch");
    expect(spool.storeId).toBeNull();
    expect(acknowledge(1)).toBe("accepted");
    expect(acknowledge(1, [], { storeId: "other" })).toBe("other-store");
    expect(told).toEqual(["acknowledged 1"]);
    expect(spool.held).toBe(1);
  });

  test("a hub that falls back has lost what was let go for it", () => {
    const { told, fill, send, acknowledge } = spoolOf();
    fill(4);
    send(1, 2, 3, 4);
    acknowledge(4);
    told.length = 0;
    expect(acknowledge(1, [[3, 3]])).toBe("fallen-back");
    expect(told).toEqual(["taken back 2: [[2,2],[4,4]]"]);
  });

  test("when it is full the oldest goes, and the hub is to be told", () => {
    const { spool, told, fill } = spoolOf({ maxBytes: 250 });
    expect(fill(4)).toEqual([true, true, false, false]);
    expect(told).toEqual(["lost 1/30", "lost 1/30"]);
    expect(spool.offer().epochs[0]?.held).toEqual([[3, 4]]);
    expect([spool.index.isPending(2), spool.index.isPending(3)]).toEqual([false, true]);
    expect(spool.read(2)).toBeUndefined();
    expect(spool.read(3)?.machineId).toBe("M-1");
  });
});
