import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";
import { type CountName, countNames } from "./kpi-counts.ts";

/** One row per ticket, written with it: what figures are grouped by, and what it adds to each sum. */
export interface TicketKpiRow extends Record<CountName, number> {
  ticket_id: string;
  kind: string;
  priority: string;
  trigger: string;
  state: string;
  machine_id: string | null;
  product: string;
  model: string;
  region_id: string;
  station_id: string;
  engineer_id: string;
  fault_code: string;
  fault_class: string;
  created_at: string;
  due_at: string | null;
  day: string;
  week: string;
  month: string;
  response_ms: number | null;
  arrival_ms: number | null;
  parts_cycle_ms: number | null;
  /** JSON of `KpiContext`. */
  context: string;
}

export interface KpiTables {
  ticket_kpis: TicketKpiRow;
  engineer_score_lines: {
    engineer_id: string;
    month: string;
    ticket_id: string;
    seq: number;
    kind: string;
    points: number;
    at: string;
  };
}

const words = ["kind", "priority", "trigger", "state", "product", "model", "region_id"];
const moreWords = ["station_id", "engineer_id", "fault_code", "fault_class", "created_at"];
const dates = ["day", "week", "month", "context"];
const durations = ["response_ms", "arrival_ms", "parts_cycle_ms"];

const facts: Migration = {
  name: "001-facts",
  async up({ schema }) {
    let table = schema
      .createTable("ticket_kpis")
      .addColumn("ticket_id", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text")
      .addColumn("due_at", "text");
    for (const name of [...words, ...moreWords, ...dates])
      table = table.addColumn(name, "text", (column) => column.notNull());
    for (const name of durations) table = table.addColumn(name, "integer");
    for (const name of countNames)
      table = table.addColumn(name, "integer", (column) => column.notNull().defaultTo(0));
    await table.execute();
    const indexes = {
      ticket_kpis_created: ["created_at"],
      ticket_kpis_region: ["region_id", "created_at"],
      ticket_kpis_engineer: ["engineer_id", "created_at"],
      ticket_kpis_fault: ["fault_code", "model", "created_at"],
    };
    for (const [name, columns] of Object.entries(indexes))
      await schema.createIndex(name).on("ticket_kpis").columns(columns).execute();
  },
};

const scores: Migration = {
  name: "002-scores",
  async up({ schema }) {
    await schema
      .createTable("engineer_score_lines")
      .addColumn("engineer_id", "text", (column) => column.notNull())
      .addColumn("month", "text", (column) => column.notNull())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("seq", "integer", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("points", "real", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("engineer_score_lines_key", ["ticket_id", "seq", "kind"])
      .execute();
    await schema
      .createIndex("engineer_score_lines_month")
      .on("engineer_score_lines")
      .columns(["engineer_id", "month"])
      .execute();
  },
};

/** Makes the tables of the figures, or brings them up to date. */
export const migrateKpi = (db: Database): Promise<void> => migrate(db, "kpi", [facts, scores]);
