import { beforeEach, describe, expect, test } from "vitest";
import { errorCode } from "./coded-error.ts";
import { type Database, type Migration, migrate, openDatabaseUrl } from "./database.ts";
import { describeEachDatabase } from "./each-database.fixture.ts";

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

const letters: Migration = {
  name: "001-letters",
  up: ({ schema }) =>
    schema
      .createTable("letters")
      .addColumn("word", "text", (column) => column.notNull().references("words.word"))
      .execute(),
};

const values: Migration = {
  name: "001-values",
  up: ({ schema }) =>
    schema
      .createTable("stored_values")
      .addColumn("fen", "integer")
      .addColumn("share", "real")
      .addColumn("bytes", "blob")
      .execute(),
};

describeEachDatabase("database", (open, { urlOf, contentsOf }) => {
  let db: Database;
  beforeEach(async () => {
    db = await open();
    await migrate(db, "words", [words]);
  });

  const put = (word: string) =>
    db.transaction((tx) =>
      tx.tables<Tables>().insertInto("words").values({ word, count: 1 }).execute(),
    );
  const all = () =>
    db.tables<Tables>().selectFrom("words").select("word").orderBy("word").execute();

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
      await expect(db.transaction(() => put("a"))).rejects.toMatchObject({
        code: "DATABASE_NESTED",
      });
      await put("a");
    });

    test("tells its listeners after the commit, and never after a roll-back", async () => {
      const told: string[] = [];
      await db.transaction(async (tx) => {
        await tx.tables<Tables>().insertInto("words").values({ word: "a", count: 1 }).execute();
        tx.afterCommit(() => told.push("after"));
        expect(told).toEqual([]);
      });
      expect(await all()).toEqual([{ word: "a" }]);
      await expect(
        db.transaction(async (tx) => {
          tx.afterCommit(() => told.push("never"));
          throw new TypeError("no");
        }),
      ).rejects.toThrow("no");
      expect(told).toEqual(["after"]);
    });

    test("ends with its first failed statement, whether or not the work goes on", async () => {
      await put("a");
      const swallowed = db.transaction(async (tx) => {
        const insert = tx.tables<Tables>().insertInto("words");
        await insert
          .values({ word: "a", count: 1 })
          .execute()
          .catch(() => undefined);
        const next = insert.values({ word: "b", count: 1 }).execute();
        await expect(next).rejects.toMatchObject({ code: "DATABASE_CONSTRAINT" });
      });
      await expect(swallowed).rejects.toMatchObject({ code: "DATABASE_CONSTRAINT" });
      await put("c");
      expect(await all()).toEqual([{ word: "a" }, { word: "c" }]);
    });

    test("hands on what the work throws", async () => {
      const failed = db.transaction(async (tx) => {
        await tx.tables<Tables>().insertInto("words").values({ word: "a", count: 1 }).execute();
        throw new TypeError("no");
      });
      await expect(failed).rejects.toThrow(TypeError);
      expect(await all()).toEqual([]);
    });

    test("of two hundred at once none is lost, from two openings of one database", async () => {
      const other = openDatabaseUrl(urlOf(db));
      await put("n");
      const add = (at: number) =>
        (at % 2 ? db : other).transaction(async (tx) => {
          const tables = tx.tables<Tables>();
          const { count } = await tables
            .selectFrom("words")
            .select("count")
            .executeTakeFirstOrThrow();
          await tables
            .updateTable("words")
            .set({ count: count + 1 })
            .execute();
        });
      // Who meets another one each time is told so in the end, and comes again.
      const persist = async (at: number): Promise<void> => {
        for (;;)
          try {
            return await add(at);
          } catch (error) {
            if (errorCode(error) !== "DATABASE_BUSY") throw error;
          }
      };
      await Promise.all(Array.from({ length: 200 }, (_, at) => persist(at)));
      await other.close();
      expect(await db.tables<Tables>().selectFrom("words").selectAll().execute()).toEqual([
        { word: "n", count: 201 },
      ]);
    });

    test("refuses a row that refers to nothing, and a null where none may be", async () => {
      await migrate(db, "letters", [letters]);
      const write = (row: { word: string | null }) =>
        db.transaction((tx) =>
          tx
            .tables<{ letters: { word: string | null } }>()
            .insertInto("letters")
            .values(row)
            .execute(),
        );
      for (const word of ["nowhere", null])
        await expect(write({ word })).rejects.toMatchObject({ code: "DATABASE_CONSTRAINT" });
    });

    test("is the only way to write", async () => {
      const write = db
        .tables<Tables>()
        .insertInto("words")
        .values({ word: "a", count: 1 })
        .execute();
      await expect(write).rejects.toMatchObject({ code: "DATABASE_READ_ONLY" });
    });
  });

  describe("reading", () => {
    test("gives counts, sums and flags as numbers, and sums no row to null", async () => {
      for (const word of ["a", "b"]) await put(word);
      const row = await db
        .tables<Tables>()
        .selectFrom("words")
        .select(({ fn, eb }) => [
          fn.countAll().as("count"),
          fn.sum("count").as("sum"),
          fn.max("word").as("max"),
          eb("word", "=", "none").as("is_none"),
        ])
        .groupBy("word")
        .orderBy("word")
        .executeTakeFirst();
      expect(row).toEqual({ count: 1, sum: 1, max: "a", is_none: 0 });
      const none = await db
        .tables<Tables>()
        .selectFrom("words")
        .select(({ fn }) => fn.sum("count").as("sum"))
        .where("word", "=", "none")
        .executeTakeFirst();
      expect(none).toEqual({ sum: null });
    });

    test("keeps integers of 53 bits, fractions and bytes", async () => {
      await migrate(db, "values", [values]);
      const row = { fen: Number.MAX_SAFE_INTEGER, share: 0.1, bytes: new Uint8Array([0, 255]) };
      type Values = { stored_values: typeof row };
      await db.transaction((tx) =>
        tx.tables<Values>().insertInto("stored_values").values(row).execute(),
      );
      const found = await db
        .tables<Values>()
        .selectFrom("stored_values")
        .selectAll()
        .executeTakeFirst();
      expect({ ...found, bytes: new Uint8Array(found?.bytes ?? []) }).toEqual(row);
    });

    test("sorts text by its bytes, in every language", async () => {
      for (const word of ["b", "A", "泵", "a", "B", "é", "10", "9"]) await put(word);
      expect((await all()).map(({ word }) => word)).toEqual([
        "10",
        "9",
        "A",
        "B",
        "a",
        "b",
        "é",
        "泵",
      ]);
    });

    test("says what is wrong with a query", async () => {
      const query = db.tables<{ nothing: { a: string } }>().selectFrom("nothing").selectAll();
      await expect(query.execute()).rejects.toMatchObject({
        code: "DATABASE_QUERY",
        retryable: false,
      });
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
  });

  describe("scrub", () => {
    const secret = "quite-a-secret";

    test("takes what was deleted and overwritten out of the files, and keeps the rest", async () => {
      for (const word of [secret, "kept", `${secret}-2`]) await put(word);
      expect(contentsOf(db)).toContain(secret);
      await db.transaction(async (tx) => {
        const tables = tx.tables<Tables>();
        await tables.deleteFrom("words").where("word", "=", secret).execute();
        await tables
          .updateTable("words")
          .set({ word: "z" })
          .where("word", "like", "quite%")
          .execute();
      });
      await db.scrub(["words"]);
      expect(contentsOf(db)).not.toContain(secret);
      expect(contentsOf(db)).toContain("kept");
      await put("b");
      expect((await all()).map(({ word }) => word)).toEqual(["b", "kept", "z"]);
    });
  });

  describe("migrate", () => {
    const more: Migration = {
      name: "002-more",
      up: (schema) =>
        schema.schema.alterTable("words").addColumn("language", "text").execute() as Promise<void>,
    };

    test("takes turns with another process that starts at once", async () => {
      const other = openDatabaseUrl(urlOf(db));
      await Promise.all([db, other].map((one) => migrate(one, "words", [words, more])));
      await other.close();
      await put("a");
    });

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
});

describe("openDatabaseUrl", () => {
  test.each(["", "sqlite:", "firebreak.sqlite", "mysql://root@host/db", "postgres://"])(
    "refuses %s",
    (url) => {
      expect(() => openDatabaseUrl(url)).toThrow(
        expect.objectContaining({ code: "BAD_CONFIGURATION" }),
      );
    },
  );
});
