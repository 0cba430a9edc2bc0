import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, openDatabase } from "./database.ts";

let folder: string;
let path: string;
let db: Database;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-database-"));
  path = join(folder, "deep", "words.sqlite");
  db = openDatabase({ path });
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("the file", () => {
  test("is private, synced at every commit, and enforces foreign keys", async () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const pragmas: unknown[] = [];
    await db.transaction(async (tx) => {
      for (const name of ["journal_mode", "synchronous", "foreign_keys"]) {
        const { rows } = await sql`${sql.raw(`pragma ${name}`)}`.execute(tx.tables());
        pragmas.push(Object.values(rows[0] as object)[0]);
      }
    });
    expect(pragmas).toEqual(["wal", 2, 1]);
  });

  test("holds all that was written once it is closed, though nobody ever read it", async () => {
    await db.transaction((tx) =>
      tx.tables().schema.createTable("words").addColumn("word", "text").execute(),
    );
    await db.close();
    expect(readdirSync(dirname(path))).toEqual(["words.sqlite"]);
  });

  test("says that another process is writing, and that it may be tried again", async () => {
    const other = new DatabaseSync(path);
    other.exec("begin immediate");
    const nothing = () => db.transaction(async () => undefined);
    await expect(nothing()).rejects.toMatchObject({ code: "DATABASE_BUSY", retryable: true });
    other.close();
    await nothing();
  });
});
