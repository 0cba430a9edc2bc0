import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  createFaultyDisk,
  type FaultyDisk,
  fill,
  readAll,
  type TemporaryFolder,
  temporaryFolder,
  textOf,
} from "./log.fixture.ts";
import { type LogOptions, openLog } from "./segment-log.ts";

let folder: TemporaryFolder;
let disk: FaultyDisk;
beforeEach(() => {
  folder = temporaryFolder();
  disk = createFaultyDisk();
});
afterEach(() => folder[Symbol.dispose]());

const open = (options: Partial<LogOptions> = {}) =>
  openLog({ folder: folder.path, disk, syncIntervalMs: 60_000, ...options });

describe("a disk that refuses", () => {
  test.each([
    { on: "write", code: "ENOSPC" },
    { on: "sync", code: "EIO" },
    { on: "open", code: "EROFS" },
  ] as const)(
    "$code on $on rejects sync, keeps the records and takes them later",
    async ({ on, code }) => {
      const log = await open({ segmentBytes: 100 });
      await fill(log, ["before"]);
      disk.fault = { on, code, times: 2 };
      for (const text of ["one", "two", "x".repeat(100), "three"]) log.append(Buffer.from(text));
      for (let attempt = 0; attempt < 2; attempt += 1)
        await expect(log.sync()).rejects.toMatchObject({
          code: "LOG_WRITE_FAILED",
          retryable: true,
          cause: { code },
        });
      expect(log.unwrittenBytes).toBeGreaterThan(0);
      expect(await log.sync()).toBe(log.end);
      expect(log.unwrittenBytes).toBe(0);
      const expected = ["before", "one", "two", "x".repeat(100), "three"];
      expect(textOf(readAll(log))).toEqual(expected);
      await log.close();
      const again = await open();
      expect(textOf(readAll(again))).toEqual(expected);
      expect(again.recovery).toMatchObject({ unclean: false, skippedRecords: 0 });
      await again.close();
    },
  );

  test("tries again by itself", async () => {
    const log = await open({ syncIntervalMs: 10 });
    disk.fault = { on: "sync", code: "EIO", times: 1 };
    const synced = new Promise<void>((resolve) => {
      log.onSynced((position) => position === log.end && resolve());
    });
    log.append(Buffer.from("waits"));
    await synced;
    expect(textOf(readAll(log))).toEqual(["waits"]);
    await log.close();
  });

  test("holds no more in memory than allowed, and positions stay whole", async () => {
    const log = await open({ maxUnwrittenBytes: 2000, maxRecordBytes: 100 });
    disk.fault = { on: "write", code: "EIO", times: Number.POSITIVE_INFINITY };
    const append = async () => {
      for (let count = 0; count < 1000; count += 1) {
        log.append(Buffer.from("0123456789"));
        await log.sync().catch(() => {});
      }
    };
    await expect(append()).rejects.toMatchObject({ code: "LOG_FULL", retryable: true });
    disk.fault = undefined;
    await fill(log, ["healed"]);
    expect(readAll(log)).toHaveLength(77);
    await log.close();
  });

  test("lets a log be opened and read, and written once it takes writes", async () => {
    const first = await open();
    await fill(first, ["old"]);
    await first.close();
    disk.fault = { on: "open", code: "ENOSPC", times: 2 };
    const log = await open();
    expect(textOf(readAll(log))).toEqual(["old"]);
    log.append(Buffer.from("new"));
    await expect(log.sync()).rejects.toMatchObject({ code: "LOG_WRITE_FAILED" });
    await log.sync();
    expect(textOf(readAll(log))).toEqual(["old", "new"]);
    await log.close();
  });

  test("makes close say that records are lost, and still lets the folder go", async () => {
    const log = await open();
    log.append(Buffer.from("lost"));
    disk.fault = { on: "sync", code: "EIO", times: Number.POSITIVE_INFINITY };
    await expect(log.close()).rejects.toMatchObject({ code: "LOG_WRITE_FAILED" });
    disk.fault = undefined;
    const again = await open();
    expect(again.recovery.unclean).toBe(true);
    await again.close();
  });

  test("shares one fsync among calls at the same time", async () => {
    const log = await open();
    log.append(Buffer.from("one"));
    const before = disk.syncs;
    const calls = [log.sync(), log.sync(), log.sync(), log.sync()];
    await Promise.all(calls);
    expect(disk.syncs - before).toBe(1);
    await log.close();
  });
});

