import type { Database } from "@firebreak/kit/database.ts";
import { expect } from "vitest";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { checkLedger } from "./stock-ledger.ts";
import { loanStates, movementKinds } from "./stock-tables.ts";

/** What must hold of stock at any time, whatever happened: SK-1 to SK-5, SK-7 and SK-8. */
export async function expectStockConsistent(db: Pick<Database, "tables">): Promise<void> {
  const tables = db.tables<TicketTables>();
  expect(await checkLedger(db)).toEqual([]);
  for (const level of await tables.selectFrom("stock_levels").selectAll().execute()) {
    expect(level.reserved).toBeGreaterThanOrEqual(0);
    expect(level.reserved).toBeLessThanOrEqual(level.on_hand);
    expect(level.min_qty).toBeLessThanOrEqual(level.target_qty);
    expect(level.target_qty).toBeLessThanOrEqual(level.max_qty);
  }
  await expectConservation(db);
  await expectLoans(db);
  await expectReservations(db);
}

/** SK-3: what came in is on hand, on the way, out on loan, or used up. */
async function expectConservation(db: Pick<Database, "tables">): Promise<void> {
  const tables = db.tables<TicketTables>();
  const balance = new Map<string, number>();
  const add = (partNo: string, pieces: number) =>
    balance.set(partNo, (balance.get(partNo) ?? 0) + pieces);
  for (const row of await tables.selectFrom("stock_ledger").selectAll().execute()) {
    expect(movementKinds).toContain(row.kind);
    if (row.kind === "receipt" || row.kind === "adjust") add(row.part_no, row.quantity);
    if (row.kind === "consume") {
      expect(row.report_line).not.toBeNull();
      add(row.part_no, -row.amount);
    }
    if (row.kind === "issue" || row.kind === "loan_out") expect(row.ticket_id).not.toBeNull();
  }
  for (const { part_no, on_hand } of await tables.selectFrom("stock_levels").selectAll().execute())
    add(part_no, -on_hand);
  for (const { part_no, quantity, state } of await tables
    .selectFrom("stock_transfers")
    .selectAll()
    .execute())
    if (state === "in_transit") add(part_no, -quantity);
  for (const { part_no, quantity, used, returned } of await tables
    .selectFrom("part_loans")
    .selectAll()
    .execute())
    add(part_no, -(quantity - used - returned));
  expect([...balance].filter(([, pieces]) => pieces !== 0)).toEqual([]);
}

/** SK-7: closed only when everything is back or used, and no old part is owed. */
async function expectLoans(db: Pick<Database, "tables">): Promise<void> {
  const loans = await db.tables<TicketTables>().selectFrom("part_loans").selectAll().execute();
  for (const loan of loans) {
    expect(loanStates).toContain(loan.state);
    const isBack = loan.used + loan.returned === loan.quantity;
    const owesCore = loan.core_due_at !== null && loan.core_returned_at === null;
    expect([loan.loan_id, loan.state === "closed"]).toEqual([loan.loan_id, isBack && !owesCore]);
    expect(loan.is_open).toBe(loan.state === "closed" ? 0 : 1);
  }
}

/** Every live reservation of a ticket is that of one of its lines, and the other way round. */
async function expectReservations(db: Pick<Database, "tables">): Promise<void> {
  const tables = db.tables<TicketTables>();
  const live = await tables
    .selectFrom("stock_reservations")
    .selectAll()
    .where("state", "in", ["active", "picked"])
    .execute();
  const kept = live
    .filter(({ ticket_id }) => ticket_id !== null)
    .map((row) => [row.ticket_id, row.reservation_id, row.part_no, row.location_id, row.quantity]);
  const rows = await tables
    .selectFrom("tickets")
    .select("body")
    .where("kind", "=", "parts")
    .execute();
  const lines = rows.flatMap(({ body }) => {
    const { ticketId, parts }: Pick<Ticket, "ticketId" | "parts"> = JSON.parse(body);
    return parts.flatMap(({ state, reservation, partNo, quantity }) =>
      reservation && (state === "reserved" || state === "ready")
        ? [[ticketId, reservation.reservationId, partNo, reservation.stationId, quantity]]
        : [],
    );
  });
  expect(kept.map(String).sort()).toEqual(lines.map(String).sort());
}
