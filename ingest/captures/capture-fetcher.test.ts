import { silentLogger } from "@firebreak/kit/logger.ts";
import { expect, onTestFinished, test, vi } from "vitest";
import { temporaryFolder } from "../ingest.fixture.ts";
import { createCaptureBook } from "./capture-book.ts";
import { CaptureFetcher } from "./capture-fetcher.ts";
import type { CaptureFiles } from "./capture-files.ts";
import { captureLimits, createCaptureQuota } from "./capture-quota.ts";
import { openCaptureFile } from "./capture-schema.ts";

const told = {
  kind: "capture",
  timeNs: 2_000_000_000n,
  sa: 0,
  name: "a.log.gz",
  format: "candump",
  code: null,
  requestId: "",
  firstNs: 1_000_000_000n,
  records: 1,
  plainBytes: 1_000,
  storedBytes: 1_000,
  sha256: "00",
} as const;

function openBook(maxRows = 1_000) {
  const folder = temporaryFolder();
  const database = openCaptureFile(`${folder.path}/captures.sqlite`);
  onTestFinished(() => {
    database.close();
    folder.remove();
  });
  return createCaptureBook(database, maxRows);
}

const noFiles = {
  received: () => 0,
  isWhole: () => false,
  append: () => {},
  finish: async () => true,
  remove: () => {},
};

function fetcherOf(
  book: ReturnType<typeof openBook>,
  { maxTotalBytes, files = noFiles }: { maxTotalBytes?: number; files?: Partial<CaptureFiles> },
) {
  const clock = { ms: 0, nowMs: () => clock.ms, monotonicMs: () => clock.ms };
  const allFiles = { ...noFiles, ...files } as CaptureFiles;
  const limits = { ...captureLimits, ...(maxTotalBytes === undefined ? {} : { maxTotalBytes }) };
  const orders: string[] = [];
  const fetcher = new CaptureFetcher({
    book,
    files: allFiles,
    quota: createCaptureQuota({ book, files: allFiles, limits, alarm: () => {} }),
    isOnline: () => true,
    send: (gatewayId) => orders.push(gatewayId),
    clock,
    log: silentLogger,
  });
  const run = (ticks: number) => {
    for (let tick = 0; tick < ticks; tick++) {
      clock.ms += 200;
      fetcher.tick();
    }
  };
  return { fetcher, clock, orders, run };
}

test("a fleet that waits for room, or has nothing to do, costs no question five times a second", () => {
  const book = openBook();
  for (let at = 0; at < 500; at++) book.add(`gw${at}`, "M", told, 0);
  const [first] = book.open("gw0");
  if (first) book.set(first, "there");
  const open = vi.spyOn(book, "open");
  const requests = vi.spyOn(book, "openRequests");
  const { fetcher, clock, orders, run } = fetcherOf(book, { maxTotalBytes: 1_500 });
  run(250);
  expect(fetcher.isFull).toBe(true);
  // Each once that has anything to do, and none five times a second.
  expect(open.mock.calls.length).toBeLessThanOrEqual(510);
  expect(requests.mock.calls.length).toBe(499);
  expect(orders).toEqual([]);
  if (first) book.set(first, "removed", "quota");
  clock.ms += 60_000;
  run(2);
  expect(orders).toHaveLength(1);
});

test("held bytes follow every change of a row", () => {
  const book = openBook(2);
  book.add("gw", "M", told, 0);
  const [row] = book.open("gw");
  if (!row) throw new Error("no row");
  expect(book.heldBytes()).toBe(0);
  book.set(row, "arriving");
  book.set(row, "there");
  expect([book.heldBytes("gw"), book.heldBytes("other"), book.heldBytes()]).toEqual([
    1_000, 0, 1_000,
  ]);
  for (const name of ["b.log.gz", "c.log.gz"]) book.add("gw", "M", { ...told, name }, 0);
  expect([book.heldBytes("gw"), book.heldBytes()]).toEqual([0, 0]);
  book.set(row, "there");
  expect(book.heldBytes()).toBe(0);
});

test("a check whose end cannot be written is tried again, and ends nothing", async () => {
  const book = openBook();
  book.add("gw", "M", told, 0);
  const files = { received: () => 1_000, finish: vi.fn(async () => true) };
  const { fetcher, clock, run } = fetcherOf(book, { files });
  const { set } = book;
  book.set = (row, state, ...more) => {
    if (state === "there") throw new Error("database or disk is full");
    set(row, state, ...more);
  };
  run(1);
  await fetcher.close();
  run(3);
  expect(files.finish).toHaveBeenCalledTimes(1);
  book.set = set;
  clock.ms += 60_000;
  run(1);
  await fetcher.close();
  expect(book.ofMachine("M")).toMatchObject([{ state: "there" }]);
});
