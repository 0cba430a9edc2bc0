import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import type { Generated } from "kysely";
import { outboundTables } from "./outbound/outbound-tables.ts";

export interface ChannelTables {
  /** The outbox: written with what it tells of, turned into deliveries afterwards. */
  notices: {
    notice_id: string;
    at: string;
    body: string;
    is_pending: number;
    /** How many messages came of it; 0 while pending, and when nobody was to be told. */
    deliveries: Generated<number>;
  };
  deliveries: DeliveryRow;
}

/**
 * `queued` waits, `sending` is being tried (until `due_at`, then it is tried again), `grouped` waits inside a digest,
 * `digested` was told in one, `dead` waits for a person.
 */
export type DeliveryState = "queued" | "sending" | "grouped" | "sent" | "digested" | "dead";

/** One message to one target, and there to one person when the target speaks to persons. No address, no name. */
export interface DeliveryRow {
  /** Stays the same on every attempt, so that the receiver can tell a repetition. */
  delivery_id: string;
  /** Null for a digest. */
  notice_id: string | null;
  target_id: string;
  /** Empty for a system; the target's own name for a group; else a person. */
  recipient_id: string;
  state: DeliveryState;
  /** The digest that tells this one. */
  digest_id: string | null;
  quiet_key: string;
  /** How often the same was to be said again meanwhile. */
  repeats: number;
  /** 0 is the most urgent. */
  urgency: number;
  created_at: string;
  due_at: string;
  give_up_at: string;
  attempts: number;
  sent_at: string | null;
  error: string | null;
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

const deliveries: Migration = {
  name: "002-deliveries",
  async up({ schema }) {
    await schema
      .alterTable("notices")
      .addColumn("deliveries", "integer", (column) => column.notNull().defaultTo(0))
      .execute();
    await schema
      .createTable("deliveries")
      .addColumn("delivery_id", "text", (column) => column.primaryKey())
      .addColumn("notice_id", "text")
      .addColumn("target_id", "text", (column) => column.notNull())
      .addColumn("recipient_id", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("digest_id", "text")
      .addColumn("quiet_key", "text", (column) => column.notNull())
      .addColumn("repeats", "integer", (column) => column.notNull())
      .addColumn("urgency", "integer", (column) => column.notNull())
      .addColumn("created_at", "text", (column) => column.notNull())
      .addColumn("due_at", "text", (column) => column.notNull())
      .addColumn("give_up_at", "text", (column) => column.notNull())
      .addColumn("attempts", "integer", (column) => column.notNull())
      .addColumn("sent_at", "text")
      .addColumn("error", "text")
      .execute();
    const indexes = {
      deliveries_due: ["target_id", "state", "due_at"],
      deliveries_recipient: ["target_id", "recipient_id", "state"],
      deliveries_flood: ["recipient_id", "sent_at"],
      deliveries_quiet: ["quiet_key", "created_at"],
      deliveries_digest: ["digest_id"],
      deliveries_state: ["state", "created_at", "delivery_id"],
    };
    for (const [name, columns] of Object.entries(indexes))
      await schema.createIndex(name).on("deliveries").columns(columns).execute();
  },
};

export const migrateChannels = (db: Database): Promise<void> =>
  migrate(db, "channels", [outbox, deliveries, outboundTables]);
