import type { Kysely } from "kysely";
import { CodedError } from "./coded-error.ts";
import { openPostgresDatabase } from "./postgres-database.ts";
import { openSqliteDatabase } from "./sqlite-database.ts";

/** One unit of work: all of it is stored, or nothing. */
export interface Transaction {
  /** Queries inside this transaction, typed by the tables of the folder that asks. */
  tables<Tables>(): Kysely<Tables>;
  /** Runs once what was written is on disk, in the order given; never when it was rolled back. Must not throw. */
  afterCommit(action: () => void): void;
}

/** A relational database. Reading needs no transaction and sees only what is committed; writing always needs one. */
export interface Database {
  tables<Tables>(): Kysely<Tables>;
  /**
   * Transactions run one after the other; one inside another is refused (`DATABASE_NESTED`). `work` may run several
   * times until it is stored, so it must have no effect outside `tx`. A failed statement ends the transaction, whether
   * or not `work` catches its error.
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /** The same, while no other process is inside one of these: for steps of the schema. */
  exclusively<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  /**
   * Takes what was deleted or overwritten out of the files too: a file of SQLite is written anew as a whole, of
   * PostgreSQL these tables. Writing waits meanwhile, seconds for each gigabyte. What the server's log or a backup
   * still holds is out of reach. `DATABASE_BUSY` and `DATABASE_IO` are retryable.
   */
  scrub(tables: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A step of the schema's history. Never edited once released: a change is a further step. */
export interface Migration {
  /** Ordered and unique within its owner, such as `001-tickets`. */
  readonly name: string;
  readonly up: (schema: Kysely<unknown>) => Promise<void>;
}

/**
 * Opens the embedded database: one file, one writing process. A transaction is on disk when `transaction` resolves
 * (write-ahead log, fsync at each commit), so a killed process or a power cut loses nothing that was confirmed.
 * Errors are coded; `DATABASE_BUSY`, `DATABASE_FULL` and `DATABASE_IO` are retryable.
 *
 * Callers keep to SQL that PostgreSQL has too: JSON and instants are text, flags are 0 or 1.
 */
export const openDatabase = ({ path }: { readonly path: string }): Database =>
  openSqliteDatabase({ path });

/**
 * Opens the database that a URL names: `sqlite:<path>`, or `postgres://user@host:port/database` with the parameters of
 * libpq (`sslmode`, `sslrootcert`, `host` for a socket's folder). Connects at the first query, not here.
 * @throws CodedError BAD_CONFIGURATION for anything else; it never repeats the URL, which may hold a password
 */
export function openDatabaseUrl(
  url: string,
  { password }: { readonly password?: string | undefined } = {},
): Database {
  if (url.startsWith("sqlite:") && url.length > "sqlite:".length)
    return openSqliteDatabase({ path: url.slice("sqlite:".length) });
  if (/^postgres(ql)?:\/\/[^/]/.test(url) && URL.canParse(url))
    return openPostgresDatabase({ url, password });
  throw new CodedError(
    "BAD_CONFIGURATION",
    "the database is not sqlite:<path> or postgres://user@host:port/database",
  );
}

interface MigrationTables {
  migrations: { owner: string; name: string; applied_at: string };
}

/**
 * Brings the tables of one owner up to date: what is missing is applied in order, all in one transaction, and recorded.
 * Two processes that start at once take turns.
 * `DATABASE_NEWER` if the file holds a step this version does not know, `DATABASE_MIGRATION_ORDER` if one is missing
 * before an applied one.
 */
export async function migrate(
  db: Database,
  owner: string,
  migrations: readonly Migration[],
): Promise<void> {
  await db.exclusively(async (tx) => {
    const tables = tx.tables<MigrationTables>();
    await tables.schema
      .createTable("migrations")
      .ifNotExists()
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("applied_at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("migrations_key", ["owner", "name"])
      .execute();
    const rows = await tables
      .selectFrom("migrations")
      .select("name")
      .where("owner", "=", owner)
      .orderBy("name")
      .execute();
    checkHistory(
      owner,
      rows.map((row) => row.name),
      migrations.map((migration) => migration.name),
    );
    for (const { name, up } of migrations.slice(rows.length)) {
      await up(tx.tables<unknown>());
      const row = { owner, name, applied_at: new Date().toISOString() };
      await tables.insertInto("migrations").values(row).execute();
    }
  });
}

function checkHistory(owner: string, applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new CodedError(
      "DATABASE_NEWER",
      `the database holds ${owner}/${unknown}, which this version does not know: start a newer version`,
    );
  const astray = known.find((name, at) => at < applied.length && applied[at] !== name);
  if (astray !== undefined)
    throw new CodedError("DATABASE_MIGRATION_ORDER", `${owner}/${astray} comes too late`);
}
