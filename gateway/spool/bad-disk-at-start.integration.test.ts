import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeBatch } from "@firebreak/wire/batch-block.ts";
import { describe, expect, test } from "vitest";
import { mountSmallDisk, noSmallDisk } from "../../kit/small-disk.fixture.ts";
import { until } from "../test-source.fixture.ts";
import {
  acknowledgement,
  content,
  dictionary,
  held,
  openSpool,
  sendAll,
  spoolsOfTest,
} from "./spool.fixture.ts";
import type { Spool } from "./spool.ts";

const { reopen, close } = spoolsOfTest();

/** Stamps of `content` are numbered: each must be there once. Returns how many there are. */
function everyStampOnce(spool: Spool): number {
  const stamps = held(spool)
    .map(({ block }) => decodeBatch(block, dictionary).samples)
    .flatMap(({ offsetNs, length }) => [...offsetNs.subarray(0, length)])
    .map((ns) => ns / 1_000)
    .sort((a, b) => a - b);
  expect(stamps).toEqual(stamps.map((_, at) => at));
  return stamps.length;
}

/** The log tries a failing disk again by itself; nobody appends anything meanwhile. */
const healed = (spool: Spool) =>
  until(
    () => spool.status().storage.state === "ok" && spool.status().storage.memoryBytes === 0,
    "the disk",
    60_000,
  );

describe.skipIf(noSmallDisk())("a gateway that starts on a disk that takes nothing", () => {
  test("B7: read-only from the first start on: batches go out from memory; with the disk back everything comes to it", async () => {
    using disk = mountSmallDisk("16m");
    const folder = join(disk.path, "spool");
    disk.setReadOnly(true);
    const spool = await reopen(folder);
    expect(spool.status().storage).toMatchObject({ state: "failing", code: "EROFS" });
    expect(spool.status().storage.sinceMs).toBeGreaterThan(0);
    for (let at = 0; at < 20; at++) expect(spool.append(content(100, at * 100))).toBe(true);
    expect(spool.status().storage.memoryBytes).toBeGreaterThan(10_000);
    const sent = sendAll(spool);
    expect(sent).toHaveLength(20);
    expect(spool.acknowledge(acknowledgement(spool, 5), sent)).toBe("accepted");
    expect(existsSync(folder)).toBe(false);
    disk.setReadOnly(false);
    await healed(spool);
    spool.append(content(100, 2_000));
    await spool.sync();
    await close(spool);
    const again = await reopen(folder);
    // The hub has the first five from memory; they never came to disk.
    expect(held(again)).toHaveLength(16);
    expect(again.storeId).toBe("store-1");
  });

  test("B7: read-only with a backlog: what lies there is read and sent, and nobody else gets in", async () => {
    using disk = mountSmallDisk("16m");
    const folder = join(disk.path, "spool");
    const before = await openSpool(folder);
    for (let at = 0; at < 10; at++) before.append(content(100, at * 100));
    await before.close();
    disk.setReadOnly(true);
    const spool = await reopen(folder);
    for (let at = 10; at < 15; at++) spool.append(content(100, at * 100));
    expect(sendAll(spool)).toHaveLength(15);
    expect(everyStampOnce(spool)).toBe(1_500);
    disk.setReadOnly(false);
    await healed(spool);
    await expect(openSpool(folder)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
    await close(spool);
    expect(everyStampOnce(await reopen(folder))).toBe(1_500);
  });

  test("B6: full from the start: it says so, goes on in memory, leaves no litter, and takes the disk when there is room", async () => {
    using disk = mountSmallDisk("16m");
    const folder = join(disk.path, "spool");
    const before = await openSpool(folder);
    for (let at = 0; at < 10; at++) before.append(content(100, at * 100));
    await before.close();
    const ballast = join(disk.path, "ballast");
    expect(() => writeFileSync(ballast, Buffer.alloc(32 * 1024 ** 2))).toThrow("ENOSPC");
    const spool = await reopen(folder);
    let given = 10;
    // What the start gave back of its own takes the first few.
    for (; spool.status().storage.state === "ok"; given++) {
      spool.append(content(100, given * 100));
      await spool.sync().catch(() => {});
    }
    expect(given).toBeLessThan(60);
    for (const last = given + 20; given < last; given++) spool.append(content(100, given * 100));
    expect(spool.status().storage).toMatchObject({ state: "failing", code: "ENOSPC" });
    expect(spool.status().storage.memoryBytes).toBeGreaterThan(10_000);
    expect(spool.status().machines.M1?.lost).toBe(0);
    expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    rmSync(ballast);
    await healed(spool);
    await close(spool);
    expect(everyStampOnce(await reopen(folder))).toBe(given * 100);
  });
});
