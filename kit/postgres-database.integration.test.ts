import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { sql } from "kysely";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { errorCode } from "./coded-error.ts";
import { type Database, migrate, openDatabaseUrl, type Transaction } from "./database.ts";
import { hasPostgres, PostgresServer } from "./postgres-server.fixture.ts";

interface Tables {
  pairs: { number: number; half: string };
}

const pairs = {
  name: "001-pairs",
  up: ({ schema }: Parameters<Parameters<typeof migrate>[2][number]["up"]>[0]) =>
    schema
      .createTable("pairs")
      .addColumn("number", "integer", (column) => column.notNull())
      .addColumn("half", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("pairs_key", ["number", "half"])
      .execute(),
};

describe.skipIf(!hasPostgres())("PostgreSQL", () => {
  let server: PostgresServer;
  let db: Database;
  let other: Database;
  beforeAll(async () => {
    server = await PostgresServer.start({ isDurable: true });
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    db = openDatabaseUrl(server.url());
    other = openDatabaseUrl(server.url());
    await migrate(db, "pairs", [pairs]);
  });
  afterEach(async () => {
    await db.transaction(async (tx) => {
      // Waits for a commit that a killed client had sent: its rows go with the others.
      await sql`lock table pairs`.execute(tx.tables());
      await tx.tables<Tables>().deleteFrom("pairs").execute();
    });
    await other.close();
    await db.close();
  });

  const put = async (tx: Transaction, number: number) => {
    for (const half of ["first", "second"])
      await tx.tables<Tables>().insertInto("pairs").values({ number, half }).execute();
  };
  const countIn = async ({ tables }: Pick<Database, "tables">) => {
    const query = tables<Tables>().selectFrom("pairs");
    return (await query.select("number").execute()).length;
  };
  const numbers = async () => {
    const rows = await db.tables<Tables>().selectFrom("pairs").selectAll().execute();
    const firsts = rows.filter(({ half }) => half === "first").map(({ number }) => number);
    expect(rows.length).toBe(2 * firsts.length);
    return firsts.sort((one, another) => one - another);
  };

  test("runs the work again when another process came in between, and listeners hear once", async () => {
    let runs = 0;
    const told: number[] = [];
    await db.transaction(async (tx) => {
      runs++;
      const count = await countIn(tx);
      if (runs === 1) await intrude(1);
      tx.afterCommit(() => told.push(count));
      await put(tx, 100 + count);
    });
    await sleep(0);
    expect([runs, told, await numbers()]).toEqual([2, [2], [1, 102]]);
  });

  /** Another process writes what the transaction has just read, having read what it will write. */
  const intrude = (number: number) =>
    other.transaction(async (tx) => {
      await countIn(tx);
      await put(tx, number);
    });

  test("runs it again even when the work made something else of the server's answer", async () => {
    let runs = 0;
    await db.transaction(async (tx) => {
      const count = await countIn(tx);
      if (++runs === 1) await intrude(1);
      try {
        await put(tx, 100 + count);
      } catch (cause) {
        throw new TypeError("the stock is wrong", { cause });
      }
    });
    expect(await numbers()).toEqual([1, 102]);
  });

  test("gives up, retryable, when somebody always comes in between", async () => {
    let runs = 0;
    const never = db.transaction(async (tx) => {
      await countIn(tx);
      await intrude(++runs);
      await put(tx, 1000);
    });
    await expect(never).rejects.toMatchObject({ code: "DATABASE_BUSY", retryable: true });
    expect(runs).toBe(12);
    expect(await numbers()).not.toContain(1000);
  });

  test("a killed client leaves whole transactions only, and all that it confirmed", async () => {
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, "postgres-child.fixture.ts"), server.url()],
      { stdio: ["ignore", "pipe", "inherit"] },
    );
    let confirmed = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      confirmed = Number(line);
      if (confirmed === 60) child.kill("SIGKILL");
    }
    const found = await numbers();
    expect(confirmed).toBeGreaterThanOrEqual(60);
    expect(found.slice(0, confirmed)).toEqual(Array.from({ length: confirmed }, (_, at) => at + 1));
    expect(found.length).toBeLessThanOrEqual(confirmed + 1);
  });

  test("a killed server loses nothing that was confirmed, stores nothing twice, and is found again", async () => {
    const kills = process.env.FIREBREAK_SOAK ? 20 : 3;
    const codes = new Set<string>();
    let isOver = false;
    let number = 0;
    const killing = (async () => {
      for (let kill = 0; kill < kills; kill++) {
        // In each of its lives it stores something, however slow the computer is.
        for (const before = number; number < before + 2; ) await sleep(5);
        await sleep(37 * kill);
        await server.kill();
        await server.restart();
      }
      isOver = true;
    })();
    while (!isOver) {
      try {
        // Not idempotent on purpose: a commit taken for lost would meet itself as DATABASE_CONSTRAINT.
        await db.transaction((tx) => put(tx, number + 1));
        number++;
      } catch (error) {
        expect(error).toMatchObject({ retryable: true });
        codes.add(errorCode(error));
        await sleep(5);
      }
    }
    await killing;
    expect([...codes]).toEqual(["DATABASE_IO"]);
    expect(number).toBeGreaterThan(kills);
    expect(await numbers()).toEqual(Array.from({ length: number }, (_, at) => at + 1));
  });

  test("a commit that goes down with the server is known to be lost as soon as that is back", async () => {
    const { query } = Client.prototype;
    let restarted: Promise<void> | undefined;
    const asked = vi.spyOn(Client.prototype, "query");
    asked.mockImplementation(async function (this: Client, ...of: unknown[]) {
      if (of[0] === "commit" && restarted === undefined) {
        await server.kill();
        restarted = server.restart();
      }
      return Reflect.apply(query, this, of);
    });
    try {
      await expect(db.transaction((tx) => put(tx, 1))).rejects.toMatchObject({
        ...{ code: "DATABASE_IO", retryable: true },
        message: expect.stringContaining("nothing was stored"),
      });
    } finally {
      asked.mockRestore();
    }
    await restarted;
    expect(await numbers()).toEqual([]);
  });

  test("says whether trying again may help: a server that is away, a database that is not there", async () => {
    const url = new URL(server.url());
    url.searchParams.set("host", join(server.folder, "nowhere"));
    const away = openDatabaseUrl(url.href);
    await expect(countIn(away)).rejects.toMatchObject({ code: "DATABASE_IO", retryable: true });
    await away.close();
    url.searchParams.set("host", server.folder);
    url.pathname = "/none";
    const none = openDatabaseUrl(url.href, { password: "s%41:/@" });
    const expected = { code: "DATABASE_REFUSED", retryable: false };
    await expect(countIn(none)).rejects.toMatchObject(expected);
    await none.close();
  });
});
