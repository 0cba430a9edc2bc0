import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { type Disk, nodeDisk } from "@firebreak/log/disk.ts";
import { SampleColumns } from "@firebreak/wire/sample-columns.ts";
import { createDictionary } from "@firebreak/wire/signal-dictionary.ts";
import { describe, expect, test } from "vitest";
import { content, held, newFolder, spoolsOfTest } from "./spool.fixture.ts";
import type { SpoolContent } from "./spool-options.ts";

const { reopen, close } = spoolsOfTest();
const isSoak = process.env.FIREBREAK_SOAK === "1";
const baseNs = 1_700_000_000_000_000_000n;

const segmentsOf = (folder: string): string[] =>
  readdirSync(join(folder, "log"))
    .filter((name) => name.endsWith(".seg"))
    .sort()
    .map((name) => join(folder, "log", name));

describe("damage on the disk", () => {
  test.each([
    {
      what: "one bit flipped",
      most: 1,
      change: (bytes: Buffer) => bytes.fill((bytes[0] ?? 0) ^ 1, 0, 1),
    },
    { what: "1 KB zeroed", most: 3, change: (bytes: Buffer) => bytes.fill(0) },
  ])(
    "B4: $what in the middle of a segment costs the batches it lies in, which are counted, and the segment is kept",
    async ({ most, change }) => {
      const folder = newFolder();
      const spool = await reopen(folder);
      for (let at = 0; at < 200; at++) spool.append(content(100, at * 100));
      await close(spool);
      const [path = ""] = segmentsOf(folder);
      const bytes = readFileSync(path);
      const at = Math.floor(bytes.length / 2);
      const file = openSync(path, "r+");
      writeSync(file, change(bytes.subarray(at, at + 1_024)), 0, 1_024, at);
      closeSync(file);
      const again = await reopen(folder);
      const found = held(again);
      const { unreadable } = again.status();
      // "N records unreadable": exactly as many as are missing.
      expect(unreadable).toBe(200 - found.length);
      expect(unreadable).toBeGreaterThan(0);
      expect(unreadable).toBeLessThanOrEqual(most);
      expect(existsSync(`${path}.damaged`)).toBe(true);
      // The hub is told by the offer which numbers are no longer here.
      const numbers = found.map(({ number }) => number);
      expect(again.offer().epochs[0]?.held.flatMap(([first, last]) => last - first + 1)).toEqual([
        numbers.findIndex((number, index) => number !== index + 1),
        200 - (numbers.find((number, index) => number !== index + 1) ?? 0) + 1,
      ]);
    },
  );
});

/** Counts what the log asks of its disk. */
function countingDisk(): Disk & { written: number; syncs: number } {
  const disk: Disk & { written: number; syncs: number } = {
    ...nodeDisk,
    written: 0,
    syncs: 0,
    async open(path, mode) {
      const handle = await nodeDisk.open(path, mode);
      return {
        ...handle,
        write(parts, at) {
          for (const part of parts) disk.written += part.length;
          return handle.write(parts, at);
        },
        sync() {
          disk.syncs++;
          return handle.sync();
        },
      };
    },
  };
  return disk;
}

describe("wear", () => {
  test("B9: batches at one a second cost at most twice its bytes and one fsync a second, idleness nothing", async () => {
    const disk = countingDisk();
    const spool = await reopen(newFolder(), {
      disk,
      syncIntervalMs: 60_000,
      segmentBytes: 256 * 1024,
    });
    const seconds = isSoak ? 86_400 : 900;
    let payload = 0;
    const before = disk.syncs;
    for (let at = 0; at < seconds; at++) {
      spool.append(content(30, at * 30));
      payload += spool.index.bytes(spool.index.end - 1) - 16;
      await spool.sync();
    }
    expect(disk.written / payload).toBeLessThanOrEqual(2);
    // Making a new segment costs two of its own.
    const segments = spool.status().bytes / (256 * 1024) + 1;
    expect(disk.syncs - before).toBeLessThanOrEqual(seconds + 2 * segments);
    const { written, syncs } = disk;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([disk.written, disk.syncs]).toEqual([written, syncs]);
  }, 1_800_000);
});

