import { once } from "node:events";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
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
import { createBackoff } from "./backoff.ts";
import { CodedError, errorCode } from "./coded-error.ts";
import type { Database } from "./database.ts";
import { createTransactions } from "./transactions.ts";

/** One file, one writing process, a connection for writing and one for reading what is committed. */
export function openSqliteDatabase({ path }: { readonly path: string }): Database {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, "a", 0o600));
  const files = { writer: openFile(path, false), reader: openFile(path, true) };
  const writer = kyselyOver(files.writer);
  const reader = kyselyOver(files.reader);
  const transaction = createTransactions((work) => writer.transaction().execute(work));
  return {
    tables: <Tables>() => reader as unknown as Kysely<Tables>,
    transaction,
    // `begin immediate` already keeps every other process out.
    exclusively: transaction,
    scrub: () => vacuum(path),
    async close() {
      await reader.destroy();
      await writer.destroy();
      // Kysely ends no driver that it never asked, and an open file keeps the log from going into the database.
      for (const file of [files.reader, files.writer]) if (file.isOpen) file.close();
    },
  };
}

const SCRUB_TIMEOUT_MS = 60_000;

async function vacuum(path: string): Promise<void> {
  const workerData = { path, timeoutMs: SCRUB_TIMEOUT_MS };
  const worker = new Worker(new URL("./vacuum-worker.ts", import.meta.url), { workerData });
  try {
    await once(worker, "exit");
  } catch (error) {
    const coded = toCoded(error);
    throw coded instanceof CodedError
      ? coded
      : new CodedError("DATABASE_BUSY", "what was deleted is still in the files", {
          cause: error,
          retryable: true,
        });
  }
}

const STATEMENTS_KEPT = 256;
const BUSY_TIMEOUT_MS = 5000;

function openFile(path: string, isReader: boolean): DatabaseSync {
  const file = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  file.exec(
    "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on",
  );
  // A writer waits in `beginTransaction`, where the wait does not stop the whole process.
  file.exec(isReader ? "pragma query_only = on" : "pragma busy_timeout = 0");
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
    const backoff = createBackoff(1, 50);
    const endMs = performance.now() + BUSY_TIMEOUT_MS;
    for (;;) {
      try {
        coded(() => this.#file.exec("begin immediate"));
        this.#connection.failure = undefined;
        return;
      } catch (error) {
        if (errorCode(error) !== "DATABASE_BUSY" || performance.now() > endMs) throw error;
      }
      await sleep(backoff.nextMs());
    }
  }

  /** Not after a failed statement, even if the work went on. */
  async commitTransaction(): Promise<void> {
    if (this.#connection.failure !== undefined) throw this.#connection.failure;
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
  /** What the first failed statement of this transaction threw. It ends it, as it would in PostgreSQL. */
  failure: unknown;
  readonly #file: DatabaseSync;
  readonly #statements = new Map<string, { statement: StatementSync; hasRows: boolean }>();

  constructor(file: DatabaseSync) {
    this.#file = file;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    if (this.#file.isTransaction && this.failure !== undefined) throw this.failure;
    try {
      return coded(() => this.#execute<Row>(sql, parameters as SQLInputValue[]));
    } catch (error) {
      this.failure = error;
      throw error;
    }
  }

  /** With a statement of its own: a stream that is given up half-way leaves it unfinished. */
  async *streamQuery<Row>({ sql, parameters }: CompiledQuery) {
    const statement = coded(() => this.#file.prepare(sql));
    for (const row of statement.iterate(...(parameters as SQLInputValue[])))
      yield { rows: [row as Row] };
  }

  #execute<Row>(sql: string, values: SQLInputValue[]): QueryResult<Row> {
    const { statement, hasRows } = this.#prepare(sql);
    if (hasRows) return { rows: statement.all(...values) as Row[] };
    const { changes, lastInsertRowid } = statement.run(...values);
    return {
      rows: [],
      numAffectedRows: BigInt(changes),
      insertId: BigInt(lastInsertRowid),
    };
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
