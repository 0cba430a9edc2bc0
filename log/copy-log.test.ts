import { closeSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copyLog } from "./copy-log.ts";
import { readAll, segmentPaths, type TemporaryFolder, temporaryFolder } from "./log.fixture.ts";
import { openLog, type SegmentLog } from "./segment-log.ts";

let from: TemporaryFolder;
let to: TemporaryFolder;
beforeEach(() => {
  from = temporaryFolder();
  to = temporaryFolder();
});
afterEach(() => {
  from[Symbol.dispose]();
  to[Symbol.dispose]();
});

const small = { segmentBytes: 4_000, syncIntervalMs: 60_000 };
const payload = (value: number) => Buffer.alloc(500, value);
/** The files of what was trimmed go in the background. */
const filesGone = (log: SegmentLog) =>
  expect.poll(() => segmentPaths(from.path).length).toBe(log.segments.length);

describe("copyLog", () => {
  test("takes whole records only, pass by pass, and the copy goes on behind them", async () => {
    const log = await openLog({ folder: from.path, ...small });
    const copy = copyLog(from.path, to.path);
    for (let pass = 0; pass < 5; pass++) {
      for (let count = 0; count < 9; count++) log.append(payload(pass * 9 + count));
      await log.sync();
      expect(copy.take().end).toBe(log.end);
    }
    // On its way to the disk when the last pass was made: not part of the copy.
    const { end, bytes, damagedRecords } = copy.take();
    log.append(payload(99));
    await log.sync();
    copy.close();
    expect(damagedRecords).toBe(0);
    const files = readdirSync(to.path).map((name) => join(to.path, name));
    expect(files.length).toBeGreaterThan(4);
    expect(files.reduce((sum, path) => sum + statSync(path).size, 0)).toBe(bytes);

    const copied = await openLog({ folder: to.path, ...small });
    expect(readAll(copied, 0, 1 << 20).map(({ payload: [value] }) => value)).toEqual(
      Array.from({ length: 45 }, (_, index) => index),
    );
    expect(copied.end).toBeGreaterThanOrEqual(end);
    copied.append(payload(100));
    await copied.sync();
    expect(readAll(copied, 0, 1 << 20).at(-1)?.payload[0]).toBe(100);
    await copied.close();
    await log.close();
  });

  test("keeps what was trimmed behind it, and says when it was overtaken", async () => {
    const log = await openLog({ folder: from.path, ...small });
    for (let count = 0; count < 20; count++) log.append(payload(count));
    await log.sync();
    const copy = copyLog(from.path, to.path);
    const first = copy.take();
    log.append(payload(20));
    await log.sync();
    log.trimBefore(log.segments[1]?.end ?? 0);
    await filesGone(log);
    expect(copy.take()).toMatchObject({ oldest: first.oldest, end: log.end });

    for (let count = 0; count < 40; count++) log.append(payload(count));
    await log.sync();
    log.trimBefore(log.segments.at(-2)?.end ?? 0);
    await filesGone(log);
    expect(() => copy.take()).toThrow(
      expect.objectContaining({ code: "LOG_OVERTAKEN", retryable: true }),
    );
    copy.close();
    await log.close();
  });

  test("copies what is damaged as it is, and counts it", async () => {
    const log = await openLog({ folder: from.path, ...small });
    for (let count = 0; count < 20; count++) log.append(payload(count));
    await log.close();
    const [first = ""] = readdirSync(from.path).filter((name) => name.endsWith(".seg"));
    const file = openSync(join(from.path, first), "r+");
    writeSync(file, Buffer.alloc(200, 255), 0, 200, 700);
    closeSync(file);
    const copy = copyLog(from.path, to.path);
    expect(copy.take().damagedRecords).toBeGreaterThan(0);
    copy.close();
    const copied = await openLog({ folder: to.path, ...small });
    const values = readAll(copied, 0, 1 << 20).map(({ payload: [value] }) => value);
    expect(values).not.toContain(1);
    expect(values.slice(-10)).toEqual(Array.from({ length: 10 }, (_, index) => index + 10));
    await copied.close();
  });
});
