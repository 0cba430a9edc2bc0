import fs, { readdirSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { copyLog } from "./copy-log.ts";
import { type TemporaryFolder, temporaryFolder } from "./log.fixture.ts";
import { openLog } from "./segment-log.ts";

/** What is done before the copy opens a file. */
let beforeOpen = () => {};
const { openSync } = fs;
beforeAll(() => {
  const open: typeof openSync = (...of) => {
    beforeOpen();
    return openSync(...of);
  };
  fs.openSync = open;
  syncBuiltinESMExports();
});
afterAll(() => {
  fs.openSync = openSync;
  syncBuiltinESMExports();
});

let from: TemporaryFolder;
let to: TemporaryFolder;
beforeEach(() => {
  from = temporaryFolder();
  to = temporaryFolder();
});
afterEach(() => {
  beforeOpen = () => {};
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
  beforeOpen = () => {
    if (segmentsIn(to.path).length !== 1) return;
    beforeOpen = () => {};
    trim(2);
  };
  const overtaken = expect.objectContaining({ code: "LOG_OVERTAKEN", retryable: true });
  expect(() => copy.take()).toThrow(overtaken);
  expect(segmentsIn(to.path).map((name) => basename(name))).toEqual(names.slice(0, 1));
});