describe("formats", () => {
  const stored = join(import.meta.dirname, "testcases", "format-1");

  function copyStored(folder: string): void {
    for (const sub of ["log", "dictionaries"]) {
      mkdirSync(join(folder, sub), { recursive: true });
      for (const name of readdirSync(join(stored, sub)))
        copyFileSync(join(stored, sub, name), join(folder, sub, name));
    }
  }

  test("B10: a spool written in format 1 is read, batch by batch", async () => {
    const folder = newFolder();
    copyStored(folder);
    const spool = await reopen(folder);
    expect(
      held(spool).map(({ number, header }) => [number, header.sampleCount, header.lane]),
    ).toEqual([
      [1, 3, "live"],
      [2, 2, "alarm"],
      [3, 1, "live"],
    ]);
    expect(spool.status().unreadable).toBe(0);
  });

  test("B10: one of a newer format is kept aside unchanged and told, and the gateway goes on", async () => {
    const folder = newFolder();
    copyStored(folder);
    const [path = ""] = segmentsOf(folder);
    const bytes = readFileSync(path);
    bytes.writeUInt16LE(9, 8);
    bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
    writeFileSync(path, bytes);
    const spool = await reopen(folder);
    const { keptAside } = spool.status();
    expect(keptAside).toEqual([join(folder, "kept", "1")]);
    expect(spool.append(content(1))).toBe(true);
    await close(spool);
    const [kept = ""] = readdirSync(join(folder, "kept", "1", "log")).filter((name) =>
      name.endsWith(".seg"),
    );
    expect(readFileSync(join(folder, "kept", "1", "log", kept)).equals(bytes)).toBe(true);
    expect((await reopen(folder)).status().keptAside).toEqual(keptAside);
  });
});

describe("records of every size", () => {
  const count = isSoak ? 10_000_000 : 100_000;

  test(`B12: ${count} tiny records cost 27 bytes of memory each, and their index is read instead of them`, async () => {
    const folder = newFolder();
    const options = { maxBytes: 4 * 1024 ** 3, syncIntervalMs: 60_000 };
    const spool = await reopen(folder, options);
    for (let at = 0; at < count; at++) {
      spool.append(content(1, at));
      if (at % 20_000 === 0) await spool.sync();
    }
    await close(spool);
    const startMs = performance.now();
    const again = await reopen(folder, options);
    const tookMs = Math.round(performance.now() - startMs);
    process.stdout.write(`${count} records opened in ${tookMs} ms\n`);
    expect(again.index.end - again.index.first).toBe(count);
    expect(again.status().pendingBatches).toBe(count);
    if (isSoak) expect(tookMs).toBeLessThanOrEqual(5_000);
  }, 3_600_000);

  test("B12: what no batch can hold is refused at the source, told as lost, and holds up nothing", async () => {
    const spool = await reopen(newFolder());
    const huge = new SampleColumns(baseNs, 40_000);
    for (let row = 0; row < 40_000; row++) huge.push(0, row * 977, Math.random(), 0);
    spool.append(content(5));
    expect(spool.append({ ...content(0), samples: huge })).toBe(false);
    spool.append(content(7));
    await spool.sync();
    const found = held(spool).map(({ header }) => [header.sampleCount, header.tombstone]);
    expect(found).toEqual([
      [5, undefined],
      [0, { reason: "too-large", samples: 40_000 }],
      [7, undefined],
    ]);
    expect(spool.status().machines.M1).toMatchObject({ produced: 40_012, lost: 40_000 });
  });
});

describe("three days offline", () => {
  const signals = 300;
  const dictionary = createDictionary(
    "large",
    Array.from({ length: signals }, (_, at) => ({
      name: `s${at}`,
      unit: "kPa",
      scale: 0.5,
      offset: 0,
    })),
  );
  const raw = Float64Array.from({ length: signals }, (_, at) => 200 + at);

  /** One second: every signal once, each a random walk of a step at most, as pressures and temperatures move. */
  function second(at: number): SpoolContent {
    const samples = new SampleColumns(baseNs + BigInt(at) * 1_000_000_000n, signals);
    for (let signal = 0; signal < signals; signal++) {
      raw[signal] = (raw[signal] ?? 0) + Math.floor(Math.random() * 3) - 1;
      samples.push(signal, signal * 1_000_000, (raw[signal] ?? 0) * 0.5, 0);
    }
    return { ...content(0), dictionary, samples };
  }

  const seconds = isSoak ? 72 * 3_600 : 1_800;

  test(`300 signals at 1 Hz: ${seconds} s of them fit 72 h into 1 GB, and open from the index`, async () => {
    const folder = newFolder();
    const options = { maxBytes: 1_000_000_000, syncIntervalMs: 60_000 };
    const spool = await reopen(folder, options);
    for (let at = 0; at < seconds; at++) {
      expect(spool.append(second(at))).toBe(true);
      if (at % 1_000 === 0) await spool.sync();
    }
    await spool.sync();
    const { bytes, machines, reducedSinceMs } = spool.status();
    const in72h = (bytes / seconds) * 72 * 3_600;
    process.stdout.write(`72 h take ${Math.round(in72h / 1e6)} MB\n`);
    expect(in72h).toBeLessThanOrEqual(1_000_000_000);
    expect(machines.M1).toMatchObject({ produced: seconds * signals, lost: 0 });
    expect(reducedSinceMs).toBeNull();
    await close(spool);
    const startMs = performance.now();
    const again = await reopen(folder, options);
    const tookMs = Math.round(performance.now() - startMs);
    process.stdout.write(`${seconds} batches opened in ${tookMs} ms\n`);
    expect(again.status().pendingBatches).toBe(seconds);
    if (isSoak) expect(tookMs).toBeLessThanOrEqual(5_000);
  }, 3_600_000);
});
