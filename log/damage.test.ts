import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  edit,
  fill,
  hastyDisk,
  lastSegment,
  readAll,
  removeMarker,
  segmentPaths,
  type TemporaryFolder,
  temporaryFolder,
  textOf,
} from "./log.fixture.ts";
import { openReader } from "./log-reader.ts";
import { openLog, type SegmentLog } from "./segment-log.ts";

const HEADER = 64;
const texts = ["alpha", "", "bravo bravo", "charlie", "d", "echo echo echo", "foxtrot", "golf"];

let folder: TemporaryFolder;
let pristine = "";
let work = "";
let positions: number[] = [];
let end = 0;

beforeAll(async () => {
  folder = temporaryFolder();
  pristine = join(folder.path, "pristine");
  work = join(folder.path, "work");
  mkdirSync(pristine);
  const log = await openLog({ folder: pristine, segmentBytes: 110 });
  positions = await fill(log, texts);
  end = log.end;
  await log.close();
});
afterAll(() => folder[Symbol.dispose]());

/** A fresh copy of the log with one of its segments changed. */
function damaged(segment: string, change: (bytes: Buffer) => Buffer | undefined): string {
  rmSync(work, { recursive: true, force: true });
  cpSync(pristine, work, { recursive: true });
  edit(join(work, basename(segment)), change);
  return work;
}

/** Which records lie, wholly or in part, in bytes [from, to) of a segment file. */
function touched(segment: string, from: number, to: number): string[] {
  const base = Number(basename(segment).slice(0, 16));
  return texts.filter((_, index) => {
    const start = HEADER + (positions[index] ?? 0) - base;
    const stop = HEADER + (positions[index + 1] ?? end) - base;
    const inFile = start >= HEADER && stop <= readFileSync(segment).length;
    return inFile && start < to && stop > from;
  });
}

const flip = (at: number, bits: number) => (bytes: Buffer) => {
  bytes.writeUInt8(bytes.readUInt8(at) ^ bits, at);
  return bytes;
};
const without = (lost: readonly string[]) => texts.filter((text) => !lost.includes(text));
const lostBytes = (lost: readonly string[]) =>
  lost.reduce((sum, text) => sum + 16 + Buffer.byteLength(text), 0);
const reopen = (): Promise<SegmentLog> => openLog({ folder: work, disk: hastyDisk });

describe("one flipped bit", () => {
  test("anywhere costs a reader exactly the record it is in, and is counted", () => {
    for (const segment of segmentPaths(pristine))
      for (let at = 0; at < readFileSync(segment).length; at += 1)
        for (const bit of [at % 8, (at + 3) % 8]) {
          damaged(segment, flip(at, 1 << bit));
          const lost = touched(segment, at, at + 1);
          let records = 0;
          const reader = openReader(work, (stretch) => {
            records += stretch.records;
          });
          const seen = readAll({ read: (from, max) => reader.read(from, max, end) });
          reader.close();
          expect(textOf(seen), `${basename(segment)} byte ${at}`).toEqual(without(lost));
          expect(records).toBe(lost.length);
        }
  });

  test("in the newest segment is found, counted and set aside when opening after a clean shutdown", async () => {
    const segment = lastSegment(pristine);
    for (let at = HEADER; at < readFileSync(segment).length; at += 1) {
      damaged(segment, flip(at, 0x10));
      const lost = touched(segment, at, at + 1);
      const log = await reopen();
      expect(log.recovery).toEqual({
        tornBytes: 0,
        skippedRecords: 1,
        skippedBytes: lostBytes(lost),
        unclean: false,
        setAside: [join(work, basename(segment))],
      });
      expect(log.end).toBe(end);
      expect(textOf(readAll(log))).toEqual(without(lost));
      expect(log.skipped).toEqual({ records: 1, bytes: lostBytes(lost) });
      await log.close();
    }
  });

  test("in an older segment is counted once, on the first read, however often it is read", async () => {
    const [first = ""] = segmentPaths(pristine);
    damaged(first, flip(HEADER + 20, 0xff));
    const log = await reopen();
    expect(log.skipped.records).toBe(0);
    for (let round = 0; round < 3; round += 1)
      expect(textOf(readAll(log))).toEqual(without(["alpha"]));
    expect(log.read(0, 100).skipped).toEqual([{ position: 0, next: positions[1], records: 1 }]);
    expect(log.skipped).toEqual({ records: 1, bytes: 21 });
    log.trimBefore(log.end);
    await log.close();
    const again = await reopen();
    expect(again.recovery.setAside).toEqual([join(work, "damaged", basename(first))]);
    expect(existsSync(`${first}.damaged`)).toBe(false);
    await again.close();
  });
});

