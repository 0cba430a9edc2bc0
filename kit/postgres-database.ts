import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, PostgresAdapter, PostgresIntrospector, sql } from "kysely";
import { Pool, type PoolConfig } from "pg";
import { createBackoff } from "./backoff.ts";
import { CodedError } from "./coded-error.ts";
import type { Database } from "./database.ts";
import { PortableCompiler } from "./postgres-compiler.ts";
import { CommitUnknown, PostgresDriver } from "./postgres-driver.ts";
import { isConflict, isUnheardOf } from "./postgres-errors.ts";
import { portableTypes } from "./postgres-types.ts";
import { type PostgresAccess, withPassword } from "./postgres-url.ts";
import { createTransactions } from "./transactions.ts";

const READERS = 4;
const CONNECT_TIMEOUT_MS = 5000;
const LOCK_TIMEOUT_MS = 5000;
const READ_TIMEOUT_MS = 60_000;
/** A frozen hub must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 60_000;
const ATTEMPTS = 12;
const OUTCOME_TIMEOUT_MS = 15_000;
/** Any number that nobody else uses as the first half of an advisory lock in this database. */
const MIGRATION_LOCK = 0x66_62_72_6b;

/**
 * PostgreSQL 13 or later behind the same port as the embedded database. One connection writes, transactions one after
 * the other and SERIALIZABLE; where the server cannot put them in an order with those of another process
 * (40001, 40P01), the work runs again, up to 12 times, and then fails with `DATABASE_BUSY`. Reading uses up to four
 * connections of its own, which cannot write. A lost connection is `DATABASE_IO`, retryable, and the next call connects
 * anew. Where the line breaks during a commit, the server is asked afterwards what became of it.
 */
export function openPostgresDatabase(options: PostgresAccess): Database {
  const target = withPassword(options);
  const writing = new PostgresDriver(
    openPool(target.href, {
      max: 1,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    }),
  );
  const readOnly = `${target.searchParams.get("options") ?? ""} -c default_transaction_read_only=on`;
  target.searchParams.set("options", readOnly.trim());
  const reading = new PostgresDriver(
    openPool(target.href, { max: READERS, statement_timeout: READ_TIMEOUT_MS }),
  );
  const writer = kyselyOver(writing);
  const reader = kyselyOver(reading);
  const transact = createTransact({ writer, writing, reader });
  return {
    tables: <Tables>() => reader as unknown as Kysely<Tables>,
    transaction: createTransactions((work) => transact(work, false)),
    exclusively: createTransactions((work) => transact(work, true)),
    async scrub(tables) {
      for (const table of tables) await sql`vacuum full ${sql.table(table)}`.execute(writer);
    },
    async close() {
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function openPool(connectionString: string, config: PoolConfig): Pool {
  const pool = new Pool({
    connectionString,
    application_name: "firebreak",
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types: portableTypes,
    ...config,
  });
  // Whoever waits for a query is told by that query; without a listener a lost connection would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => void client.on("error", () => undefined));
  return pool;
}

function kyselyOver(driver: PostgresDriver): Kysely<unknown> {
  return new Kysely({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PortableCompiler(),
    },
  });
}

interface Parts {
  readonly writer: Kysely<unknown>;
  readonly writing: PostgresDriver;
  readonly reader: Kysely<unknown>;
}

function createTransact({ writer, writing, reader }: Parts) {
  const inTurn = createTurns();

  const once = <Result>(work: (kysely: Kysely<unknown>) => Promise<Result>, isExclusive: boolean) =>
    writer.connection().execute(async (connection) => {
      if (isExclusive) await lock("pg_advisory_lock").execute(connection);
      try {
        return await connection.transaction().execute(work);
      } finally {
        if (isExclusive)
          await lock("pg_advisory_unlock")
            .execute(connection)
            .catch(() => undefined);
      }
    });

  return <Result>(
    work: (kysely: Kysely<unknown>) => Promise<Result>,
    isExclusive: boolean,
  ): Promise<Result> =>
    inTurn(async () => {
      const backoff = createBackoff(2, 200);
      for (let attempt = 1; ; attempt++) {
        let result: { readonly value: Result } | undefined;
        try {
          return await once(async (kysely) => {
            const value = await work(kysely);
            result = { value };
            return value;
          }, isExclusive);
        } catch (error) {
          if (error instanceof CommitUnknown && result !== undefined)
            return settleUnknown(reader, error, result.value);
          // Whatever the work made of it: the server said that the order was the trouble.
          const conflict = [writing.failure, error].find(isConflict);
          if (conflict === undefined || attempt >= ATTEMPTS) throw conflict ?? error;
        }
        await sleep(backoff.nextMs());
      }
    });
}

const lock = (call: "pg_advisory_lock" | "pg_advisory_unlock") =>
  sql`select ${sql.raw(call)}(${sql.lit(MIGRATION_LOCK)}, hashtext(current_schema()))`;

/** One after the other, in the order of the calls. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(run: () => Promise<Result>): Promise<Result> => {
    const result = last.then(run);
    last = result.catch(() => undefined);
    return result;
  };
}

/**
 * Asks until the server answers what became of a commit: `value` if it is stored, else an error. When the server stays
 * away, the error is the unknown commit itself.
 */
async function settleUnknown<Result>(
  reader: Kysely<unknown>,
  unknown: CommitUnknown,
  value: Result,
): Promise<Result> {
  const backoff = createBackoff(50, 1000);
  const endMs = performance.now() + OUTCOME_TIMEOUT_MS;
  while (performance.now() < endMs) {
    const status = await statusOf(reader, unknown.transactionId).catch((error: unknown) =>
      isUnheardOf(error) ? "aborted" : "unknown",
    );
    if (status === "committed") return value;
    if (status === "aborted")
      throw new CodedError("DATABASE_IO", "the connection was lost and nothing was stored", {
        cause: unknown,
        retryable: true,
      });
    await sleep(backoff.nextMs());
  }
  throw unknown;
}

async function statusOf(reader: Kysely<unknown>, transactionId: string): Promise<string | null> {
  const { rows } = await sql<{
    status: string | null;
  }>`select pg_xact_status(${transactionId}::xid8) as status`.execute(reader);
  return rows[0]?.status ?? null;
}
