import type { Kysely } from "kysely";
import { sql } from "kysely";
import type { Claim } from "./contention.ts";
import type { StockTables } from "./stock-tables.ts";

interface FormerTables extends StockTables {
  stations: { station_id: string; body: string };
  reservations: {
    reservation_id: string;
    ticket_id: string;
    part_no: string;
    station_id: string;
    quantity: number;
    state: "active" | "fulfilled" | "released";
    at: string;
  };
}

/** Moves the stock that stations had before there were other places, with its ledger, and drops the former tables. */
export async function moveStock(database: Kysely<unknown>): Promise<void> {
  const tables = database as Kysely<FormerTables>;
  for (const { station_id, body } of await tables.selectFrom("stations").selectAll().execute()) {
    const { name, regionId } = JSON.parse(body);
    const location = { locationId: station_id, kind: "station", name, regionId };
    await tables
      .insertInto("stock_locations")
      .values({
        location_id: station_id,
        kind: "station",
        region_id: regionId,
        engineer_id: null,
        body: JSON.stringify(location),
      })
      .execute();
  }
  await sql`
    insert into stock_levels (part_no, location_id, bin, on_hand, reserved)
    select part_no, station_id, bin, on_hand, reserved from stock_items`.execute(tables);
  await sql`
    insert into stock_ledger
      (movement_id, part_no, location_id, kind, quantity, amount, ticket_id, report_line, actor, at)
    select movement_id, part_no, station_id, kind, quantity, abs(quantity), ticket_id,
      case when kind = 'consume' then coalesce(ticket_id, movement_id) end, actor, at
    from stock_movements`.execute(tables);
  await moveReservations(tables);
  for (const table of ["reservations", "stock_movements", "stock_items"])
    await database.schema.dropTable(table).execute();
}

async function moveReservations(tables: Kysely<FormerTables>): Promise<void> {
  for (const row of await tables.selectFrom("reservations").selectAll().execute()) {
    const { station_id, ...same } = row;
    const claim: Claim = {
      tier: "meet",
      priority: "general",
      isKeyCustomer: false,
      createdAt: row.at,
    };
    await tables
      .insertInto("stock_reservations")
      .values({
        ...same,
        location_id: station_id,
        claim: JSON.stringify(claim),
        ended_at: row.state === "active" ? null : row.at,
      })
      .execute();
  }
}