test("damage met later in a segment already checked is added to what was counted", async () => {
  const own = join(folder.path, "later");
  const log = await openLog({ folder: own });
  const [a = 0, , c = 0] = await fill(log, ["aaaa", "bbbb", "cccc", "dddd"]);
  const path = lastSegment(own);
  for (const [position, records] of [
    [a, 1],
    [c, 2],
  ] as const) {
    edit(path, flip(HEADER + position + 5, 1));
    readAll(log);
    expect(log.skipped).toEqual({ records, bytes: 20 * records });
  }
  expect(textOf(readAll(log))).toEqual(["bbbb", "dddd"]);
  await log.close();
});

describe("a stretch of zeros", () => {
  test("costs the records it touches and counts them all", async () => {
    for (const segment of segmentPaths(pristine)) {
      const size = readFileSync(segment).length;
      for (let from = HEADER; from < size; from += 5) {
        damaged(segment, (bytes) => bytes.fill(0, from, Math.min(size, from + 45)));
        // What was zero already, such as the upper bytes of a length, is not damaged by becoming zero.
        const changed = [
          ...readFileSync(segment)
            .subarray(from, from + 45)
            .entries(),
        ]
          .filter(([, byte]) => byte !== 0)
          .map(([index]) => from + index);
        const lost = texts.filter((text) =>
          changed.some((at) => touched(segment, at, at + 1).includes(text)),
        );
        const log = await reopen();
        expect(textOf(readAll(log)), `${basename(segment)} from ${from}`).toEqual(without(lost));
        expect(log.skipped).toEqual({ records: lost.length, bytes: lostBytes(lost) });
        await log.close();
      }
    }
  });

  test("or a missing file in the middle does not hide what comes after", async () => {
    const [, second = ""] = segmentPaths(pristine);
    damaged(second, () => Buffer.alloc(0));
    const lost = touched(second, 0, Number.POSITIVE_INFINITY);
    const log = await reopen();
    expect(textOf(readAll(log))).toEqual(without(lost));
    await log.close();
    rmSync(join(work, basename(second)));
    const again = await reopen();
    expect(textOf(readAll(again))).toEqual(without(lost));
    await again.close();
  });
});

