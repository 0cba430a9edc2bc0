import type { Transaction } from "@firebreak/kit/database.ts";
import { sql } from "kysely";
import type { StockTables } from "../../parts/stock-tables.ts";
import type { TicketTables } from "../../tables.ts";
import type { Ticket } from "../../ticket.ts";
import type { OutboundKind, OutboundRow } from "./adapter.ts";
import type { OutboundTables } from "./outbound-tables.ts";

export interface OutboundFact {
  readonly kind: OutboundKind;
  readonly key: string;
  readonly at: string;
  readonly values: OutboundRow["values"];
}

/** Later than this nothing is committed with an earlier time; so far back is looked for what has no number yet. */
const LATEST_MS = 24 * 3_600_000;
/** Numbered in one transaction. */
const MOST = 2_000;

/** What has no number yet, oldest first. */
export async function findFacts(tx: Transaction): Promise<OutboundFact[]> {
  return [...(await closedTickets(tx)), ...(await movements(tx))];
}

async function since(tx: Transaction, kind: OutboundKind): Promise<string> {
  const row = await tx
    .tables<OutboundTables>()
    .selectFrom("outbound_rows")
    .select(({ fn }) => fn.max("fact_at").as("last"))
    .where("kind", "=", kind)
    .executeTakeFirst();
  return row?.last ? new Date(Date.parse(row.last) - LATEST_MS).toISOString() : "";
}

/** A ticket that was opened again and closed again is a new fact. */
async function closedTickets(tx: Transaction): Promise<OutboundFact[]> {
  const key = sql<string>`'closed-ticket/' || tickets.ticket_id || '/' || tickets.closed_at`;
  const rows = await tx
    .tables<TicketTables & OutboundTables>()
    .selectFrom("tickets")
    .select(["tickets.body", "tickets.closed_at", key.as("key")])
    .where("tickets.state", "=", "closed")
    .where("tickets.closed_at", ">=", await since(tx, "closed-ticket"))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("outbound_rows").select("row_offset").whereRef("fact_key", "=", key))),
    )
    .orderBy("tickets.closed_at")
    .orderBy("tickets.ticket_id")
    .limit(MOST)
    .execute();
  return rows.map((row) => ({
    kind: "closed-ticket",
    key: row.key,
    at: row.closed_at ?? "",
    values: valuesOf(JSON.parse(row.body) as Ticket),
  }));
}

function valuesOf(ticket: Ticket): OutboundRow["values"] {
  const { ticketId, kind, priority, machineId = "", customerId = "", stationId } = ticket;
  const { regionId, faultCode = "", outcome = "", createdAt, closedAt = "", visits } = ticket;
  return {
    ticketId,
    kind,
    priority,
    machineId,
    customerId,
    stationId,
    regionId,
    faultCode,
    outcome,
    createdAt,
    closedAt,
    visits,
    billable: ticket.billable ? 1 : 0,
  };
}

async function movements(tx: Transaction): Promise<OutboundFact[]> {
  const key = sql<string>`'parts-movement/' || stock_ledger.movement_id`;
  const rows = await tx
    .tables<StockTables & OutboundTables>()
    .selectFrom("stock_ledger")
    .select(["movement_id", "part_no", "location_id", "stock_ledger.kind", "quantity"])
    .select(["ticket_id", "stock_ledger.at", key.as("key")])
    .where("stock_ledger.at", ">=", await since(tx, "parts-movement"))
    .where(({ not, exists, selectFrom }) =>
      not(exists(selectFrom("outbound_rows").select("row_offset").whereRef("fact_key", "=", key))),
    )
    .orderBy("stock_ledger.at")
    .orderBy("movement_id")
    .limit(MOST)
    .execute();
  return rows.map((row) => ({
    kind: "parts-movement",
    key: row.key,
    at: row.at,
    values: {
      movementId: row.movement_id,
      partNo: row.part_no,
      locationId: row.location_id,
      kind: row.kind,
      quantity: row.quantity,
      ticketId: row.ticket_id ?? "",
      at: row.at,
    },
  }));
}
