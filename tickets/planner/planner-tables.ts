import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface PlannerTables {
  /** Points that are dealt with, for ever: the key is what keeps a second ticket away. */
  planned_points: {
    dedupe_key: string;
    machine_id: string;
    /** The ticket that does it; for several points it may be the same. */
    ticket_id: string;
    ticket_trigger: string;
    due_to: string;
    at: string;
  };
  /** Judgements of parts whose end is near: the newest of each day. */
  life_evaluations: {
    machine_id: string;
    position: string;
    installed_at: string;
    /** UTC day. */
    evaluated_on: string;
    body: string;
  };
  /** What rules over completed hours expect of a part on the last days of work. */
  life_forecasts: {
    machine_id: string;
    rule_id: string;
    position: string;
    installed_at: string;
    body: string;
  };
  /** Versions of plans that a hub has had (PL-6). */
  plan_versions: {
    plan_id: string;
    version: number;
    /** SHA-256 of the plan. */
    hash: string;
    at: string;
  };
}

const planner: Migration = {
  name: "001-planner",
  async up({ schema }) {
    await schema
      .createTable("planned_points")
      .addColumn("dedupe_key", "text", (column) => column.primaryKey())
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("ticket_trigger", "text", (column) => column.notNull())
      .addColumn("due_to", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("planned_points_machine")
      .on("planned_points")
      .column("machine_id")
      .execute();
    await schema
      .createTable("life_evaluations")
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("position", "text", (column) => column.notNull())
      .addColumn("installed_at", "text", (column) => column.notNull())
      .addColumn("evaluated_on", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("life_evaluations_key", [
        "machine_id",
        "position",
        "installed_at",
        "evaluated_on",
      ])
      .execute();
  },
};

const planVersions: Migration = {
  name: "002-plan-versions",
  async up({ schema }) {
    await schema
      .createTable("plan_versions")
      .addColumn("plan_id", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("plan_versions_key", ["plan_id", "version"])
      .execute();
  },
};

const lifeForecasts: Migration = {
  name: "003-life-forecasts",
  async up({ schema }) {
    await schema
      .createTable("life_forecasts")
      .addColumn("machine_id", "text", (column) => column.notNull())
      .addColumn("rule_id", "text", (column) => column.notNull())
      .addColumn("position", "text", (column) => column.notNull())
      .addColumn("installed_at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("life_forecasts_key", ["machine_id", "rule_id"])
      .execute();
  },
};

/** Makes the tables of the planner, or brings them up to date. */
export const migratePlanner = (db: Database): Promise<void> =>
  migrate(db, "planner", [planner, planVersions, lifeForecasts]);
