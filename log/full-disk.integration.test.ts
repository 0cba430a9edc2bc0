import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { mountSmallDisk, noSmallDisk, type SmallDisk } from "../kit/small-disk.fixture.ts";
import { readAll, segmentPaths } from "./log.fixture.ts";
import { openLog, type SegmentLog } from "./segment-log.ts";

let disk: SmallDisk;
const openLogs: SegmentLog[] = [];

describe.skipIf(noSmallDisk())("a small file system", () => {
  beforeEach(() => {
    disk = mountSmallDisk("2m");
  });
  afterEach(async () => {
    for (const log of openLogs.splice(0)) await log.close();
    disk[Symbol.dispose]();
  });
  const open = () => openLog({ folder: disk.path, segmentBytes: 200_000, syncIntervalMs: 60_000 });

  test("that is full keeps the records in memory and takes them after a trim", async () => {
    const log = await open();
    const payload = Buffer.alloc(10_000, 7);
    let count = 0;
    let failure: unknown;
    while (!failure) {
      log.append(payload);
      count += 1;
      await log.sync().catch((error: unknown) => {
        failure = error;
      });
    }
    expect(failure).toMatchObject({
      code: "LOG_WRITE_FAILED",
      retryable: true,
      cause: { code: "ENOSPC" },
    });
    expect(count).toBeGreaterThan(150);
    const onDisk = readAll(log, 0, 1 << 20).length;
    expect(onDisk).toBe(count - 1);
    log.trimBefore(log.segments[3]?.oldest ?? 0);
    // The files go in the background.
    await expect
      .poll(() => segmentPaths(disk.path).length)
      .toBeLessThanOrEqual(log.segments.length);
    await log.sync();
    expect(readAll(log, log.oldest, 1 << 20).at(-1)?.payload).toEqual(payload);
    await log.close();
  });

  test("that is full at the start is opened, read, trimmed and written again", async () => {
    const first = await open();
    for (let count = 0; count < 60; count += 1) first.append(Buffer.alloc(10_000, count));
    await first.close();
    const ballast = join(disk.path, "ballast");
    expect(() => writeFileSync(ballast, Buffer.alloc(4 << 20))).toThrow("ENOSPC");
    const log = await open();
    expect(readAll(log, 0, 1 << 20)).toHaveLength(60);
    // The removed marker of the clean shutdown left a page or two.
    log.append(Buffer.alloc(20_000));
    await expect(log.sync()).rejects.toMatchObject({ cause: { code: "ENOSPC" } });
    rmSync(ballast);
    await log.sync();
    expect(readAll(log, 0, 1 << 20)).toHaveLength(61);
    await log.close();
  });
});
