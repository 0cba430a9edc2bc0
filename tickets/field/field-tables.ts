import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface FieldTables {
  /** What a file shows and whom it belongs to; the bytes lie in the media folder under their SHA-256. */
  media: {
    media_id: string;
    sha256: string;
    kind: string;
    purpose: string;
    mime: string;
    bytes: number;
    ticket_id: string;
    uploader: string;
    keeps_place: number;
    at: string;
  };
  /** One row per revision of a report; only the newest of a report can still change. */
  service_reports: {
    report_id: string;
    revision: number;
    ticket_id: string;
    visit_no: number;
    engineer_id: string;
    state: string;
    at: string;
    body: string;
    /** What it was, once the report is handed in. */
    fault_code: string | null;
  };
  site_surveys: {
    survey_id: string;
    ticket_id: string;
    machine_id: string;
    engineer_id: string;
    at: string;
    body: string;
  };
  /** The newest answer to each step of a ticket's checklist. */
  checklist_answers: {
    ticket_id: string;
    step_id: string;
    engineer_id: string;
    at: string;
    body: string;
  };
  /** What happened in the field and is neither a ticket's state nor part of its report: consults, claimed times. */
  field_notes: {
    note_id: string;
    ticket_id: string;
    kind: string;
    engineer_id: string;
    at: string;
    body: string;
  };
}

const firstTables: Migration = {
  name: "001-field",
  async up({ schema }) {
    await schema
      .createTable("media")
      .addColumn("media_id", "text", (column) => column.primaryKey())
      .addColumn("sha256", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("purpose", "text", (column) => column.notNull())
      .addColumn("mime", "text", (column) => column.notNull())
      .addColumn("bytes", "bigint", (column) => column.notNull())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("uploader", "text", (column) => column.notNull())
      .addColumn("keeps_place", "integer", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("service_reports")
      .addColumn("report_id", "text", (column) => column.notNull())
      .addColumn("revision", "integer", (column) => column.notNull())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("visit_no", "integer", (column) => column.notNull())
      .addColumn("engineer_id", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("service_reports_key", ["report_id", "revision"])
      .execute();
    await schema
      .createTable("site_surveys")
      .addColumn("survey_id", "text", (column) => column.primaryKey())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("engineer_id", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("checklist_answers")
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("step_id", "text", (column) => column.notNull())
      .addColumn("engineer_id", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("checklist_answers_key", ["ticket_id", "step_id"])
      .execute();
    await schema
      .createTable("field_notes")
      .addColumn("note_id", "text", (column) => column.primaryKey())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("engineer_id", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    const indexes = [
      ["media_ticket", "media", ["ticket_id", "at"]],
      ["media_sha256", "media", ["sha256"]],
      ["service_reports_ticket", "service_reports", ["ticket_id", "visit_no"]],
      ["site_surveys_machine", "site_surveys", ["machine_id", "at"]],
      ["site_surveys_ticket", "site_surveys", ["ticket_id"]],
      ["field_notes_ticket", "field_notes", ["ticket_id", "at"]],
    ] as const;
    for (const [name, table, columns] of indexes)
      await schema
        .createIndex(name)
        .on(table)
        .columns([...columns])
        .execute();
  },
};

/** Similar cases are looked for by what was found, not by what was reported. */
const foundFault: Migration = {
  name: "002-found-fault",
  async up({ schema }) {
    await schema.alterTable("service_reports").addColumn("fault_code", "text").execute();
    await schema
      .createIndex("service_reports_fault")
      .on("service_reports")
      .columns(["fault_code", "at"])
      .execute();
  },
};

export const migrateField = (db: Database): Promise<void> =>
  migrate(db, "field", [firstTables, foundFault]);
