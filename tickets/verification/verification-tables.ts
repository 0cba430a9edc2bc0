import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface VerificationTables {
  /** The proof of the last finish of a ticket. */
  verifications: {
    ticket_id: string;
    machine_id: string;
    status: string;
    finished_at: string;
    /** Of telemetry: what has to be seen, and what has been seen; empty for other ways. */
    spec: string;
    state: string;
    detail: string;
    finding_id: string | null;
    updated_at: string;
  };
  /** Proved repairs, and sold machines, that the rules have not heard of yet; as good as always empty. */
  proved_repairs: {
    ticket_id: string;
    machine_id: string;
    proved_at: string;
    /** JSON. */
    finding_ids: string;
    cause: string;
  };
  /** Places of machines where a part was replaced: what is counted or learned of the place begins again at `at`. */
  component_resets: {
    reset_id: string;
    machine_id: string;
    position: string;
    part_no: string;
    ticket_id: string;
    at: string;
  };
}

const firstTables: Migration = {
  name: "001-verification",
  async up({ schema }) {
    await schema
      .createTable("verifications")
      .addColumn("ticket_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("finished_at", "text", (column) => column.notNull())
      .addColumn("spec", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("detail", "text", (column) => column.notNull())
      .addColumn("finding_id", "text")
      .addColumn("updated_at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("verifications_running")
      .on("verifications")
      .columns(["status", "finished_at"])
      .execute();
    await schema
      .createIndex("verifications_machine")
      .on("verifications")
      .columns(["machine_id", "status"])
      .execute();
    await schema
      .createTable("component_resets")
      .addColumn("reset_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("position", "text", (column) => column.notNull())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("component_resets_machine")
      .on("component_resets")
      .columns(["machine_id", "position", "at"])
      .execute();
  },
};

const provedRepairs: Migration = {
  name: "002-proved-repairs",
  async up({ schema }) {
    await schema
      .createTable("proved_repairs")
      .addColumn("ticket_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("proved_at", "text", (column) => column.notNull())
      .addColumn("finding_ids", "text", (column) => column.notNull())
      .execute();
  },
};

const endCauses: Migration = {
  name: "003-end-causes",
  async up({ schema }) {
    await schema
      .alterTable("proved_repairs")
      .addColumn("cause", "text", (column) => column.notNull().defaultTo("repaired"))
      .execute();
  },
};

export const migrateVerification = (db: Database): Promise<void> =>
  migrate(db, "verification", [firstTables, provedRepairs, endCauses]);
