import { type openSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { copyLog } from "./copy-log.ts";
import { type TemporaryFolder, temporaryFolder } from "./log.fixture.ts";
import { openLog } from "./segment-log.ts";

const before = vi.hoisted(() => ({ open: (_path: string) => {} }));
vi.mock("node:fs", async (original) => {
  const fs = await original<typeof import("node:fs")>();
  const open: typeof openSync = (path, ...rest) => {
    before.open(String(path));
    return fs.openSync(path, ...rest);
  };
  return { ...fs, openSync: open };
});

let from: TemporaryFolder;
let to: TemporaryFolder;
beforeEach(() => {
  from = temporaryFolder();
  to = temporaryFolder();
});
afterEach(() => {
  before.open = () => {};
  from[Symbol.dispose]();
  to[Symbol.dispose]();
});

const segmentsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(".seg"))
    .sort();

test("a log that is trimmed while it is copied never leaves a copy with a hole", async () => {
  const log = await openLog({ folder: from.path, segmentBytes: 4_000, syncIntervalMs: 60_000 });
  for (let count = 0; count < 40; count++) log.append(Buffer.alloc(500, count));
  await log.close();
  const names = segmentsIn(from.path);
  const trim = (count: number) => {
    for (const name of names.slice(0, count)) rmSync(join(from.path, name));
  };
  const copy = copyLog(from.path, to.path);
  // The first is in the copy by then, the second is about to be.
  before.open = () => {
    if (segmentsIn(to.path).length !== 1) return;
    before.open = () => {};
    trim(2);
  };
  const overtaken = expect.objectContaining({ code: "LOG_OVERTAKEN", retryable: true });
  expect(() => copy.take()).toThrow(overtaken);
  expect(segmentsIn(to.path).map((name) => basename(name))).toEqual(names.slice(0, 1));
});
