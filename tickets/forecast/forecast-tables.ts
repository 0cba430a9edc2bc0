import { type Database, type Migration, migrate } from "@firebreak/kit/database.ts";

export interface ForecastTables {
  forecast_parameters: {
    parameter_key: string;
    name: string;
    region_id: string;
    part_no: string;
    months: string;
    value: number;
    source: string;
  };
  /** Rows are only ever added. */
  forecast_parameter_log: {
    log_id: string;
    name: string;
    region_id: string;
    part_no: string;
    before_value: number | null;
    after_value: number;
    reason: string;
    actor: string;
    at: string;
  };
  /** Stock of the regions as it was when a plan was drafted; what planning started from. */
  stock_snapshots: {
    snapshot_id: string;
    region_id: string;
    part_no: string;
    on_hand: number;
    reserved: number;
    in_transit: number;
    at: string;
  };
  parts_plans: {
    plan_id: string;
    plan_type: string;
    region_id: string;
    period_from: string;
    period_to: string;
    state: string;
    version: number;
    at: string;
    body: string;
  };
  /** Released forecasts, for the consumption curve. */
  demand_forecasts: {
    forecast_id: string;
    part_no: string;
    region_id: string;
    period_from: string;
    period_to: string;
    expected: number;
    upper: number;
  };
}

const parameters: Migration = {
  name: "001-parameters",
  async up({ schema }) {
    await schema
      .createTable("forecast_parameters")
      .addColumn("parameter_key", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("region_id", "text", (column) => column.notNull())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("months", "text", (column) => column.notNull())
      .addColumn("value", "real", (column) => column.notNull())
      .addColumn("source", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("forecast_parameter_log")
      .addColumn("log_id", "text", (column) => column.primaryKey())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("region_id", "text", (column) => column.notNull())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("before_value", "real")
      .addColumn("after_value", "real", (column) => column.notNull())
      .addColumn("reason", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .execute();
  },
};

const plans: Migration = {
  name: "002-plans",
  async up({ schema }) {
    await schema
      .createTable("stock_snapshots")
      .addColumn("snapshot_id", "text", (column) => column.notNull())
      .addColumn("region_id", "text", (column) => column.notNull())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("on_hand", "integer", (column) => column.notNull())
      .addColumn("reserved", "integer", (column) => column.notNull())
      .addColumn("in_transit", "integer", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("stock_snapshots_key", ["snapshot_id", "region_id", "part_no"])
      .execute();
    await schema
      .createTable("parts_plans")
      .addColumn("plan_id", "text", (column) => column.primaryKey())
      .addColumn("plan_type", "text", (column) => column.notNull())
      .addColumn("region_id", "text", (column) => column.notNull())
      .addColumn("period_from", "text", (column) => column.notNull())
      .addColumn("period_to", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("demand_forecasts")
      .addColumn("forecast_id", "text", (column) => column.primaryKey())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("region_id", "text", (column) => column.notNull())
      .addColumn("period_from", "text", (column) => column.notNull())
      .addColumn("period_to", "text", (column) => column.notNull())
      .addColumn("expected", "real", (column) => column.notNull())
      .addColumn("upper", "integer", (column) => column.notNull())
      .execute();
    await schema
      .createIndex("parts_plans_newest")
      .on("parts_plans")
      .columns(["at", "plan_id"])
      .execute();
    await schema
      .createIndex("demand_forecasts_part")
      .on("demand_forecasts")
      .columns(["part_no", "period_from"])
      .execute();
  },
};

/** Makes the tables of the forecast, or brings them up to date. */
export const migrateForecast = (db: Database): Promise<void> =>
  migrate(db, "forecast", [parameters, plans]);
