import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import type { Kysely } from "kysely";

export interface LessonsTables {
  /** What the last report of a ticket says of each rule that spoke, or should have. */
  rule_verdicts: {
    ticket_id: string;
    plan_id: string;
    rule_id: string;
    verdict: string;
    report_id: string;
    confirmed_fault: string | null;
    lead_days: number | null;
    at: string;
  };
  /** The cause that the last report of a ticket found; none while verification has refuted it. */
  field_causes: {
    ticket_id: string;
    plan_id: string;
    failure_mode: string;
    cause_id: string;
    at: string;
  };
  /** A rule without a row is active. Verdicts before `since` no longer count against it. */
  rule_modes: {
    plan_id: string;
    rule_id: string;
    mode: string;
    since: string;
    by_actor: string;
    reason: string;
    /** Version of the plan that was judged: a newer one begins afresh. Null: a person's word, which holds for all. */
    plan_version: number | null;
  };
  rule_proposals: ReviewRow & { rule_id: string };
  unknown_codes: {
    code_id: string;
    plan_id: string;
    sa: number;
    spn: number;
    fmi: number;
    count: number;
    first_seen: string;
    last_seen: string;
    state: string;
    assigned_to: string | null;
    mapped_to: string | null;
  };
  unknown_code_machines: { code_id: string; machine_id: string };
  catalogue_proposals: ReviewRow & { fault_code: string };
  design_feedback: ReviewRow & { model: string; fault_code: string };
}

/** Something a person decides upon. `open_key` is what it is about while it is open, else null: one at a time. */
interface ReviewRow {
  item_id: string;
  plan_id: string;
  state: string;
  open_key: string | null;
  at: string;
  body: string;
}

const results: Migration = {
  name: "001-results",
  async up({ schema }) {
    await schema
      .createTable("rule_verdicts")
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("plan_id", "text", (column) => column.notNull())
      .addColumn("rule_id", "text", (column) => column.notNull())
      .addColumn("verdict", "text", (column) => column.notNull())
      .addColumn("report_id", "text", (column) => column.notNull())
      .addColumn("confirmed_fault", "text")
      .addColumn("lead_days", "real")
      .addColumn("at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("rule_verdicts_key", ["ticket_id", "plan_id", "rule_id"])
      .execute();
    await schema
      .createTable("field_causes")
      .addColumn("ticket_id", "text", (column) => column.primaryKey())
      .addColumn("plan_id", "text", (column) => column.notNull())
      .addColumn("failure_mode", "text", (column) => column.notNull())
      .addColumn("cause_id", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("rule_modes")
      .addColumn("plan_id", "text", (column) => column.notNull())
      .addColumn("rule_id", "text", (column) => column.notNull())
      .addColumn("mode", "text", (column) => column.notNull())
      .addColumn("since", "text", (column) => column.notNull())
      .addColumn("by_actor", "text", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("rule_modes_key", ["plan_id", "rule_id"])
      .execute();
    await index(schema, "rule_verdicts", ["plan_id", "rule_id", "at"]);
    await index(schema, "field_causes", ["plan_id", "failure_mode"]);
  },
};

const codes: Migration = {
  name: "002-unknown-codes",
  async up({ schema }) {
    await schema
      .createTable("unknown_codes")
      .addColumn("code_id", "text", (column) => column.primaryKey())
      .addColumn("plan_id", "text", (column) => column.notNull())
      .addColumn("sa", "integer", (column) => column.notNull())
      .addColumn("spn", "integer", (column) => column.notNull())
      .addColumn("fmi", "integer", (column) => column.notNull())
      .addColumn("count", "integer", (column) => column.notNull())
      .addColumn("first_seen", "text", (column) => column.notNull())
      .addColumn("last_seen", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("assigned_to", "text")
      .addColumn("mapped_to", "text")
      .execute();
    await schema
      .createTable("unknown_code_machines")
      .addColumn("code_id", "text", (column) =>
        column.notNull().references("unknown_codes.code_id"),
      )
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("unknown_code_machines_key", ["code_id", "machine_id"])
      .execute();
    await index(schema, "unknown_codes", ["state", "last_seen"]);
  },
};

const reviews: Migration = {
  name: "003-reviews",
  async up({ schema }) {
    await reviewTable(schema, "rule_proposals")
      .addColumn("rule_id", "text", (column) => column.notNull())
      .execute();
    await reviewTable(schema, "catalogue_proposals")
      .addColumn("fault_code", "text", (column) => column.notNull())
      .execute();
    await reviewTable(schema, "design_feedback")
      .addColumn("model", "text", (column) => column.notNull())
      .addColumn("fault_code", "text", (column) => column.notNull())
      .execute();
    for (const table of ["rule_proposals", "catalogue_proposals", "design_feedback"])
      await index(schema, table, ["state", "at"]);
  },
};

const ruleVersions: Migration = {
  name: "004-rule-versions",
  up: ({ schema }) =>
    schema.alterTable("rule_modes").addColumn("plan_version", "integer").execute(),
};

type Schema = Kysely<unknown>["schema"];

const reviewTable = (schema: Schema, name: string) =>
  schema
    .createTable(name)
    .addColumn("item_id", "text", (column) => column.primaryKey())
    .addColumn("plan_id", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("open_key", "text", (column) => column.unique())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull());

const index = (schema: Schema, table: string, columns: string[]): Promise<void> =>
  schema.createIndex(`${table}_${columns[0]}`).on(table).columns(columns).execute();

/** Makes the tables of what is learnt from the field, or brings them up to date. */
export const migrateLessons = (db: Database): Promise<void> =>
  migrate(db, "lessons", [results, codes, reviews, ruleVersions]);
