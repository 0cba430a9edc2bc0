import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBatch } from "@firebreak/wire/batch-block.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { describe, expect, test } from "vitest";
import { mountSmallDisk, noSmallDisk } from "../../kit/small-disk.fixture.ts";
import { failingDisk } from "./failing-disk.fixture.ts";
import {
  acknowledgement,
  content,
  held,
  newFolder,
  sendAll,
  spoolsOfTest,
} from "./spool.fixture.ts";
import type { Spool } from "./spool.ts";
import type { SpoolContent } from "./spool-options.ts";

const { reopen, close } = spoolsOfTest();
const baseNs = 1_700_000_000_000_000_000n;
const counted = createDictionary("counted", [
  { name: "a", unit: "rpm", scale: 1, offset: 0 },
  { name: "hours", unit: "h", scale: 0.05, offset: 0, isCounter: true },
]);

/** One second of a machine: `rows` samples of a signal that hardly compresses, one step of a counter. */
function second(at: number, rows: number): SpoolContent {
  const samples = new SampleColumns(baseNs + BigInt(at) * 1_000_000_000n, rows + 1);
  for (let row = 0; row < rows; row++) samples.push(0, row * 1_000, Math.random(), 0);
  samples.push(1, 500_000_000, at * 0.05, 0);
  return {
    ...content(0, 0, at % 500 === 7 ? "alarm" : "live"),
    dictionary: counted,
    samples,
    suppressed: 0,
  };
}

const storedIn = (spool: Spool) =>
  held(spool).map((batch) => ({
    ...batch,
    ...decodeBatch(batch.block, batch.header.dictionary === counted.hash ? counted : plain),
  }));
const plain = content(0).dictionary;

const lossOf = (batches: ReturnType<typeof held>) =>
  batches.reduce((sum, { header }) => sum + (header.tombstone?.samples ?? 0), 0);
const samplesOf = (batches: ReturnType<typeof held>) =>
  batches.reduce((sum, { header }) => sum + header.sampleCount, 0);

const reason = noSmallDisk();

