import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { copySqlite } from "./copy-sqlite.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-copy-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes two tables in one transaction, again and again, on a connection of its own. */
const writer = `
const { parentPort, workerData } = require("node:worker_threads");
const { DatabaseSync } = require("node:sqlite");
const file = new DatabaseSync(workerData, { timeout: 5000 });
let rounds = 0;
const timer = setInterval(() => {
  file.exec("begin immediate; insert into one values (randomblob(3000)); insert into two values (1); commit");
  parentPort.postMessage(++rounds);
}, 1);
parentPort.on("message", () => { clearInterval(timer); file.close(); parentPort.close(); });
`;

const countOf = (path: string, table: string): number => {
  const file = new DatabaseSync(path);
  const row = file.prepare(`select count(*) as count from ${table}`).get();
  file.close();
  return Number(row?.count);
};

describe("copySqlite", () => {
  test("ends beside a busy writer, and is one state of both tables", async () => {
    const path = join(folder, "busy.sqlite");
    const file = new DatabaseSync(path);
    file.exec("pragma journal_mode = wal; create table one (bytes blob); create table two (n)");
    file.exec(`insert into one with recursive n(i) as (select 1 union all select i + 1 from n where i < 9000)
      select randomblob(3000) from n`);
    const worker = new Worker(writer, { eval: true, workerData: path });
    let rounds = 0;
    worker.on("message", (count: number) => {
      rounds = count;
    });
    const shares: number[] = [];
    const copy = join(folder, "copy.sqlite");
    try {
      while (rounds < 5) await new Promise((next) => setTimeout(next, 5));
      const before = rounds;
      await copySqlite(path, copy, (share) => shares.push(share));
      while (rounds < before + 5) await new Promise((next) => setTimeout(next, 5));
    } finally {
      // It closes its files before they are removed.
      const ended = once(worker, "exit");
      worker.postMessage("end");
      await ended;
      file.close();
    }
    expect(shares.length).toBeGreaterThan(2);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(countOf(copy, "one") - 9000).toBe(countOf(copy, "two"));
    expect(countOf(copy, "two")).toBeGreaterThanOrEqual(5);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
  });

  test("refuses what is damaged", async () => {
    const path = join(folder, "damaged.sqlite");
    const file = new DatabaseSync(path);
    file.exec("create table one (n integer primary key, bytes blob)");
    file.exec(`insert into one with recursive n(i) as (select 1 union all select i + 1 from n where i < 900)
      select i, randomblob(300) from n`);
    file.close();
    const bytes = readFileSync(path);
    bytes.fill(7, 40_960, 45_056);
    writeFileSync(path, bytes);
    await expect(copySqlite(path, join(folder, "copy.sqlite"))).rejects.toMatchObject({
      code: "COPY_DAMAGED",
    });
  });
});
