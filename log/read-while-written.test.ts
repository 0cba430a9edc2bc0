import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { FRAME_BYTES } from "./frame.ts";
import { fill, type TemporaryFolder, temporaryFolder, textOf } from "./log.fixture.ts";
import { openReader } from "./log-reader.ts";
import { HEADER_BYTES } from "./segment-file.ts";
import { openLog } from "./segment-log.ts";

/** Bytes of the file that come as zeros, until the segment has been read as a whole once. */
let late: { readonly from: number; readonly to: number } | undefined;
const { readSync } = fs;
beforeAll(() => {
  const read = (file: number, bytes: Buffer, offset: number, length: number, at: number) => {
    const count = readSync(file, bytes, offset, length, at);
    if (late === undefined) return count;
    const [from, to] = [Math.max(late.from, at), Math.min(late.to, at + count)];
    if (from < to) bytes.fill(0, offset + from - at, offset + to - at);
    if (at === HEADER_BYTES && to === late.to) late = undefined;
    return count;
  };
  fs.readSync = read as typeof readSync;
  syncBuiltinESMExports();
});
afterAll(() => {
  fs.readSync = readSync;
  syncBuiltinESMExports();
});

let folder: TemporaryFolder;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  late = undefined;
  folder[Symbol.dispose]();
});

test("a record that is written while what lies behind it is read already is not passed over", async () => {
  const log = await openLog({ folder: folder.path });
  const [, second = 0, third = 0] = await fill(log, ["alpha", "bravo", "charlie"]);
  const reader = openReader(folder.path);
  late = { from: HEADER_BYTES + second + FRAME_BYTES, to: HEADER_BYTES + third };
  const { records, skipped } = reader.read(second, 1_000);
  expect([textOf(records), skipped]).toEqual([["bravo", "charlie"], []]);
  reader.close();
  await log.close();
});
