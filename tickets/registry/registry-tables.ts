import type { Migration } from "@firebreak/kit/database.ts";

export interface RegistryTables {
  machines: {
    machine_id: string;
    plan: string;
    gateway_id: string;
    dictionary_hash: string;
    first_seen_at: string;
  };
  /** What signal indexes of batches mean; needed for every batch in the journal that names one. */
  dictionaries: { hash: string; body: string };
  /** `up_to`: what the state has seen of the journal; null in those of older releases. */
  rule_states: { machine_id: string; text: string; up_to: number | null };
  findings: {
    finding_id: string;
    machine_id: string;
    /** Machine time of the last phase; text that sorts as time does. */
    at: string;
    body: string;
  };
  consumer_offsets: { name: string; offset: number };
}

export const registryMigration: Migration = {
  name: "003-registry",
  async up({ schema }) {
    await schema
      .createTable("machines")
      .addColumn("machine_id", "text", (column) => column.primaryKey())
      .addColumn("plan", "text", (column) => column.notNull())
      .addColumn("gateway_id", "text", (column) => column.notNull())
      .addColumn("dictionary_hash", "text", (column) => column.notNull())
      .addColumn("first_seen_at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("dictionaries")
      .addColumn("hash", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("rule_states")
      .addColumn("machine_id", "text", (column) => column.primaryKey())
      .addColumn("text", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("findings")
      .addColumn("finding_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("findings_newest")
      .on("findings")
      .columns(["machine_id", "at", "finding_id"])
      .execute();
    await schema
      .createTable("consumer_offsets")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("offset", "bigint", (column) => column.notNull())
      .execute();
  },
};

/** Each state says by itself what it has seen: they are no longer all written with every step. */
export const stateOffsets: Migration = {
  name: "006-state-offsets",
  async up({ schema }) {
    await schema.alterTable("rule_states").addColumn("up_to", "bigint").execute();
  },
};
