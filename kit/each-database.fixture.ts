import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe } from "vitest";
import { type Database, openDatabaseUrl } from "./database.ts";
import { dumpAt, hasPostgres, queryAt, urlOf } from "./postgres-server.fixture.ts";
import { takeDatabase } from "./reused-database.fixture.ts";
import { sharedPostgres } from "./shared-postgres.fixture.ts";
import { copyTemplateFile, type DatabaseTemplate } from "./template-database.fixture.ts";

export type DatabaseKind = "sqlite" | "postgres";

/** A new database, empty or a copy of the template; closed and removed after the test, or after the suite when `beforeAll` opened it. */
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

async function sqlitePlace(template: DatabaseTemplate | undefined): Promise<Place> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-database-"));
  const path = join(folder, "firebreak.sqlite");
  if (template !== undefined) await copyTemplateFile(template, path);
  return {
    url: `sqlite:${path}`,
    contents: () =>
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), "latin1"))
        .join(""),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function postgresPlace(template: DatabaseTemplate | undefined): Promise<Place> {
  const server = await sharedPostgres();
  if (template !== undefined) {
    const { url, giveBack } = await takeDatabase(template, server);
    return {
      url,
      contents: () => Buffer.from(dumpAt(url, "public")).toString("latin1"),
      remove: giveBack,
    };
  }
  const schema = `test_${randomBytes(8).toString("hex")}`;
  await queryAt(server, `create schema ${schema}`);
  const url = urlOf(server, schema);
  return {
    url,
    contents: () => Buffer.from(dumpAt(urlOf(server), schema)).toString("latin1"),
    remove: async () => void (await queryAt(server, `drop schema ${schema} cascade`)),
  };
}

/**
 * The same tests on SQLite and on PostgreSQL; where there is no PostgreSQL the latter are skipped with a printed
 * reason, and on CI they fail. Every database begins as a copy of `template`, without one empty.
 */
export function describeEachDatabase(
  name: string,
  tests: (open: OpenDatabase, facts: DatabaseFacts) => void,
  template?: DatabaseTemplate,
): void {
  const place = {
    sqlite: () => sqlitePlace(template),
    postgres: () => postgresPlace(template),
  };
  describe(`${name} (SQLite)`, () => suite("sqlite", place.sqlite, tests));
  describe.skipIf(!hasPostgres())(`${name} (PostgreSQL)`, () =>
    suite("postgres", place.postgres, tests),
  );
}

interface Opened {
  readonly db: Database;
  readonly place: Place;
  readonly isOfTest: boolean;
}

function suite(
  kind: DatabaseKind,
  openPlace: () => Promise<Place>,
  tests: Parameters<typeof describeEachDatabase>[1],
): void {
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
      const place = await openPlace();
      const db = openDatabaseUrl(place.url);
      places.set(db, place);
      opened.push({ db, place, isOfTest: isInTest });
      return db;
    },
    { kind, urlOf: (db) => placeOf(db).url, contentsOf: (db) => placeOf(db).contents() },
  );
}
