import { cpSync } from "node:fs";
import { decodeBatch } from "@firebreak/wire/batch-block.ts";
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
import type { Spool } from "./spool.ts";

const { reopen, close } = spoolsOfTest();

describe("a full spool", () => {
  const small = { maxBytes: 512 * 1024, segmentBytes: 32 * 1024, syncIntervalMs: 10 };

  async function overfill(spool: Spool, rounds: number, acknowledge = false): Promise<number> {
    let samples = 0;
    for (let round = 0; round < rounds; round++) {
      const lane = round % 100 === 7 ? "alarm" : "live";
      spool.append(content(100, round * 100, lane));
      samples += 100;
      if (round % 20 !== 0) continue;
      await spool.sync();
      if (!acknowledge) continue;
      sendAll(spool);
      spool.acknowledge(acknowledgement(spool, spool.status().epochBatches), []);
    }
    await spool.sync();
    return samples;
  }

  test("frees what the hub has, and nothing is lost", async () => {
    const spool = await reopen(newFolder(), small);
    await overfill(spool, 3_000, true);
    expect(spool.status().machines.M1?.lost).toBe(0);
    expect(spool.status().bytes).toBeLessThanOrEqual(small.maxBytes);
    // Acknowledged batches stay until their space is needed.
    expect(held(spool).length).toBeGreaterThan(100);
  });

  test("gives up the oldest samples, never trouble codes, and the ledger balances", async () => {
    const folder = newFolder();
    const spool = await reopen(folder, small);
    const produced = await overfill(spool, 3_000);
    const { machines, bytes } = spool.status();
    expect(bytes).toBeLessThanOrEqual(small.maxBytes);
    expect(machines.M1?.produced).toBe(produced);
    expect(machines.M1?.lost).toBeGreaterThan(0);
    const found = held(spool);
    const numbers = found.map(({ number }) => number).sort((a, b) => a - b);
    expect(numbers).toEqual(Array.from({ length: 3_000 }, (_, at) => at + 1));
    const alarms = found.filter(({ header }) => header.lane === "alarm" && !header.tombstone);
    expect(alarms).toHaveLength(30);
    expect(alarms.every(({ block }) => decodeBatch(block, dictionary).events.length === 1)).toBe(
      true,
    );
    const there = found.reduce((sum, { header }) => sum + header.sampleCount, 0);
    const given = found.reduce((sum, { header }) => sum + (header.tombstone?.samples ?? 0), 0);
    expect(there + given).toBe(produced);
    expect(given).toBe(machines.M1?.lost);
    await close(spool);
    const again = await reopen(folder, small);
    expect(again.status().machines.M1).toMatchObject({ produced, lost: given });
    expect(again.offer().epochs[0]).toMatchObject({ next: 3_001, held: [[1, 3_000]] });
  });

  test("resolution is no longer reduced once the hub has what there was, whatever comes meanwhile", async () => {
    const spool = await reopen(newFolder(), small);
    await overfill(spool, 1_000);
    expect(spool.status().reducedSinceMs).not.toBeNull();
    const { epochBatches } = spool.status();
    const [oldest = 0, ...sent] = sendAll(spool);
    // Something is always under way while a machine runs.
    spool.append(content(1));
    await spool.sync();
    const number = spool.index.number(oldest);
    const others: [number, number][] = [[number + 1, epochBatches]];
    spool.acknowledge(acknowledgement(spool, number - 1, others), sent);
    expect(spool.status().reducedSinceMs).not.toBeNull();
    spool.acknowledge(acknowledgement(spool, epochBatches), [oldest]);
    expect(spool.status()).toMatchObject({ pendingBatches: 1, reducedSinceMs: null });
  });

  test("a batch that was sent keeps its one content: it becomes a hole, not a tombstone", async () => {
    const spool = await reopen(newFolder(), small);
    for (let at = 0; at < 50; at++) spool.append(content(100));
    await spool.sync();
    sendAll(spool);
    await overfill(spool, 3_000);
    const numbers = new Set(held(spool).map(({ number }) => number));
    expect([...Array(50)].every((_, at) => !numbers.has(at + 1))).toBe(true);
    expect(spool.offer().epochs[0]?.held[0]?.[0]).toBeGreaterThan(50);
    // The hub, which may have them or not, settles them and goes on.
    expect(spool.acknowledge(acknowledgement(spool, 50), [])).toBe("accepted");
  });

  test("full of trouble codes it counts what finds no room, and tells it later", async () => {
    const spool = await reopen(newFolder(), small);
    let produced = 0;
    for (let at = 0; at < 800; at++) {
      spool.append(content(100, at * 100, "alarm"));
      produced += 100;
      if (at % 10 === 0) await spool.sync();
    }
    await spool.sync();
    const { lost } = spool.status().machines.M1 ?? { lost: 0 };
    expect(lost).toBeGreaterThan(0);
    expect(spool.isFull).toBe(true);
    expect(spool.isDrained).toBe(false);
    sendAll(spool);
    spool.acknowledge(acknowledgement(spool, spool.status().epochBatches), []);
    await spool.sync();
    spool.append(content(1));
    await spool.sync();
    const found = held(spool);
    const told = found.reduce((sum, { header }) => sum + (header.tombstone?.samples ?? 0), 0);
    expect(told).toBe(lost);
    expect(found.at(-1)?.header.produced).toBe(produced + 1);
  });

  test("a crash while making room never leaves one number with two contents", async () => {
    const folder = newFolder();
    const spool = await reopen(folder, small);
    const copies: string[] = [];
    let { first } = spool.index;
    // Called when the successors are on disk and the files of what they replace are not yet deleted.
    spool.onSendable(() => {
      if (spool.index.first === first || copies.length === 20) return;
      first = spool.index.first;
      const copy = newFolder();
      cpSync(folder, copy, { recursive: true, filter: (path) => !/\/lock\./.test(path) });
      copies.push(copy);
    });
    for (let round = 0; round < 1_500; round++) {
      spool.append(content(100, round * 100, round % 50 === 7 ? "alarm" : "live"));
      if (round % 20 === 0) await spool.sync();
    }
    expect(copies).toHaveLength(20);
    for (const copy of copies) {
      const again = await reopen(copy, small);
      const numbers = held(again).map(({ number }) => number);
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(Math.max(0, ...numbers)).toBe((again.offer().epochs[0]?.next ?? 1) - 1);
      await close(again);
    }
  });

  test("a source that can wait is told to", async () => {
    const spool = await reopen(newFolder(), small);
    let hasRoom = true;
    while (hasRoom) {
      spool.append(content(100));
      await spool.sync();
      hasRoom = await Promise.race([spool.whenRoom().then(() => true), Promise.resolve(false)]);
      if (spool.status().pendingBytes < small.maxBytes / 2) hasRoom = true;
    }
    expect(spool.status().machines.M1?.lost).toBe(0);
    const room = spool.whenRoom();
    sendAll(spool);
    spool.acknowledge(acknowledgement(spool, spool.status().epochBatches), []);
    await room;
  });
});
