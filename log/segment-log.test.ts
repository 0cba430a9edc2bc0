import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { silentLogger } from "@firebreak/kit/logger.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  edit,
  fill,
  lastSegment,
  readAll,
  removeMarker,
  segmentPaths,
  type TemporaryFolder,
  temporaryFolder,
  textOf,
} from "./log.fixture.ts";
import { openReader } from "./log-reader.ts";
import { type LogOptions, openLog, type SegmentLog } from "./segment-log.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const open = (options: Partial<LogOptions> = {}): Promise<SegmentLog> =>
  openLog({ folder: folder.path, log: silentLogger, ...options });
const texts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `record ${from + index}`);

describe("append and read", () => {
  test("reads back what was synced, in order, with growing positions", async () => {
    const log = await open();
    const positions = await fill(log, texts(1000));
    const records = readAll(log);
    expect(textOf(records)).toEqual(texts(1000));
    expect(records.map(({ position }) => position)).toEqual(positions);
    expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
    expect(log.read(log.end, 100)).toEqual({ records: [], next: log.end, skipped: [] });
    await log.close();
  });

  test("shows nothing that is not on disk", async () => {
    const log = await open({ syncIntervalMs: 60_000 });
    log.append(Buffer.from("waiting"));
    expect(readAll(log)).toEqual([]);
    await log.sync();
    expect(textOf(readAll(log))).toEqual(["waiting"]);
    await log.close();
  });

  test("copies the payload, so the caller may use its buffer again", async () => {
    const log = await open();
    const payload = Buffer.from("first");
    log.append(payload);
    payload.fill(0);
    await log.sync();
    expect(textOf(readAll(log))).toEqual(["first"]);
    await log.close();
  });

  test("reads a record larger than the asked number of bytes, and one larger than a segment", async () => {
    const log = await open({ segmentBytes: 1000 });
    const big = "x".repeat(5000);
    await fill(log, ["small", big, "after", ""]);
    expect(textOf(readAll(log, 0, 1))).toEqual(["small", big, "after", ""]);
    await log.close();
  });

  test("reads from the next record when asked for the middle of one", async () => {
    const log = await open();
    const [, second = 0] = await fill(log, ["first", "second", "third"]);
    expect(textOf(log.read(second + 3, 1000).records)).toEqual(["third"]);
    expect(log.skipped).toEqual({ records: 0, bytes: 0 });
    await log.close();
  });

  test("refuses a record above the limit", async () => {
    const log = await open({ maxRecordBytes: 10 });
    expect(() => log.append(Buffer.alloc(11))).toThrow(
      expect.objectContaining({ code: "LOG_RECORD_TOO_LARGE", retryable: false }),
    );
    await log.close();
    expect(() => log.append(Buffer.alloc(1))).toThrow(
      expect.objectContaining({ code: "LOG_CLOSED" }),
    );
  });

  test("tells its listeners what is on disk, and writes without being asked", async () => {
    const log = await open({ syncIntervalMs: 10 });
    const synced = new Promise((resolve) => log.onSynced(resolve));
    log.append(Buffer.from("soon"));
    expect(await synced).toBe(log.end);
    await log.close();
  });
});