describe("a crash in the middle of a write", () => {
  const tails: { name: string; tail: (bytes: Buffer, at: number) => Buffer; torn: boolean }[] = [
    { name: "the file ends", tail: (bytes, at) => bytes.subarray(0, at), torn: false },
    { name: "blank space follows", tail: (bytes, at) => bytes.fill(0, at), torn: false },
    { name: "garbage follows", tail: (bytes, at) => bytes.fill(0xf1, at), torn: true },
  ];
  test.each(tails)("at any byte, where $name, keeps what was whole", async ({ tail, torn }) => {
    const segment = lastSegment(pristine);
    for (let at = HEADER; at < readFileSync(segment).length; at += 1) {
      const lost = touched(segment, at, Number.POSITIVE_INFINITY);
      damaged(segment, (bytes) => tail(bytes, at));
      removeMarker(work);
      const log = await reopen();
      expect(textOf(readAll(log)), `at ${at}`).toEqual(without(lost));
      expect(log.recovery).toMatchObject({ unclean: true, skippedRecords: 0 });
      if (torn) expect(log.recovery.tornBytes).toBeGreaterThan(0);
      expect(log.end).toBeGreaterThan(end);
      await fill(log, ["after the crash"]);
      await log.close();
      const again = await reopen();
      expect(textOf(readAll(again))).toEqual([...without(lost), "after the crash"]);
      expect(again.skipped.records).toBe(0);
      await again.close();
    }
  });

  test("keeps a copy of what it cut off", async () => {
    const segment = lastSegment(pristine);
    damaged(segment, (bytes) =>
      Buffer.concat([bytes, Buffer.from("half a rec"), Buffer.alloc(50)]),
    );
    removeMarker(work);
    const log = await reopen();
    expect(log.recovery.tornBytes).toBe(10);
    const [aside = ""] = log.recovery.setAside;
    expect(readFileSync(aside, "utf8")).toBe("half a rec");
    await log.close();
  });

  test.each(["{", "", '{"version":1,"end":5,"nextSequence":1,"segment":"other"}'])(
    "with marker %j counts as unclean",
    async (text) => {
      damaged(lastSegment(pristine), () => undefined);
      edit(join(work, "clean.json"), () => Buffer.from(text));
      const log = await reopen();
      expect(log.recovery.unclean).toBe(true);
      expect(textOf(readAll(log))).toEqual(texts);
      await log.close();
    },
  );
});

describe("a record at a wrong place", () => {
  test("never passes: other position, other segment, or inside another record", async () => {
    const [first = "", second = ""] = segmentPaths(pristine);
    const body = readFileSync(first).subarray(HEADER);
    damaged(second, (bytes) => Buffer.concat([bytes.subarray(0, HEADER), body]));
    const log = await reopen();
    expect(textOf(readAll(log))).toEqual(without(touched(second, 0, Number.POSITIVE_INFINITY)));
    // A payload that is itself a copy of frames, its own frame destroyed, shows none of them.
    const position = log.append(body);
    await fill(log, ["last"]);
    const path = lastSegment(work);
    const base = Number(basename(path).slice(0, 16));
    edit(path, flip(HEADER + position - base, 0xff));
    expect(textOf(readAll(log)).slice(-1)).toEqual(["last"]);
    expect(log.skipped.records).toBeGreaterThan(0);
    await log.close();
  });

  test("not even in its own segment", async () => {
    const own = join(folder.path, "own");
    const log = await openLog({ folder: own });
    const [a = 0, b = 0, c = 0] = await fill(log, ["aaaa", "bbbb", "cccc"]);
    edit(lastSegment(own), (bytes) => {
      bytes.copy(bytes, HEADER + c, HEADER + a, HEADER + b);
      return bytes;
    });
    expect(textOf(readAll(log))).toEqual(["aaaa", "bbbb"]);
    expect(log.skipped).toEqual({ records: 1, bytes: 20 });
    await log.close();
  });

  test("nor does what a deleted log of the same positions left in the blocks", async () => {
    const other = join(folder.path, "other");
    mkdirSync(other);
    const log = await openLog({ folder: other, segmentBytes: 110 });
    await fill(log, ["ALPHA", ""]);
    await log.close();
    const [mine = ""] = segmentPaths(other);
    const [theirs = ""] = segmentPaths(pristine);
    edit(mine, (bytes) => Buffer.concat([bytes, readFileSync(theirs).subarray(bytes.length)]));
    removeMarker(other);
    const again = await openLog({ folder: other });
    expect(textOf(readAll(again))).toEqual(["ALPHA", ""]);
    await again.close();
  });
});

test("what is set aside is bounded", async () => {
  const many = join(folder.path, "many");
  mkdirSync(join(many, "damaged"), { recursive: true });
  for (let index = 0; index < 20; index += 1)
    copyFileSync(lastSegment(pristine), join(many, "damaged", `${index + 10}.torn`));
  const log = await openLog({ folder: many, segmentBytes: 200 });
  await fill(log, ["x".repeat(190), "y"]);
  log.trimBefore(log.end);
  await log.close();
  const left = readdirSync(join(many, "damaged"));
  expect(left.length).toBeLessThan(5);
  expect(left).toContain("29.torn");
});
