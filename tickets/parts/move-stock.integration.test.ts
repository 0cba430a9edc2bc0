import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { expect, test } from "vitest";
import { migrateTickets } from "../tables.ts";
import { checkLedger } from "./stock-ledger.ts";
import { migrateParts, type StockTables } from "./stock-tables.ts";

interface FormerTables {
  parts: { part_no: string; body: string };
  stations: { station_id: string; position: number; body: string };
  stock_items: {
    part_no: string;
    station_id: string;
    bin: string;
    on_hand: number;
    reserved: number;
  };
  stock_movements: {
    movement_id: string;
    part_no: string;
    station_id: string;
    kind: string;
    quantity: number;
    ticket_id: string | null;
    actor: string;
    at: string;
  };
  reservations: {
    reservation_id: string;
    ticket_id: string;
    part_no: string;
    station_id: string;
    quantity: number;
    state: string;
    at: string;
  };
}

const at = "2026-03-01T08:00:00.000Z";
const item = { part_no: "P", station_id: "home" };

describeEachDatabase("stock of before there were other places", (open) => {
  test("SK-2: moves on with its ledger and reservations, and nothing of it changes", async () => {
    const db = await open();
    await migrateTickets(db);
    await db.transaction(async (tx) => {
      const tables = tx.tables<FormerTables>();
      const name = { en: "Home", "zh-CN": "总站" };
      const station = { stationId: "home", regionId: "hunan", name };
      await tables.insertInto("parts").values({ part_no: "P", body: "{}" }).execute();
      await tables
        .insertInto("stations")
        .values({ station_id: "home", position: 0, body: JSON.stringify(station) })
        .execute();
      await tables
        .insertInto("stock_items")
        .values({ ...item, bin: "A-1", on_hand: 3, reserved: 1 })
        .execute();
      const move = (movement_id: string, kind: string, quantity: number, ticket_id?: string) =>
        tables
          .insertInto("stock_movements")
          .values({
            ...item,
            movement_id,
            kind,
            quantity,
            ticket_id: ticket_id ?? null,
            actor: "a",
            at,
          })
          .execute();
      await move("m-1", "receipt", 4);
      await move("m-2", "consume", -1, "T-1");
      for (const state of ["active", "fulfilled"])
        await tables
          .insertInto("reservations")
          .values({ ...item, reservation_id: state, ticket_id: "T-1", quantity: 1, state, at })
          .execute();
    });
    await migrateParts(db);
    expect(await checkLedger(db)).toEqual([]);
    const tables = db.tables<StockTables>();
    expect(await tables.selectFrom("stock_levels").selectAll().execute()).toMatchObject([
      { part_no: "P", location_id: "home", bin: "A-1", on_hand: 3, reserved: 1, min_qty: 0 },
    ]);
    const ledger = await tables
      .selectFrom("stock_ledger")
      .select(["kind", "quantity", "amount", "report_line"])
      .orderBy("movement_id")
      .execute();
    expect(ledger).toEqual([
      { kind: "receipt", quantity: 4, amount: 4, report_line: null },
      { kind: "consume", quantity: -1, amount: 1, report_line: "T-1" },
    ]);
    const kept = await tables.selectFrom("stock_reservations").selectAll().execute();
    expect(kept.map(({ state, ended_at }) => [state, ended_at]).sort()).toEqual([
      ["active", null],
      ["fulfilled", at],
    ]);
  });
});
