import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  edit,
  fill,
  lastSegment,
  readAll,
  type TemporaryFolder,
  temporaryFolder,
  textOf,
} from "./log.fixture.ts";
import { openReader } from "./log-reader.ts";
import { openLog } from "./segment-log.ts";

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder[Symbol.dispose]());

const texts = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => `record ${from + index}`);

describe("openReader", () => {
  test("follows a writer across segments, restarts and trims", async () => {
    const reader = openReader(folder.path);
    expect(reader.read(0, 1000)).toEqual({ records: [], next: 0, skipped: [], oldest: 0 });
    const first = await openLog({ folder: folder.path, segmentBytes: 300 });
    await fill(first, texts(50));
    expect(textOf(readAll(reader))).toEqual(texts(50));
    const at = first.end;
    await first.close();
    const second = await openLog({ folder: folder.path, segmentBytes: 300 });
    await fill(second, texts(50, 50));
    expect(textOf(readAll(reader, at))).toEqual(texts(50, 50));
    second.trimBefore(at);
    await second.close();
    reader.read(second.end, 1000); // at the end it looks at the folder anew
    const result = reader.read(0, 1 << 20);
    expect(result.oldest).toBe(second.oldest);
    expect(result.skipped).toEqual([]);
    expect(result.records[0]?.position).toBe(second.oldest);
    reader.close();
  });

  test("stops at `upTo`", async () => {
    const log = await openLog({ folder: folder.path });
    const [, second = 0] = await fill(log, texts(3));
    const reader = openReader(folder.path);
    expect(textOf(reader.read(0, 1000, second).records)).toEqual(texts(1));
    expect(reader.read(second, 1000, second).records).toEqual([]);
    reader.close();
    await log.close();
  });

  test("tells damage at the newest end from space not yet written only by `upTo`", async () => {
    const log = await openLog({ folder: folder.path });
    const [, , third = 0] = await fill(log, texts(3));
    edit(lastSegment(folder.path), (bytes) => bytes.fill(0, 64 + third, 64 + third + 8));
    const reader = openReader(folder.path);
    expect(reader.read(third, 1000)).toMatchObject({ records: [], next: third, skipped: [] });
    expect(reader.read(third, 1000, log.synced)).toMatchObject({
      records: [],
      next: log.end,
      skipped: [{ position: third, next: log.end, records: 1 }],
    });
    reader.close();
    await log.close();
  });

  test("in another thread sees every record of a busy writer, in order, none as damage", async () => {
    const log = await openLog({ folder: folder.path, segmentBytes: 100_000, syncIntervalMs: 2 });
    const source = `
      import { workerData, parentPort } from "node:worker_threads";
      const { openReader } = await import(workerData.module);
      let damaged = 0, at = 0, expected = 0;
      const reader = openReader(workerData.folder, () => { damaged += 1; });
      while (expected < workerData.count) {
        const { records, next } = reader.read(at, 10_000);
        for (const { payload } of records)
          if (Buffer.from(payload).readUInt32LE(0) !== expected++) throw new Error("out of order");
        at = next;
      }
      reader.close();
      parentPort.postMessage(damaged);`;
    const count = 20_000;
    const module = new URL("./log-reader.ts", import.meta.url).href;
    const url = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
    const worker = new Worker(url, { workerData: { module, folder: folder.path, count } });
    const done = new Promise((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
    });
    for (let number = 0; number < count; number += 1) {
      const payload = Buffer.alloc(4 + (number % 90));
      payload.writeUInt32LE(number, 0);
      log.append(payload);
      if (number % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await log.sync();
    expect(await done).toBe(0);
    await worker.terminate();
    await log.close();
  });
});
