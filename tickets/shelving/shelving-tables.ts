import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface ShelvingTables {
  /** What people have shelved. A row ends with its shelf. */
  shelves: {
    shelf_id: string;
    machine_id: string;
    rule_id: string;
    failure_mode: string;
    /** Empty where nothing distinguishes two problems of one failure mode. */
    subject: string;
    by_actor: string;
    reason: string;
    at: string;
    until: string;
  };
  /** What a shelf keeps from tickets, with the newest word on each finding that is still to be said. */
  held_findings: { shelf_id: string; finding_id: string; body: string };
}

const shelves: Migration = {
  name: "001-shelves",
  async up({ schema }) {
    await schema
      .createTable("shelves")
      .addColumn("shelf_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("rule_id", "text", (column) => column.notNull())
      .addColumn("failure_mode", "text", (column) => column.notNull())
      .addColumn("subject", "text", (column) => column.notNull())
      .addColumn("by_actor", "text", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("until", "text", (column) => column.notNull())
      .addUniqueConstraint("shelves_key", ["machine_id", "rule_id", "failure_mode", "subject"])
      .execute();
    await schema.createIndex("shelves_until").on("shelves").column("until").execute();
    await schema
      .createTable("held_findings")
      .addColumn("shelf_id", "text", (column) => column.notNull())
      .addColumn("finding_id", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("held_findings_key", ["shelf_id", "finding_id"])
      .execute();
  },
};

/** Makes the tables of shelves, or brings them up to date. */
export const migrateShelving = (db: Database): Promise<void> => migrate(db, "shelving", [shelves]);