describe.skipIf(reason)("a spool on a disk of 16 MB that its bound does not know", () => {
  test("B6: the disk fills with no hub: raw samples are thinned, trouble codes and counters stay, the ledger is exact", async () => {
    using disk = mountSmallDisk("16m");
    const folder = join(disk.path, "spool");
    const spool = await reopen(folder, { maxBytes: 1024 ** 3, syncIntervalMs: 10 });
    const seconds = 10_000;
    let isTold = false;
    for (let at = 0; at < seconds; at++) {
      expect(spool.append(second(at, 250))).toBe(true);
      if (at % 200 !== 0) continue;
      await spool.sync();
      const { roomBytes, pendingBytes, reducedSinceMs } = spool.status();
      // The room is known, and shown, long before it is used up.
      if (at === 1_000) {
        expect(roomBytes).toBeLessThanOrEqual(16 * 1024 ** 2);
        expect(pendingBytes).toBeLessThan(roomBytes / 2);
        expect(reducedSinceMs).toBeNull();
      }
      if (reducedSinceMs !== null) isTold = true;
    }
    await spool.sync();
    const status = spool.status();
    expect(isTold).toBe(true);
    expect(status.storage.state).toBe("ok");
    expect(status.machines.M1?.produced).toBe(seconds * 251);
    const batches = storedIn(spool);
    expect(samplesOf(batches) + lossOf(batches)).toBe(seconds * 251);
    expect(lossOf(batches)).toBe(status.machines.M1?.lost);
    const alarms = batches.filter(({ header }) => header.lane === "alarm");
    expect(alarms).toHaveLength(seconds / 500);
    expect(
      alarms.every(({ events, samples }) => events.length === 1 && samples.length === 251),
    ).toBe(true);
    const counters = batches.flatMap(({ samples }) =>
      [...samples.value.subarray(0, samples.length)].filter((_, row) => samples.signal[row] === 1),
    );
    expect(counters).toHaveLength(seconds);
    // Resolution is reduced before anything vanishes: of the thinned past one sample a minute is left.
    const thinned = batches.filter(({ header }) => header.tombstone && header.sampleCount > 1);
    expect(thinned.length).toBeGreaterThan(10);
    await close(spool);
    const again = await reopen(folder, { maxBytes: 1024 ** 3 });
    expect(again.status().machines.M1).toMatchObject({
      produced: status.machines.M1?.produced,
      lost: status.machines.M1?.lost,
    });
  }, 120_000);

  test("B6: somebody else fills the disk: batches stay in memory, and go to disk when space returns", async () => {
    using disk = mountSmallDisk("16m");
    const folder = join(disk.path, "spool");
    const spool = await reopen(folder, { maxBytes: 1024 ** 3, syncIntervalMs: 10 });
    for (let at = 0; at < 50; at++) spool.append(content(100, at * 100));
    await spool.sync();
    const { epoch } = spool;
    const ballast = join(disk.path, "ballast");
    expect(() => writeFileSync(ballast, Buffer.alloc(32 * 1024 ** 2))).toThrow("ENOSPC");
    const renewed = new Promise<void>((resolve) => {
      spool.onRenewed(resolve);
    });
    let given = 50;
    for (; spool.status().storage.state === "ok"; given++) {
      spool.append(content(100, given * 100));
      await spool.sync().catch(() => {});
    }
    await renewed;
    expect(spool.status().storage).toMatchObject({ state: "failing", code: "ENOSPC" });
    expect(spool.epoch).not.toBe(epoch);
    for (let at = 0; at < 20; at++, given++) spool.append(content(100, given * 100));
    expect(spool.status().storage.memoryBytes).toBeGreaterThan(10_000);
    expect(spool.status().machines.M1?.lost).toBe(0);
    rmSync(ballast);
    await spool.sync();
    spool.append(content(100, given++ * 100));
    await spool.sync();
    expect(spool.status().storage).toMatchObject({ state: "ok", memoryBytes: 0 });
    await close(spool);
    const again = await reopen(folder, { maxBytes: 1024 ** 3 });
    expect(everyStampOnce(again)).toBe(given * 100);
  });
});

/** Stamps of `content` are numbered: each must be there once. Returns how many there are. */
function everyStampOnce(spool: Spool): number {
  const stamps = storedIn(spool)
    .flatMap(({ samples }) => [...samples.offsetNs.subarray(0, samples.length)])
    .map((ns) => ns / 1_000)
    .sort((a, b) => a - b);
  expect(stamps).toEqual(stamps.map((_, at) => at));
  return stamps.length;
}

