import { describe, expect, test } from "vitest";
import {
  acknowledgement,
  content,
  dictionary,
  held,
  newFolder,
  sendAll,
  spoolsOfTest,
} from "./spool.fixture.ts";

const { reopen, close } = spoolsOfTest();

describe("Spool", () => {
  test("numbers from 1 without gaps and keeps the ledger, over a restart", async () => {
    const folder = newFolder();
    const first = await reopen(folder);
    for (let at = 0; at < 5; at++) first.append(content(10));
    const { epoch } = first;
    await close(first);
    const second = await reopen(folder);
    expect(second.epoch).toBe(epoch);
    second.append(content(10));
    await second.sync();
    const headers = held(second).map(({ header }) => header);
    expect(headers.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(headers.map(({ produced }) => produced)).toEqual([10, 20, 30, 40, 50, 60]);
    expect(headers.map(({ suppressed }) => suppressed)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(second.status().machines.M1).toMatchObject({ produced: 60, suppressed: 6, lost: 0 });
  });

  test("two machines share the numbers and have ledgers of their own", async () => {
    const spool = await reopen(newFolder());
    spool.append(content(10));
    spool.append(content(3, 0, "live", "M2"));
    await spool.sync();
    expect(held(spool).map(({ number, machineId }) => [number, machineId])).toEqual([
      [1, "M1"],
      [2, "M2"],
    ]);
    expect(spool.offer().epochs[0]?.machines).toEqual({
      M1: { produced: 10, suppressed: 1 },
      M2: { produced: 3, suppressed: 1 },
    });
  });

  test("what is not on disk may not be sent", async () => {
    const spool = await reopen(newFolder(), { syncIntervalMs: 60_000 });
    spool.append(content(10));
    expect(spool.sendableEnd).toBe(0);
    await spool.sync();
    expect(spool.sendableEnd).toBe(1);
  });

  test("an alarm goes to disk at once", async () => {
    const spool = await reopen(newFolder(), { syncIntervalMs: 60_000 });
    const sendable = new Promise<void>((resolve) => {
      spool.onSendable(() => resolve());
    });
    spool.append(content(1, 0, "alarm"));
    await sendable;
    expect(spool.sendableEnd).toBe(1);
  });

  test("a new epoch starts numbers and ledger again and keeps what is there", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    spool.append(content(10));
    const before = spool.epoch;
    const after = spool.renewEpoch();
    spool.append(content(4));
    await close(spool);
    const again = await reopen(folder);
    expect(again.epoch).toBe(after);
    expect(again.offer().epochs).toMatchObject([
      { epoch: before, next: 2, held: [[1, 1]], machines: { M1: { produced: 10 } } },
      { epoch: after, next: 2, held: [[1, 1]], machines: { M1: { produced: 4 } } },
    ]);
  });

  test("takes over what the hub has, and sends again what it has no more", async () => {
    const spool = await reopen(newFolder());
    for (let at = 0; at < 6; at++) spool.append(content(10));
    await spool.sync();
    sendAll(spool);
    expect(spool.acknowledge(acknowledgement(spool, 2, [[5, 5]]), [])).toBe("accepted");
    expect(spool.status()).toMatchObject({ pendingBatches: 3, storeId: "store-1" });
    expect(spool.acknowledge(acknowledgement(spool, 6), [])).toBe("accepted");
    expect(spool.isDrained).toBe(true);
    expect(spool.acknowledge(acknowledgement(spool, 1), [])).toBe("fallen-back");
    expect(spool.status().pendingBatches).toBe(5);
    expect(sendAll(spool)).toEqual([1, 2, 3, 4, 5]);
  });

  test("in-flight bookkeeping and the full look give the same answer", async () => {
    const spool = await reopen(newFolder());
    for (let at = 0; at < 6; at++) spool.append(content(10));
    await spool.sync();
    const inFlight = sendAll(spool);
    expect(spool.acknowledge(acknowledgement(spool, 4), inFlight)).toBe("accepted");
    expect(inFlight.map((ordinal) => spool.index.isPending(ordinal))).toEqual([
      ...[false, false, false, false],
      ...[true, true],
    ]);
  });

  test("refuses what was never sent, another store, another epoch", async () => {
    const spool = await reopen(newFolder());
    for (let at = 0; at < 4; at++) spool.append(content(10));
    await spool.sync();
    spool.markSent(0);
    const taken = (through: number, change = {}) =>
      spool.acknowledge({ ...acknowledgement(spool, through), ...change }, []);
    expect(taken(2)).toBe("beyond-sent");
    expect(taken(5)).toBe("beyond-sent");
    expect(taken(0, { ranges: [[3, 3]] })).toBe("beyond-sent");
    expect(spool.storeId).toBeNull();
    expect(taken(1)).toBe("accepted");
    expect(taken(1, { storeId: "store-2" })).toBe("other-store");
    expect(taken(1, { epoch: "f".repeat(32) })).toBe("unknown-epoch");
    expect(spool.status()).toMatchObject({ pendingBatches: 3, storeId: "store-1" });
  });

  test("store and acknowledgements survive a restart, bdSeq goes round", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 4; at++) spool.append(content(10));
    await spool.sync();
    sendAll(spool);
    spool.acknowledge(acknowledgement(spool, 3), []);
    const sequence = Array.from({ length: 257 }, () => spool.nextBdSeq());
    expect([sequence[0], sequence[255], sequence[256]]).toEqual([0, 255, 0]);
    await close(spool);
    const again = await reopen(folder);
    expect(again.status()).toMatchObject({ pendingBatches: 1, storeId: "store-1" });
    expect(again.nextBdSeq()).toBe(1);
  });

  test("the dictionary of an old batch is still there for its birth", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    spool.append(content(10));
    await close(spool);
    const again = await reopen(folder);
    expect(again.dictionariesOf("M1")).toEqual([dictionary]);
    expect(again.heldMachines()).toEqual(["M1"]);
    expect(again.newestStampNs("M1")).toBe(1_700_000_000_000_009_000n);
  });

  test("the newest stamp is known although only trouble codes have come behind it", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    spool.append(content(10));
    spool.append(content(0, 0, "alarm"));
    spool.append(content(0, 0, "alarm", "M2"));
    await close(spool);
    const again = await reopen(folder);
    expect(again.newestStampNs("M1")).toBe(1_700_000_000_000_009_000n);
    expect(again.newestStampNs("M2")).toBeUndefined();
  });
});
