import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReadinessCheck } from "@firebreak/dashboards/server/ports.ts";
import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import {
  type Database,
  type Migration,
  migrate,
  openDatabase,
  openDatabaseUrl,
} from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";

/** Where users, tickets, parts and the judge's memory are kept. */
export interface DatabaseAccess {
  /** `sqlite:<path>` or `postgres://…`, without a password. */
  readonly url: string;
  readonly password?: string;
}

interface Tables {
  hub_identity: { store_id: string };
}

const identity: Migration = {
  name: "001-hub-identity",
  up: ({ schema }) =>
    schema
      .createTable("hub_identity")
      .addColumn("store_id", "text", (column) => column.primaryKey())
      .execute(),
};

const SERVER_WAIT_MS = 60_000;
const ANSWER_WAIT_MS = 1_000;

/**
 * Opens the hub's database, by default a file in its data folder, and waits up to a minute for a server that is only
 * just starting. The database then belongs to this data folder: the offset of its journal is kept in there.
 * @throws CodedError DATABASE_OF_ANOTHER_HUB, BAD_CONFIGURATION and those of the database
 */
export async function openHubDatabase(options: {
  readonly data: string;
  readonly storeId: string;
  readonly database?: DatabaseAccess | undefined;
  readonly log: Logger;
}): Promise<Database> {
  const { data, storeId, database, log } = options;
  const db = database
    ? openDatabaseUrl(database.url, database)
    : openDatabase({ path: join(data, "firebreak.sqlite") });
  try {
    await whenItAnswers(() => migrate(db, "hub", [identity]), log);
    await claim(db, storeId);
  } catch (error) {
    await db.close();
    throw error;
  }
  return db;
}

async function whenItAnswers(ask: () => Promise<void>, log: Logger): Promise<void> {
  const endMs = performance.now() + SERVER_WAIT_MS;
  for (let isFirst = true; ; isFirst = false) {
    try {
      await ask();
      return;
    } catch (error) {
      const mayHelp = error instanceof CodedError && error.retryable;
      if (!mayHelp || performance.now() > endMs) throw error;
      if (isFirst) log.warn({ code: errorCode(error) }, "the database does not answer, waiting");
    }
    await sleep(500);
  }
}

const claim = (db: Database, storeId: string): Promise<void> =>
  db.transaction(async (tx) => {
    const tables = tx.tables<Tables>();
    const owner = await tables.selectFrom("hub_identity").select("store_id").executeTakeFirst();
    if (owner === undefined)
      await tables.insertInto("hub_identity").values({ store_id: storeId }).execute();
    else if (owner.store_id !== storeId)
      throw new CodedError(
        "DATABASE_OF_ANOTHER_HUB",
        `the database belongs to the data folder with the store id ${owner.store_id}: it and its journal go together`,
      );
  });

/** Red while the database does not answer within a second. */
export const databaseReadiness = (db: Database): ReadinessCheck => ({
  name: "database",
  async problem() {
    const answer = db.tables<Tables>().selectFrom("hub_identity").select("store_id").execute();
    const late = sleep(ANSWER_WAIT_MS, "the database does not answer", { ref: false });
    return Promise.race([
      answer.then(
        () => undefined,
        (error) => `the database does not answer: ${errorCode(error)}`,
      ),
      late,
    ]);
  },
});
