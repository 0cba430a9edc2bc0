import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface ChannelTables {
  /** The outbox: written with what it tells of, turned into deliveries afterwards. */
  notices: { notice_id: string; at: string; body: string; is_pending: number };
}

const outbox: Migration = {
  name: "001-outbox",
  async up({ schema }) {
    await schema
      .createTable("notices")
      .addColumn("notice_id", "text", (column) => column.primaryKey())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addColumn("is_pending", "integer", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("notices_pending")
      .on("notices")
      .columns(["is_pending", "at", "notice_id"])
      .execute();
  },
};

export const migrateChannels = (db: Database): Promise<void> => migrate(db, "channels", [outbox]);