describe("a spool whose disk fails", () => {
  test.each(["EIO", "EROFS"])(
    "B7: %s on every write: sending goes on from memory, nothing comes twice, no busy loop",
    async (code) => {
      const folder = newFolder();
      const disk = failingDisk();
      const spool = await reopen(folder, { disk, syncIntervalMs: 10 });
      let given = 0;
      const give = (count: number) => {
        for (let at = 0; at < count; at++, given++) spool.append(content(100, given * 100));
      };
      give(10);
      await spool.sync();
      const first = spool.epoch;
      disk.code = code;
      give(5);
      await spool.sync().catch(() => {});
      give(20);
      const { storage } = spool.status();
      expect(storage).toMatchObject({ state: "failing", code });
      expect(storage.sinceMs).toBeGreaterThan(0);
      // What memory holds may go out at once; what was on its way to the disk waits for it.
      const sent = sendAll(spool);
      expect(sent).toHaveLength(30);
      expect(spool.acknowledge(acknowledgement(spool, 15), sent)).toBe("accepted");
      expect(spool.status().storage.memoryBytes).toBeLessThan(storage.memoryBytes / 2);
      const asked = disk.asked;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(disk.asked - asked).toBeLessThan(20);
      disk.code = undefined;
      await spool.sync();
      give(1);
      await spool.sync();
      expect(spool.status().storage.state).toBe("ok");
      expect(new Set([first, spool.epoch]).size).toBe(2);
      await close(spool);
      const again = await reopen(folder);
      // The fifteen that the hub has from memory never came to disk; all others did, once.
      expect(samplesOf(held(again))).toBe((given - 15) * 100);
      expect(again.offer().epochs).toHaveLength(3);
    },
  );

  test("B7: a full memory thins what was never sent and keeps trouble codes; the ledger is exact", async () => {
    const disk = failingDisk();
    const spool = await reopen(newFolder(), { disk, syncIntervalMs: 10, memoryBytes: 256 * 1024 });
    spool.append(content(1));
    await spool.sync();
    disk.code = "EIO";
    spool.append(content(1, 1));
    await spool.sync().catch(() => {});
    const before = held(spool).length + 1;
    for (let at = 0; at < 2_000; at++) spool.append(second(at, 100));
    expect(spool.status().storage.memoryBytes).toBeLessThanOrEqual(256 * 1024);
    const batches = storedIn(spool).filter(({ header }) => header.dictionary === counted.hash);
    expect(before).toBeGreaterThan(0);
    expect(batches).toHaveLength(2_000);
    expect(samplesOf(batches) + lossOf(batches)).toBe(2_000 * 101);
    expect(
      batches.filter(({ header }) => header.lane === "alarm" && !header.tombstone),
    ).toHaveLength(4);
    expect(lossOf(batches)).toBe(spool.status().machines.M1?.lost);
    disk.code = undefined;
    await spool.sync();
  });

  const small = { maxBytes: 512 * 1024, segmentBytes: 32 * 1024, syncIntervalMs: 10 };
  const troubleCodesOf = (spool: Spool) =>
    held(spool).filter(({ header }) => header.lane === "alarm" && !header.tombstone);

  test("B7: trouble codes that were in memory outlive a spool that is full later", async () => {
    const disk = failingDisk();
    const spool = await reopen(newFolder(), { ...small, disk });
    spool.append(content(10));
    await spool.sync();
    disk.code = "EIO";
    spool.append(content(10));
    await spool.sync().catch(() => {});
    for (let at = 0; at < 5; at++) spool.append(content(100, at * 100, "alarm"));
    expect(spool.status().storage.state).toBe("failing");
    disk.code = undefined;
    await spool.sync();
    expect(spool.status().storage.state).toBe("ok");
    for (let at = 0; at < 900; at++) {
      spool.append(content(100, at * 100));
      if (at % 20 === 0) await spool.sync();
    }
    expect(spool.status().reducedSinceMs).not.toBeNull();
    expect(troubleCodesOf(spool)).toHaveLength(5);
  });

  test("B7: a memory larger than the spool goes to disk little by little, and nothing is forgotten", async () => {
    const disk = failingDisk();
    const folder = newFolder();
    const spool = await reopen(folder, { ...small, disk, memoryBytes: 4 * 1024 * 1024 });
    spool.append(content(10));
    await spool.sync();
    disk.code = "EIO";
    spool.append(content(10));
    await spool.sync().catch(() => {});
    const count = 1_000;
    for (let at = 0; at < count; at++)
      spool.append(content(100, at * 100, at % 100 === 7 ? "alarm" : "live"));
    const { epoch } = spool;
    disk.code = undefined;
    for (let at = 0; at < 200 && spool.status().storage.state === "failing"; at++) {
      await spool.sync();
      spool.append(content(1));
    }
    expect(spool.status().storage).toMatchObject({ state: "ok", memoryBytes: 0 });
    await spool.sync();
    const numbers = held(spool).flatMap((one) => (one.epoch === epoch ? [one.number] : []));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.filter((number) => number <= count)).toHaveLength(count);
    expect(troubleCodesOf(spool)).toHaveLength(10);
    await close(spool);
    const again = await reopen(folder, small);
    expect(troubleCodesOf(again)).toHaveLength(10);
  });
});