describe("restart", () => {
  test("goes on where a clean shutdown ended", async () => {
    const first = await open({ segmentBytes: 500 });
    await fill(first, texts(50));
    const { end } = first;
    await first.close();
    const second = await open();
    expect(second.recovery).toEqual({
      tornBytes: 0,
      skippedRecords: 0,
      skippedBytes: 0,
      unclean: false,
      setAside: [],
    });
    expect(second.end).toBe(end);
    await fill(second, texts(50, 50));
    expect(textOf(readAll(second))).toEqual(texts(100));
    await second.close();
  });

  test("leaves one file after many lives that wrote nothing", async () => {
    for (let life = 0; life < 5; life += 1) await (await open()).close();
    expect(segmentPaths(folder.path)).toHaveLength(1);
  });

  test("never gives a position twice, whether or not the first use reached the disk", async () => {
    const first = await open({
      syncIntervalMs: 60_000,
      maxUnwrittenBytes: 10_000,
      maxRecordBytes: 100,
    });
    await fill(first, texts(3));
    const lost = first.append(Buffer.from("never written"));
    await crash(first);
    const second = await open();
    expect(second.recovery.unclean).toBe(true);
    expect(second.end).toBeGreaterThan(lost);
    await fill(second, ["new"]);
    expect(textOf(readAll(second))).toEqual([...texts(3), "new"]);
    await second.close();
  });

  test.each(["00000000", "ffffffff"])(
    "the empty segment of a life that wrote nothing, not removed yet at a crash, hides none behind it (%s)",
    async (salt) => {
      await (await open()).close();
      const empty = readFileSync(lastSegment(folder.path));
      const log = await open();
      await fill(log, texts(3));
      // Both begin at one position; their names differ by a random number.
      const [name = ""] = segmentPaths(folder.path).map((path) => basename(path));
      await crash(log);
      writeFileSync(join(folder.path, name.replace(/-.*/, `-${salt}.seg`)), empty);
      const again = await open();
      expect(textOf(readAll(again))).toEqual(texts(3));
      await again.close();
      expect(textOf(readAll(openReader(folder.path)))).toEqual(texts(3));
    },
  );

  /** What the file system shows after kill -9: `close` would write, so the files are put back afterwards. */
  async function crash(log: SegmentLog): Promise<void> {
    const path = lastSegment(folder.path);
    const size = statSync(path).size;
    let before = Buffer.alloc(0);
    edit(path, (bytes) => {
      before = Buffer.from(bytes);
      return bytes;
    });
    await log.close();
    edit(path, () => before.subarray(0, size));
    removeMarker(folder.path);
  }

  test("refuses a second writer", async () => {
    const log = await open();
    await expect(open()).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await log.close();
  });

  test("refuses a newer format and leaves the folder as it is", async () => {
    const log = await open();
    await fill(log, texts(3));
    await log.close();
    const { crc32 } = await import("node:zlib");
    edit(lastSegment(folder.path), (bytes) => {
      bytes.writeUInt16LE(2, 8);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 60)), 60);
      return bytes;
    });
    const before = readdirSync(folder.path);
    await expect(open()).rejects.toMatchObject({
      code: "LOG_VERSION_UNSUPPORTED",
      retryable: false,
    });
    expect(readdirSync(folder.path)).toEqual(before);
  });
});

describe("trimming and the bound", () => {
  test("deletes whole segments before a position, never the newest", async () => {
    const log = await open({ segmentBytes: 300 });
    const positions = await fill(log, texts(100));
    const middle = positions[50] ?? 0;
    const before = segmentPaths(folder.path).length;
    log.trimBefore(middle);
    expect(log.oldest).toBeLessThanOrEqual(middle);
    expect(textOf(readAll(log, middle))).toEqual(texts(50, 50));
    expect(log.read(0, 100).records[0]?.position).toBe(log.oldest);
    log.trimBefore(log.end);
    await log.close();
    expect(before).toBeGreaterThan(5);
    expect(segmentPaths(folder.path)).toHaveLength(1);
    const again = await open();
    expect(again.end).toBe(log.end);
    await again.close();
  });

  test("refuses records beyond the bound and takes them after a trim, whatever the sizes", async () => {
    const log = await open({ maxBytes: 20_000 });
    for (let round = 0; round < 20; round += 1) {
      const full = () => {
        for (;;) log.append(Buffer.alloc(1 + ((round * 997) % log.maxRecordBytes)));
      };
      expect(full).toThrow(expect.objectContaining({ code: "LOG_FULL", retryable: true }));
      expect(log.bytes).toBeLessThanOrEqual(20_000);
      await log.sync();
      log.trimBefore(log.end);
      expect(log.bytes).toBeLessThan(10_000);
    }
    await log.close();
  });

  test("tells age and size of its segments", async () => {
    const log = await open({ segmentBytes: 300 });
    await fill(log, texts(100));
    const { segments } = log;
    expect(segments[0]?.oldest).toBe(log.oldest);
    expect(segments.at(-1)?.end).toBe(log.end);
    expect(segments.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(log.bytes);
    expect(Math.abs(Date.now() - (segments[0]?.writtenMs ?? 0))).toBeLessThan(60_000);
    await log.close();
    const onDisk = segmentPaths(folder.path).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(onDisk).toBe(log.bytes);
  });

  test("writes nothing while idle", async () => {
    const log = await open({ syncIntervalMs: 5 });
    await fill(log, texts(3));
    const state = () =>
      [lastSegment(folder.path), folder.path].map((path) => statSync(path).mtimeMs);
    const before = state();
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(state()).toEqual(before);
    expect(readdirSync(folder.path)).not.toContain(join("clean.json"));
    await log.close();
  });
});
