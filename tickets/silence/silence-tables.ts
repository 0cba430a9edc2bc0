import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import { sql } from "kysely";

export interface SilenceTables {
  /** Silences that somebody was asked to look at. What keeps a second ticket away while one lasts. */
  silence_episodes: {
    episode_id: string;
    machine_id: string;
    /** When something of the machine came last, ISO. */
    since: string;
    ticket_id: string;
    opened_at: string;
    /** Since when it is heard again; null while it is not. */
    back_at: string | null;
    ended_at: string | null;
  };
}

const episodes: Migration = {
  name: "001-silence",
  async up({ schema }) {
    await schema
      .createTable("silence_episodes")
      .addColumn("episode_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("since", "text", (column) => column.notNull())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("opened_at", "text", (column) => column.notNull())
      .addColumn("back_at", "text")
      .addColumn("ended_at", "text")
      .execute();
    // Of a machine, one silence at most is not over.
    await schema
      .createIndex("silence_episodes_open")
      .unique()
      .on("silence_episodes")
      .column("machine_id")
      .where(sql.ref("ended_at"), "is", null)
      .execute();
    await schema
      .createIndex("silence_episodes_opened")
      .on("silence_episodes")
      .column("opened_at")
      .execute();
  },
};

/** Makes the table of silences, or brings it up to date. */
export const migrateSilence = (db: Database): Promise<void> => migrate(db, "silence", [episodes]);
