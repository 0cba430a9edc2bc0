import type { Database } from "@firebreak/kit/database.ts";
import type { TicketTables } from "../tables.ts";
import { loadTicket } from "../ticket-store.ts";
import { saveKpiRow } from "./kpi-store.ts";
import type { KpiTables } from "./kpi-tables.ts";

const BATCH = 200;

/**
 * Writes the facts of tickets that were stored before there were any. In batches of a transaction each, so that a start
 * that is interrupted goes on where it was.
 */
export async function backfillKpis(db: Database): Promise<void> {
  while ((await backfillBatch(db)) === BATCH);
}

const backfillBatch = (db: Database): Promise<number> =>
  db.transaction(async (tx) => {
    const rows = await tx
      .tables<TicketTables & KpiTables>()
      .selectFrom("tickets")
      .leftJoin("ticket_kpis", "ticket_kpis.ticket_id", "tickets.ticket_id")
      .select("tickets.ticket_id")
      .where("ticket_kpis.ticket_id", "is", null)
      .limit(BATCH)
      .execute();
    for (const { ticket_id } of rows) {
      const found = await loadTicket(tx, ticket_id);
      if (found) await saveKpiRow(tx, found.ticket);
    }
    return rows.length;
  });