type Step =
  | { readonly kind: "append"; readonly sizes: readonly number[] }
  | { readonly kind: "sync" | "restart" }
  | { readonly kind: "trim"; readonly part: number }
  | { readonly kind: "fail"; readonly on: "open" | "write" | "sync"; readonly times: number }
  | { readonly kind: "crash"; readonly seed: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant("append" as const),
        sizes: fc.array(fc.nat(3000), { maxLength: 20 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constantFrom("sync" as const, "restart" as const) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("trim" as const),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("fail" as const),
        on: fc.constantFrom("open" as const, "write" as const, "sync" as const),
        times: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("crash" as const), seed: fc.nat() }) },
  ),
  { maxLength: 25 },
);

describe("any sequence of appends, syncs, trims, failures, restarts and power cuts", () => {
  test("keeps every synced record once and in order, and invents none", async () => {
    await fc.assert(fc.asyncProperty(steps, run), {
      numRuns: process.env.FIREBREAK_SOAK === "1" ? 3000 : 30,
    });
  }, 600_000);
});

/** What must hold: every synced record above the last trim is there; whatever is there was appended at that position. */
class Model {
  readonly appended = new Map<number, string>();
  readonly waiting = new Set<number>();
  readonly durable = new Set<number>();
  highest = -1;
  trimmed = 0;

  append(position: number, text: string): void {
    expect(position, "positions only grow").toBeGreaterThan(this.highest);
    this.highest = position;
    this.appended.set(position, text);
    this.waiting.add(position);
  }

  synced(upTo: number): void {
    for (const position of this.waiting)
      if (position < upTo && position >= this.trimmed) this.durable.add(position);
  }

  trim(before: number): void {
    this.trimmed = Math.max(this.trimmed, before);
    for (const position of this.durable) if (position < before) this.durable.delete(position);
  }

  /** A new life: what waited and is not found is lost, what is found must stay. */
  reopened(records: readonly { position: number }[]): void {
    for (const { position } of records) if (position >= this.trimmed) this.durable.add(position);
    this.waiting.clear();
  }

  check(records: { position: number; payload: Uint8Array }[]): void {
    const seen = new Set<number>();
    for (const { position, payload } of records) {
      expect(Buffer.from(payload).toString()).toBe(this.appended.get(position));
      expect(seen.has(position)).toBe(false);
      seen.add(position);
    }
    expect([...this.durable].filter((position) => !seen.has(position))).toEqual([]);
    expect([...seen]).toEqual([...seen].sort((a, b) => a - b));
  }
}

async function run(sequence: readonly Step[]): Promise<void> {
  using own = temporaryFolder();
  const faulty = createFaultyDisk();
  const options = { folder: own.path, disk: faulty, syncIntervalMs: 60_000, segmentBytes: 4000 };
  const limits = { maxUnwrittenBytes: 200_000, maxRecordBytes: 10_000 };
  const model = new Model();
  let log = await openLog({ ...options, ...limits });
  let count = 0;
  for (const step of sequence) {
    if (step.kind === "append")
      for (const size of step.sizes) {
        const text = `${count++}:`.padEnd(size, "ab");
        model.append(log.append(Buffer.from(text)), text);
      }
    if (step.kind === "sync") await log.sync().catch(() => {});
    model.synced(log.synced);
    if (step.kind === "trim") {
      const position = Math.floor(log.end * step.part);
      log.trimBefore(position);
      model.trim(position);
    }
    if (step.kind === "fail") faulty.fault = { on: step.on, code: "EIO", times: step.times };
    if (step.kind === "restart" || step.kind === "crash") {
      if (step.kind === "crash") faulty.fault = { on: "write", code: "EIO", times: 1e9 };
      // On a disk that takes nothing `close` only lets the folder go, as the death of the process would.
      await log.close().catch(() => {});
      if (step.kind === "crash") faulty.cutPower(randomBits(step.seed));
      if (step.kind === "restart") model.synced(log.synced);
      faulty.fault = undefined;
      log = await openLog({ ...options, ...limits });
      model.reopened(readAll(log, log.oldest));
    }
    model.check(readAll(log, log.oldest, 3000));
  }
  faulty.fault = undefined;
  await log.close();
}

function randomBits(seed: number): () => boolean {
  let state = seed | 1;
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return ((state >>> 13) & 1) === 1;
  };
}
