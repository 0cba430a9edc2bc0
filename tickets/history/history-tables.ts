import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface HistoryTables {
  /** The pass over completed hours in which a machine was judged last: what a pass that was cut off goes on from. */
  history_passes: { machine_id: string; pass: number };
}

const history: Migration = {
  name: "001-history",
  async up({ schema }) {
    await schema
      .createTable("history_passes")
      .addColumn("machine_id", "text", (column) => column.primaryKey())
      .addColumn("pass", "bigint", (column) => column.notNull())
      .execute();
  },
};

/** Makes the tables of judging completed hours, or brings them up to date. */
export const migrateHistory = (db: Database): Promise<void> => migrate(db, "history", [history]);
