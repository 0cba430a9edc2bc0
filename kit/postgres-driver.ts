import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from "kysely";
import type { Pool, PoolClient } from "pg";
import { CodedError } from "./coded-error.ts";
import { isLost, toCodedPostgres } from "./postgres-errors.ts";

/** The line broke during a commit: what was written is stored, or nothing is. Retryable by whoever can tell. */
export class CommitUnknown extends CodedError {
  /** For `pg_xact_status`. */
  readonly transactionId: string;

  constructor(transactionId: string, { cause }: { readonly cause: unknown }) {
    const message = "the connection was lost during a commit, which may or may not be stored";
    super("DATABASE_IO", message, { cause, retryable: true });
    this.transactionId = transactionId;
  }
}

/** Connections of one pool. Every error that leaves is coded. */
export class PostgresDriver implements Driver {
  /** What the first failed statement of the newest transaction threw; meant for a pool of one. */
  failure: unknown;
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PostgresConnection> {
    this.failure = undefined;
    try {
      return new PostgresConnection(await this.#pool.connect());
    } catch (error) {
      throw toCodedPostgres(error);
    }
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.run("begin isolation level serializable");
    connection.isInTransaction = true;
  }

  /** The server answers a commit after a failed statement with a roll-back and no error, hence the look before. */
  async commitTransaction(connection: PostgresConnection): Promise<void> {
    if (connection.failure !== undefined) throw connection.failure;
    const { rows } = await connection.run<{ id: string | null }>(
      "select pg_current_xact_id_if_assigned()::text as id",
    );
    const transactionId = rows[0]?.id ?? null;
    try {
      await connection.run("commit");
      connection.isInTransaction = false;
    } catch (error) {
      // Nothing was written if there is no id, so nothing can be in doubt.
      if (transactionId === null || !isLost(error)) throw error;
      throw new CommitUnknown(transactionId, { cause: error });
    }
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    this.failure = connection.failure;
    connection.isInTransaction = false;
    try {
      await connection.run("rollback");
    } catch {
      // The server rolls back what it holds of a connection that ends.
      connection.isBroken = true;
    }
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.release();
  }

  async destroy(): Promise<void> {
    await this.#pool.end();
  }
}

const ROWS_AT_ONCE = 500;
const counted: readonly (string | null)[] = ["INSERT", "UPDATE", "DELETE", "MERGE"];

class PostgresConnection implements DatabaseConnection {
  failure: unknown;
  isInTransaction = false;
  isBroken = false;
  readonly #client: PoolClient;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    return this.run(sql, parameters);
  }

  /** After a failed statement a transaction answers everything with that failure. */
  async run<Row>(sql: string, parameters: readonly unknown[] = []): Promise<QueryResult<Row>> {
    if (this.isInTransaction && this.failure !== undefined) throw this.failure;
    try {
      const { command, rowCount, rows } = await this.#client.query(sql, [...parameters]);
      const count = counted.includes(command) ? { numAffectedRows: BigInt(rowCount ?? 0) } : {};
      return { ...count, rows: (rows ?? []) as Row[] };
    } catch (cause) {
      const error = toCodedPostgres(cause);
      this.failure ??= error;
      if (isLost(error)) this.isBroken = true;
      throw error;
    }
  }

  /** Through a cursor, so that a long list never lies in memory; given up half-way it is closed with its transaction. */
  async *streamQuery<Row>({
    sql,
    parameters,
  }: CompiledQuery): AsyncIterableIterator<QueryResult<Row>> {
    const isOwn = !this.isInTransaction;
    if (isOwn) await this.run("begin");
    await this.run(`declare firebreak_rows no scroll cursor for ${sql}`, parameters);
    try {
      for (;;) {
        const { rows } = await this.run<Row>(`fetch forward ${ROWS_AT_ONCE} from firebreak_rows`);
        if (rows.length === 0) return;
        yield { rows };
      }
    } finally {
      await this.run(isOwn ? "rollback" : "close firebreak_rows");
    }
  }

  release(): void {
    this.#client.release(this.isBroken);
  }
}
