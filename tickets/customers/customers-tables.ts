import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import type { Kysely } from "kysely";
import { codeHash } from "./codes.ts";

export interface CustomerTables {
  customer_reports: {
    report_id: string;
    at: string;
    state: string;
    machine_id: string | null;
    /** As it was typed, made comparable; empty when none was given. */
    serial_key: string;
    ticket_id: string | null;
    /** Whoever reported, in `people`; null when erased or not said. */
    contact_id: string | null;
    /** How often the same was told again. */
    repeats: number;
    body: string;
  };
  /** What opens a customer's page. Only hashes: the code itself is with the customer. */
  progress_codes: { code_hash: string; ticket_id: string | null; report_id: string | null };
  rating_links: {
    code_hash: string;
    /** FB-1: one link per subject and source. */
    subject: string;
    source: string;
    ticket_id: string | null;
    customer_id: string | null;
    created_at: string;
    expires_at: string;
    used_at: string | null;
  };
  feedback: {
    feedback_id: string;
    subject: string;
    source: string;
    ticket_id: string | null;
    customer_id: string | null;
    machine_id: string | null;
    region_id: string | null;
    station_id: string | null;
    engineer_id: string | null;
    product_type: string | null;
    nps: number | null;
    csat: number | null;
    at: string;
    body: string;
  };
  follow_ups: {
    follow_up_id: string;
    ticket_id: string;
    /** How often the ticket had been reopened: each end of work has a follow-up of its own. */
    round: number;
    mode: string;
    state: string;
    region_id: string;
    station_id: string;
    created_at: string;
    due_at: string;
    done_at: string | null;
    body: string;
  };
  complaints: {
    complaint_id: string;
    state: string;
    ticket_id: string | null;
    customer_id: string | null;
    opened_at: string;
    due_at: string | null;
    told_overdue: number;
    version: number;
    body: string;
  };
  survey_campaigns: { quarter: string; started_at: string; invited: number };
  survey_invitations: { quarter: string; customer_id: string; at: string };
}

const firstTables: Migration = {
  name: "001-customers",
  async up(db) {
    await reportTables(db);
    await feedbackTables(db);
    await complaintTables(db);
    const indexes = [
      ["customer_reports_machine", "customer_reports", ["machine_id", "at"]],
      ["customer_reports_serial", "customer_reports", ["serial_key", "at"]],
      ["customer_reports_ticket", "customer_reports", ["ticket_id"]],
      ["customer_reports_state", "customer_reports", ["state", "at", "report_id"]],
      ["progress_codes_ticket", "progress_codes", ["ticket_id"]],
      ["feedback_at", "feedback", ["at", "feedback_id"]],
      ["feedback_ticket", "feedback", ["ticket_id"]],
      ["follow_ups_state", "follow_ups", ["state", "due_at", "follow_up_id"]],
      ["complaints_state", "complaints", ["state", "due_at"]],
      ["complaints_opened", "complaints", ["opened_at", "complaint_id"]],
    ] as const;
    for (const [name, table, columns] of indexes)
      await db.schema
        .createIndex(name)
        .on(table)
        .columns([...columns])
        .execute();
    await rememberCodes(db);
  },
};

async function reportTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("customer_reports")
    .addColumn("report_id", "text", (column) => column.primaryKey())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("machine_id", "text")
    .addColumn("serial_key", "text", (column) => column.notNull())
    .addColumn("ticket_id", "text")
    .addColumn("contact_id", "text")
    .addColumn("repeats", "integer", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("progress_codes")
    .addColumn("code_hash", "text", (column) => column.primaryKey())
    .addColumn("ticket_id", "text")
    .addColumn("report_id", "text")
    .execute();
}

async function feedbackTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("rating_links")
    .addColumn("code_hash", "text", (column) => column.primaryKey())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("ticket_id", "text")
    .addColumn("customer_id", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("expires_at", "text", (column) => column.notNull())
    .addColumn("used_at", "text")
    .addUniqueConstraint("rating_links_one", ["subject", "source"])
    .execute();
  await schema
    .createTable("feedback")
    .addColumn("feedback_id", "text", (column) => column.primaryKey())
    .addColumn("subject", "text", (column) => column.notNull())
    .addColumn("source", "text", (column) => column.notNull())
    .addColumn("ticket_id", "text")
    .addColumn("customer_id", "text")
    .addColumn("machine_id", "text")
    .addColumn("region_id", "text")
    .addColumn("station_id", "text")
    .addColumn("engineer_id", "text")
    .addColumn("product_type", "text")
    .addColumn("nps", "integer")
    .addColumn("csat", "integer")
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addUniqueConstraint("feedback_fb1", ["subject", "source"])
    .execute();
}

async function complaintTables({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable("follow_ups")
    .addColumn("follow_up_id", "text", (column) => column.primaryKey())
    .addColumn("ticket_id", "text", (column) => column.notNull())
    .addColumn("round", "integer", (column) => column.notNull())
    .addColumn("mode", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("region_id", "text", (column) => column.notNull())
    .addColumn("station_id", "text", (column) => column.notNull())
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("due_at", "text", (column) => column.notNull())
    .addColumn("done_at", "text")
    .addColumn("body", "text", (column) => column.notNull())
    .addUniqueConstraint("follow_ups_one", ["ticket_id", "round"])
    .execute();
  await schema
    .createTable("complaints")
    .addColumn("complaint_id", "text", (column) => column.primaryKey())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("ticket_id", "text")
    .addColumn("customer_id", "text")
    .addColumn("opened_at", "text", (column) => column.notNull())
    .addColumn("due_at", "text")
    .addColumn("told_overdue", "integer", (column) => column.notNull())
    .addColumn("version", "integer", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("survey_campaigns")
    .addColumn("quarter", "text", (column) => column.primaryKey())
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("invited", "integer", (column) => column.notNull())
    .execute();
  await schema
    .createTable("survey_invitations")
    .addColumn("quarter", "text", (column) => column.notNull())
    .addColumn("customer_id", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("survey_invitations_key", ["quarter", "customer_id"])
    .execute();
}

interface Before {
  tickets: { ticket_id: string; body: string };
  progress_codes: CustomerTables["progress_codes"];
}

/** Tickets from before this table keep their customers' pages. */
async function rememberCodes(db: Kysely<unknown>): Promise<void> {
  const tables = db as Kysely<Before>;
  for (let after = ""; ; ) {
    const rows = await tables
      .selectFrom("tickets")
      .select(["ticket_id", "body"])
      .where("ticket_id", ">", after)
      .orderBy("ticket_id")
      .limit(1_000)
      .execute();
    for (const { ticket_id, body } of rows) {
      const { progressCode } = JSON.parse(body) as { progressCode: string };
      await tables
        .insertInto("progress_codes")
        .values({ code_hash: codeHash(progressCode), ticket_id, report_id: null })
        .execute();
      after = ticket_id;
    }
    if (rows.length < 1_000) return;
  }
}

/** The tables of tickets come first. */
export const migrateCustomers = (db: Database): Promise<void> =>
  migrate(db, "customers", [firstTables]);
