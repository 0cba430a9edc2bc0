import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { decodeBatch, readBatchHeader } from "@firebreak/wire/batch-block.ts";
import { afterEach, describe, expect, test } from "vitest";
import { content, dictionary, newFolder, openSpool, sendAll } from "./spool.fixture.ts";
import type { Spool } from "./spool.ts";

const open: Spool[] = [];
afterEach(async () => {
  for (const spool of open.splice(0)) await spool.close();
});

async function reopen(folder: string, options: Parameters<typeof openSpool>[1] = {}) {
  const spool = await openSpool(folder, options);
  open.push(spool);
  return spool;
}

async function close(spool: Spool): Promise<void> {
  open.splice(open.indexOf(spool), 1);
  await spool.close();
}

const acknowledgement = (spool: Spool, through: number, ranges: [number, number][] = []) => ({
  storeId: "store-1",
  epoch: spool.epoch,
  through,
  ranges,
});

function held(spool: Spool) {
  const found = [];
  for (let ordinal = spool.index.first; ordinal < spool.index.end; ordinal++) {
    if (!spool.index.isHeld(ordinal)) continue;
    const batch = spool.read(ordinal);
    if (batch) found.push({ ordinal, ...batch, header: readBatchHeader(batch.block) });
  }
  return found;
}

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
    const sendable = new Promise<void>((resolve) => spool.onSendable(resolve));
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
});

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

describe("a damaged spool", () => {
  const segmentsOf = (folder: string) =>
    readdirSync(join(folder, "log"))
      .filter((name) => name.endsWith(".seg"))
      .sort()
      .map((name) => join(folder, "log", name));

  function flipBit(path: string): void {
    const bytes = readFileSync(path);
    const file = openSync(path, "r+");
    const at = Math.floor(bytes.length / 2);
    writeSync(file, Uint8Array.of((bytes[at] ?? 0) ^ 1), 0, 1, at);
    closeSync(file);
  }

  test("one flipped bit costs one batch", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    const { epoch } = spool;
    await close(spool);
    flipBit(segmentsOf(folder)[0] ?? "");
    const again = await reopen(folder);
    // The index says what was numbered, so nothing can be numbered twice.
    expect(again.epoch).toBe(epoch);
    expect(held(again)).toHaveLength(19);
    expect(again.status().unreadable).toBe(1);
  });

  test("without an index it costs the epoch too, once", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    const { epoch } = spool;
    await close(spool);
    rmSync(join(folder, "index"), { recursive: true });
    const [path = ""] = segmentsOf(folder);
    // The checkpoint of the end is damaged with it: what was numbered last is not known.
    truncateSync(path, Math.floor(readFileSync(path).length / 2));
    const again = await reopen(folder);
    expect(again.epoch).not.toBe(epoch);
    expect(held(again).length).toBeGreaterThan(5);
    const renewed = again.epoch;
    await close(again);
    expect((await reopen(folder)).epoch).toBe(renewed);
  });

  test.each(["damaged", "of another log"])("an index that is %s is made anew", async (what) => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    await close(spool);
    if (what === "damaged")
      for (const name of readdirSync(join(folder, "index"))) flipBit(join(folder, "index", name));
    else {
      const other = newFolder();
      const another = await reopen(other);
      for (let at = 0; at < 30; at++) another.append(content(70, 0, "live", "M9"));
      await close(another);
      rmSync(join(folder, "log"), { recursive: true });
      cpSync(join(other, "log"), join(folder, "log"), { recursive: true });
    }
    const again = await reopen(folder);
    expect(held(again)).toHaveLength(what === "damaged" ? 20 : 30);
  });

  test("damage met while reading is counted and no longer offered", async () => {
    const folder = newFolder();
    const spool = await reopen(folder);
    for (let at = 0; at < 20; at++) spool.append(content(100));
    await spool.sync();
    const [path = ""] = segmentsOf(folder);
    const file = openSync(path, "r+");
    writeSync(file, new Uint8Array(64), 0, 64, 64 + spool.index.position(5) + 30);
    closeSync(file);
    expect(spool.read(5)).toBeUndefined();
    expect(spool.read(6)?.number).toBe(7);
    expect(spool.status().unreadable).toBe(1);
    expect(spool.offer().epochs[0]?.held).toEqual([
      [1, 5],
      [7, 20],
    ]);
    // The hub books it as lost and settles it, though it was never sent.
    sendAll(spool);
    expect(spool.acknowledge(acknowledgement(spool, 20), [])).toBe("accepted");
  });
});

describe("kill -9", () => {
  test("no number is used twice, everything that could have been sent is there", async () => {
    const folder = newFolder();
    const notes = join(folder, "notes");
    const writer = join(import.meta.dirname, "spool-writer.fixture.ts");
    const rounds = process.env.FIREBREAK_SOAK ? 50 : 10;
    for (let round = 0; round < rounds; round++) {
      const child = spawn(process.execPath, [writer, folder, notes], {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      });
      await once(child, "message");
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 250));
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const noted = new Map<string, string>();
    const lines = readFileSync(notes, "utf8").split("\n").filter(Boolean);
    for (const line of lines) {
      const [epoch, number, checksum = ""] = line.split(" ");
      const key = `${epoch} ${number}`;
      expect(noted.get(key) ?? checksum).toBe(checksum);
      noted.set(key, checksum);
    }
    expect(noted.size).toBeGreaterThan(rounds * 10);
    const spool = await reopen(folder, { maxBytes: 1024 * 1024 * 1024 });
    const there = new Map(
      held(spool).map(({ epoch, number, block }) => [
        `${epoch} ${number}`,
        Buffer.from(block.subarray(0, 4)).toString("hex"),
      ]),
    );
    const missing = [...noted].filter(([key, checksum]) => there.get(key) !== checksum);
    expect(missing).toEqual([]);
    for (const { epoch, next, held: ranges } of spool.offer().epochs)
      expect({ epoch, ranges }).toEqual({ epoch, ranges: [[1, next - 1]] });
  });
});
