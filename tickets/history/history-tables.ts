import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface HistoryTables {
  /** The pass over completed hours in which a machine was judged last: what a pass that was cut off goes on from. */
  history_passes: { machine_id: string; pass: number };
  /** Late data that came together, named by the journal position of their first record. Times in ms. */
  back_fills: {
    machine_id: string;
    first_position: number;
    last_position: number;
    first_received_ms: number;
    received_ms: number;
    from_ms: number;
    to_ms: number;
    /** Up to where it was judged, and when; null before. */
    judged_position: number | null;
    judged_ms: number | null;
    /** JSON; null where nothing was found. */
    summary: string | null;
  };
  /** Steps in the lives of trouble codes, as gateways told them. */
  code_steps: {
    machine_id: string;
    at_ms: number;
    network: number;
    sa: number;
    spn: number;
    fmi: number;
    state: string;
    /** The rest of the step, JSON. */
    body: string;
  };
  /** Since when every step of a machine's codes is kept. */
  code_spans: { machine_id: string; from_ms: number };
}

const history: Migration = {
  name: "001-history",
  async up({ schema }) {
    await schema
      .createTable("history_passes")
      .addColumn("machine_id", "text", (column) => column.primaryKey())
      .addColumn("pass", "bigint", (column) => column.notNull())
      .execute();
  },
};

const lateData: Migration = {
  name: "002-late-data",
  async up({ schema }) {
    await schema
      .createTable("back_fills")
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("first_position", "bigint", (column) => column.notNull())
      .addColumn("last_position", "bigint", (column) => column.notNull())
      .addColumn("first_received_ms", "bigint", (column) => column.notNull())
      .addColumn("received_ms", "bigint", (column) => column.notNull())
      .addColumn("from_ms", "bigint", (column) => column.notNull())
      .addColumn("to_ms", "bigint", (column) => column.notNull())
      .addColumn("judged_position", "bigint")
      .addColumn("judged_ms", "bigint")
      .addColumn("summary", "text")
      .addPrimaryKeyConstraint("back_fills_key", ["machine_id", "first_position"])
      .execute();
  },
};

export const codeSteps: Migration = {
  name: "003-code-steps",
  async up({ schema }) {
    await schema
      .createTable("code_steps")
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("at_ms", "bigint", (column) => column.notNull())
      .addColumn("network", "integer", (column) => column.notNull())
      .addColumn("sa", "integer", (column) => column.notNull())
      .addColumn("spn", "integer", (column) => column.notNull())
      .addColumn("fmi", "integer", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("code_steps_key", [
        ...(["machine_id", "at_ms", "network", "sa", "spn", "fmi", "state"] as const),
      ])
      .execute();
    await schema
      .createTable("code_spans")
      .addColumn("machine_id", "text", (column) => column.primaryKey())
      .addColumn("from_ms", "bigint", (column) => column.notNull())
      .execute();
  },
};

/** Makes the tables of judging completed hours, or brings them up to date. */
export const migrateHistory = (db: Database): Promise<void> =>
  migrate(db, "history", [history, lateData, codeSteps]);
