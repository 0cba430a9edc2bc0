import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { CodedError } from "./coded-error.ts";

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
  /** Transactions run one after the other; one inside another is refused (`DATABASE_NESTED`). */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
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
export function openDatabase({ path }: { readonly path: string }): Database {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
  const writer = kyselyOver(openFile(path, false));
  const reader = kyselyOver(openFile(path, true));
  const insideTransaction = new AsyncLocalStorage<true>();

  return {
    tables: <Tables>() => reader as unknown as Kysely<Tables>,
    async transaction(work) {
      if (insideTransaction.getStore())
        throw new CodedError("DATABASE_NESTED", "a transaction cannot begin inside another");
      const actions: (() => void)[] = [];
      const result = await insideTransaction.run(true, () =>
        writer.transaction().execute((kysely) =>
          work({
            tables: <Tables>() => kysely as unknown as Kysely<Tables>,
            afterCommit: (action) => void actions.push(action),
          }),
        ),
      );
      // Not in this call: it is committed, and no listener may make it look as if it were not.
      for (const action of actions) queueMicrotask(action);
      return result;
    },
    async close() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

interface MigrationTables {
  migrations: { owner: string; name: string; applied_at: string };
}

/**
 * Brings the tables of one owner up to date: what is missing is applied in order, all in one transaction, and recorded.
 * `DATABASE_NEWER` if the file holds a step this version does not know, `DATABASE_MIGRATION_ORDER` if one is missing
 * before an applied one.
 */
export async function migrate(
  db: Database,
  owner: string,
  migrations: readonly Migration[],
): Promise<void> {
  await db.transaction(async (tx) => {
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

const STATEMENTS_KEPT = 256;
const BUSY_TIMEOUT_MS = 5000;

function openFile(path: string, isReader: boolean): DatabaseSync {
  const file = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  file.exec("pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on");
  if (isReader) file.exec("pragma query_only = on");
  return file;
}

function kyselyOver(file: DatabaseSync): Kysely<unknown> {
  return new Kysely({
    dialect: {
      // This adapter has one connection and lets transactions and queries take turns on it.
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new NodeSqliteDriver(file),
      createIntrospector: (kysely) => new SqliteIntrospector(kysely),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

class NodeSqliteDriver implements Driver {
  readonly #connection: NodeSqliteConnection;
  readonly #file: DatabaseSync;

  constructor(file: DatabaseSync) {
    this.#file = file;
    this.#connection = new NodeSqliteConnection(file);
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  /** `immediate`: taken for writing at once, so that no transaction fails half-way because another one writes. */
  async beginTransaction(): Promise<void> {
    coded(() => this.#file.exec("begin immediate"));
  }

  async commitTransaction(): Promise<void> {
    coded(() => this.#file.exec("commit"));
  }

  /** A full disk has already rolled back by itself. */
  async rollbackTransaction(): Promise<void> {
    if (this.#file.isTransaction) coded(() => this.#file.exec("rollback"));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#file.close();
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #file: DatabaseSync;
  readonly #statements = new Map<string, { statement: StatementSync; hasRows: boolean }>();

  constructor(file: DatabaseSync) {
    this.#file = file;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return coded(() => {
      const { statement, hasRows } = this.#prepare(sql);
      const values = parameters as SQLInputValue[];
      if (hasRows) return { rows: statement.all(...values) as Row[] };
      const { changes, lastInsertRowid } = statement.run(...values);
      return {
        rows: [],
        numAffectedRows: BigInt(changes),
        insertId: BigInt(lastInsertRowid),
      };
    });
  }

  /** With a statement of its own: a stream that is given up half-way leaves it unfinished. */
  async *streamQuery<Row>({ sql, parameters }: CompiledQuery) {
    const statement = coded(() => this.#file.prepare(sql));
    for (const row of statement.iterate(...(parameters as SQLInputValue[])))
      yield { rows: [row as Row] };
  }

  #prepare(sql: string) {
    const kept = this.#statements.get(sql);
    if (kept) {
      this.#statements.delete(sql);
      this.#statements.set(sql, kept);
      return kept;
    }
    const statement = this.#file.prepare(sql);
    const prepared = { statement, hasRows: statement.columns().length > 0 };
    this.#statements.set(sql, prepared);
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size <= STATEMENTS_KEPT) break;
      this.#statements.delete(oldest);
    }
    return prepared;
  }
}

/** By SQLite's primary result code. @see https://www.sqlite.org/rescode.html */
const sqliteErrors: Readonly<Record<number, { code: string; retryable: boolean }>> = {
  5: { code: "DATABASE_BUSY", retryable: true },
  6: { code: "DATABASE_BUSY", retryable: true },
  8: { code: "DATABASE_READ_ONLY", retryable: false },
  10: { code: "DATABASE_IO", retryable: true },
  11: { code: "DATABASE_CORRUPT", retryable: false },
  13: { code: "DATABASE_FULL", retryable: true },
  19: { code: "DATABASE_CONSTRAINT", retryable: false },
  26: { code: "DATABASE_CORRUPT", retryable: false },
};

function coded<Result>(call: () => Result): Result {
  try {
    return call();
  } catch (error) {
    throw toCoded(error);
  }
}

function toCoded(cause: unknown): unknown {
  if (!(cause instanceof Error) || !("errcode" in cause)) return cause;
  const known = sqliteErrors[Number(cause.errcode) & 0xff];
  const { code, retryable } = known ?? { code: "DATABASE_QUERY", retryable: false };
  return new CodedError(code, cause.message, { cause, retryable });
}
