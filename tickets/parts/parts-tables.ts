import type { Migration } from "@firebreak/kit/database.ts";
import { sql } from "kysely";
import type { StockTables } from "./stock-tables.ts";

export interface PartsTables extends StockTables {
  parts: { part_no: string; body: string };
  stations: { station_id: string; position: number; body: string };
}

/** The first stock, of stations alone; `migrateParts` moves it on. */
export const partsMigration: Migration = {
  name: "002-parts",
  async up({ schema }) {
    await schema
      .createTable("parts")
      .addColumn("part_no", "text", (column) => column.primaryKey())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("stations")
      .addColumn("station_id", "text", (column) => column.primaryKey())
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await schema
      .createTable("stock_items")
      .addColumn("part_no", "text", (column) => column.notNull().references("parts.part_no"))
      .addColumn("station_id", "text", (column) =>
        column.notNull().references("stations.station_id"),
      )
      .addColumn("bin", "text", (column) => column.notNull())
      .addColumn("on_hand", "integer", (column) => column.notNull())
      .addColumn("reserved", "integer", (column) => column.notNull())
      .addPrimaryKeyConstraint("stock_items_key", ["part_no", "station_id"])
      .addCheckConstraint("stock_items_sk1", sql`reserved >= 0 and reserved <= on_hand`)
      .execute();
    await schema
      .createTable("stock_movements")
      .addColumn("movement_id", "text", (column) => column.primaryKey())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("station_id", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("quantity", "integer", (column) => column.notNull())
      .addColumn("ticket_id", "text")
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addForeignKeyConstraint("stock_movements_item", ["part_no", "station_id"], "stock_items", [
        "part_no",
        "station_id",
      ])
      .execute();
    await schema
      .createTable("reservations")
      .addColumn("reservation_id", "text", (column) => column.primaryKey())
      .addColumn("ticket_id", "text", (column) => column.notNull())
      .addColumn("part_no", "text", (column) => column.notNull())
      .addColumn("station_id", "text", (column) => column.notNull())
      .addColumn("quantity", "integer", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("at", "text", (column) => column.notNull())
      .addCheckConstraint("reservations_quantity", sql`quantity > 0`)
      .addForeignKeyConstraint("reservations_item", ["part_no", "station_id"], "stock_items", [
        "part_no",
        "station_id",
      ])
      .execute();
  },
};
