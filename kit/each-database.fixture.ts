import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe } from "vitest";
import { type Database, openDatabaseUrl } from "./database.ts";
import { dumpAt, hasPostgres, queryAt, urlOf } from "./postgres-server.fixture.ts";
import { sharedPostgres } from "./shared-postgres.fixture.ts";

export type DatabaseKind = "sqlite" | "postgres";

/** A new, empty database; closed and removed after the test, or after the suite when `beforeAll` opened it. */
export type OpenDatabase = () => Promise<Database>;

export interface DatabaseFacts {
  readonly kind: DatabaseKind;
  /** For `openDatabaseUrl` here or in another process: the place of a database that `open` gave. */
  urlOf(db: Database): string;
  /** Everything that its files (SQLite) or its dump (PostgreSQL) hold, byte by byte, latin1. */
  contentsOf(db: Database): string;
}

interface Place {
  readonly url: string;
  contents(): string;
  remove(): Promise<void>;
}

function sqlitePlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-database-"));
  return {
    url: `sqlite:${join(folder, "firebreak.sqlite")}`,
    contents: () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), "latin1"))
        .join(""),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function postgresPlace(): Promise<Place> {
  const server = await sharedPostgres();
  const schema = `test_${randomBytes(8).toString("hex")}`;
  await queryAt(server, `create schema ${schema}`);
  return {
    url: urlOf(server, schema),
    contents: () => Buffer.from(dumpAt(server, schema)).toString("latin1"),
    remove: async () => void (await queryAt(server, `drop schema ${schema} cascade`)),
  };
}

/**
 * The same tests on SQLite and on PostgreSQL; where there is no PostgreSQL the latter are skipped with a printed
 * reason, and on CI they fail.
 */
export function describeEachDatabase(
  name: string,
  tests: (open: OpenDatabase, facts: DatabaseFacts) => void,
): void {
  describe(`${name} (SQLite)`, () => suite("sqlite", tests));
  describe.skipIf(!hasPostgres())(`${name} (PostgreSQL)`, () => suite("postgres", tests));
}

interface Opened {
  readonly db: Database;
  readonly place: Place;
  readonly isOfTest: boolean;
}

function suite(kind: DatabaseKind, tests: Parameters<typeof describeEachDatabase>[1]): void {
  const places = new WeakMap<Database, Place>();
  let opened: Opened[] = [];
  let isInTest = false;
  const placeOf = (db: Database): Place => {
    const place = places.get(db);
    if (place === undefined) throw new TypeError("this database was not opened here");
    return place;
  };
  const closeAll = async (which: (one: Opened) => boolean) => {
    const ending = opened.filter(which);
    opened = opened.filter((one) => !which(one));
    for (const { db, place } of ending) {
      await db.close();
      await place.remove();
    }
  };

  beforeEach(() => {
    isInTest = true;
  });
  // Hooks after a test run last one first: those of the tests still find their database open.
  afterEach(async () => {
    await closeAll(({ isOfTest }) => isOfTest);
    isInTest = false;
  });
  afterAll(() => closeAll(() => true));
  tests(
    async () => {
      const place = kind === "sqlite" ? sqlitePlace() : await postgresPlace();
      const db = openDatabaseUrl(place.url);
      places.set(db, place);
      opened.push({ db, place, isOfTest: isInTest });
      return db;
    },
    { kind, urlOf: (db) => placeOf(db).url, contentsOf: (db) => placeOf(db).contents() },
  );
}
