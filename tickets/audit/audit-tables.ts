import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

/** Rows are only ever added. */
export interface AuditRow {
  entry_id: string;
  at: string;
  actor: string;
  action: string;
  subject_kind: string;
  subject_id: string;
  facts: string;
}

export interface AuditTables {
  audit_log: AuditRow;
}

const auditLog: Migration = {
  name: "001-audit-log",
  async up({ schema }) {
    let table = schema
      .createTable("audit_log")
      .addColumn("entry_id", "text", (column) => column.primaryKey());
    for (const name of ["at", "actor", "action", "subject_kind", "subject_id", "facts"] as const)
      table = table.addColumn(name, "text", (column) => column.notNull());
    await table.execute();
    const indexes = {
      audit_log_newest: ["at", "entry_id"],
      audit_log_actor: ["actor", "at", "entry_id"],
      audit_log_action: ["action", "at", "entry_id"],
      audit_log_subject: ["subject_kind", "subject_id", "at", "entry_id"],
    };
    for (const [name, columns] of Object.entries(indexes))
      await schema.createIndex(name).on("audit_log").columns(columns).execute();
  },
};

export const migrateAudit = (db: Database): Promise<void> => migrate(db, "audit", [auditLog]);
