import type { Kysely } from "kysely";

/** One unit of work: all of it is stored, or nothing. */
export interface Transaction {
  /** Queries inside this transaction, typed by the tables of the folder that asks. */
  tables<Tables>(): Kysely<Tables>;
  /** Runs once what was written is on disk; never when it was rolled back. */
  afterCommit(action: () => void): void;
}

/** A relational database. Reading needs no transaction and sees only what is committed; writing always needs one. */
export interface Database {
  tables<Tables>(): Kysely<Tables>;
  /** Transactions run one after the other; one inside another is refused (`DATABASE_NESTED`). */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}
