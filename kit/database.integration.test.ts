import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Database, type Migration, migrate, openDatabase } from "./database.ts";

interface Tables {
  words: { word: string; count: number };
}

const words: Migration = {
  name: "001-words",
  up: (schema) =>
    schema.schema
      .createTable("words")
      .addColumn("word", "text", (column) => column.primaryKey())
      .addColumn("count", "integer", (column) => column.notNull())
      .execute(),
};

let folder: string;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "firebreak-database-"));
  db = openDatabase({ path: join(folder, "deep", "words.sqlite") });
  await migrate(db, "words", [words]);
});
afterEach(async () => {
  await db.close();
  rmSync(folder, { recursive: true, force: true });
});

const put = (word: string) =>
  db.transaction((tx) =>
    tx.tables<Tables>().insertInto("words").values({ word, count: 1 }).execute(),
  );
const all = () => db.tables<Tables>().selectFrom("words").select("word").orderBy("word").execute();

describe("transaction", () => {
  test("keeps all of its writes, or none", async () => {
    await put("a");
    const failed = db.transaction(async (tx) => {
      await tx.tables<Tables>().insertInto("words").values({ word: "b", count: 1 }).execute();
      await tx.tables<Tables>().insertInto("words").values({ word: "a", count: 1 }).execute();
    });
    await expect(failed).rejects.toMatchObject({ code: "DATABASE_CONSTRAINT", retryable: false });
    expect(await all()).toEqual([{ word: "a" }]);
  });

  test("takes turns with the others, and reading sees only what is committed", async () => {
    let enter = () => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    let leave = () => {};
    const held = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const first = db.transaction(async (tx) => {
      await tx.tables<Tables>().insertInto("words").values({ word: "a", count: 1 }).execute();
      enter();
      await held;
    });
    await entered;
    const second = db.transaction((tx) =>
      tx.tables<Tables>().updateTable("words").set({ count: 2 }).executeTakeFirst(),
    );
    expect(await all()).toEqual([]);
    leave();
    await first;
    expect((await second).numUpdatedRows).toBe(1n);
  });

  test("refuses one inside another", async () => {
    await expect(db.transaction(() => put("a"))).rejects.toMatchObject({ code: "DATABASE_NESTED" });
    await put("a");
  });

  test("tells its listeners after the commit, and never after a roll-back", async () => {
    const told: string[] = [];
    const other = new DatabaseSync(join(folder, "deep", "words.sqlite"));
    await db.transaction(async (tx) => {
      await tx.tables<Tables>().insertInto("words").values({ word: "a", count: 1 }).execute();
      tx.afterCommit(() => told.push(`${other.prepare("select * from words").all().length} word`));
      expect(told).toEqual([]);
    });
    await expect(
      db.transaction(async (tx) => {
        tx.afterCommit(() => told.push("never"));
        throw new TypeError("no");
      }),
    ).rejects.toThrow("no");
    expect(told).toEqual(["1 word"]);
    other.close();
  });

  test("is the only way to write", async () => {
    const write = db.tables<Tables>().insertInto("words").values({ word: "a", count: 1 }).execute();
    await expect(write).rejects.toMatchObject({ code: "DATABASE_READ_ONLY" });
  });
});

describe("openDatabase", () => {
  test("syncs every commit to a write-ahead log and enforces foreign keys", async () => {
    const pragmas: unknown[] = [];
    await db.transaction(async (tx) => {
      for (const name of ["journal_mode", "synchronous", "foreign_keys"]) {
        const { sql } = await import("kysely");
        const { rows } = await sql`${sql.raw(`pragma ${name}`)}`.execute(tx.tables<Tables>());
        pragmas.push(Object.values(rows[0] as object)[0]);
      }
    });
    expect(pragmas).toEqual(["wal", 2, 1]);
  });

  test("streams rows, and survives a stream given up half-way", async () => {
    for (const word of ["a", "b", "c"]) await put(word);
    const query = db.tables<Tables>().selectFrom("words").select("word").orderBy("word");
    const seen: string[] = [];
    for await (const { word } of query.stream()) {
      seen.push(word);
      if (word === "b") break;
    }
    expect(seen).toEqual(["a", "b"]);
    expect(await query.execute()).toHaveLength(3);
  });

  test("says that another process is writing, and that it may be tried again", async () => {
    const other = new DatabaseSync(join(folder, "deep", "words.sqlite"));
    other.exec("begin immediate");
    await expect(put("a")).rejects.toMatchObject({ code: "DATABASE_BUSY", retryable: true });
    other.close();
    await put("a");
  }, 20_000);
});

describe("migrate", () => {
  const more: Migration = {
    name: "002-more",
    up: (schema) =>
      schema.schema.alterTable("words").addColumn("language", "text").execute() as Promise<void>,
  };

  test("applies each step once, per owner", async () => {
    await put("a");
    await migrate(db, "words", [words, more]);
    await migrate(db, "words", [words, more]);
    await migrate(db, "others", []);
    expect(await all()).toEqual([{ word: "a" }]);
  });

  test("leaves nothing behind when a step fails", async () => {
    const broken: Migration = {
      name: "003-broken",
      up: async (schema) => {
        await schema.schema.createTable("half").addColumn("a", "text").execute();
        throw new TypeError("no");
      },
    };
    await expect(migrate(db, "words", [words, more, broken])).rejects.toThrow("no");
    await migrate(db, "words", [words, more]);
    await migrate(db, "words", [words, more, { ...broken, up: async () => {} }]);
  });

  test("refuses a file of a newer version and a step out of order", async () => {
    await migrate(db, "words", [words, more]);
    await expect(migrate(db, "words", [words])).rejects.toMatchObject({ code: "DATABASE_NEWER" });
    const late = { ...more, name: "000-late" };
    await expect(migrate(db, "words", [late, words, more])).rejects.toMatchObject({
      code: "DATABASE_MIGRATION_ORDER",
    });
  });
});
