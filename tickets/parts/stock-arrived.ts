import type { TicketTables } from "../tables.ts";
import { type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { compareClaims } from "./contention.ts";
import { clocksOfEnd } from "./parts-clocks.ts";
import { claimOf, demandOf, sourceTicket, step } from "./parts-flow.ts";
import { askedPartNo, type PartsLine } from "./parts-line.ts";
import { findItem, loadParts } from "./stock-levels.ts";

/**
 * There is more of a part somewhere: whoever waits for it, or for a part it may stand in for, is looked after in the
 * order of their claims (backordered → sourcing). Stocking up that is no longer needed ends.
 */
export async function stockArrived(work: TicketWork, partNo: string): Promise<void> {
  const waiting = await loadWaiting(work, partNo);
  for (const { ticketId } of waiting.map(({ ticket }) => ticket)) {
    const found = await requireTicket(work.tx, ticketId);
    if (found.ticket.state !== "backordered") continue;
    if (demandOf(found.ticket).purpose === "replenishment") await endWhenFull(work, found);
    else await sourceTicket(work, found);
  }
}

/** What was kept for lines that were released is free again. */
export async function stockFreed(
  work: TicketWork,
  before: readonly PartsLine[],
  after: readonly PartsLine[],
): Promise<void> {
  const freed = before.filter(
    ({ reservation }, at) => reservation !== undefined && after[at]?.state === "released",
  );
  for (const partNo of new Set(freed.map((line) => line.partNo))) await stockArrived(work, partNo);
}

async function loadWaiting(work: TicketWork, partNo: string): Promise<FoundTicket[]> {
  const rows = await work.tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("is_open", "=", 1)
    .where("state", "=", "backordered")
    // Of claims that are equal whoever asked first comes first.
    .orderBy("created_at")
    .orderBy("ticket_id")
    .execute();
  const found: FoundTicket[] = [];
  for (const { ticket_id } of rows) {
    const one = await requireTicket(work.tx, ticket_id);
    if (await wants(work, one.ticket.parts, partNo)) found.push(one);
  }
  const isStockingUp = ({ ticket }: FoundTicket) => demandOf(ticket).purpose === "replenishment";
  return found.sort(
    (a, b) =>
      Number(isStockingUp(a)) - Number(isStockingUp(b)) ||
      compareClaims(claimOf(a.ticket), claimOf(b.ticket)),
  );
}

async function wants(
  { tx }: TicketWork,
  lines: readonly PartsLine[],
  partNo: string,
): Promise<boolean> {
  const asked = lines.filter(({ state }) => state === "backordered").map(askedPartNo);
  if (asked.includes(partNo)) return true;
  const parts = await loadParts(tx, asked);
  return [...parts.values()].some(({ alternates = [] }) => alternates.includes(partNo));
}

async function endWhenFull(work: TicketWork, found: FoundTicket): Promise<void> {
  const { destinationId } = demandOf(found.ticket);
  for (const { partNo } of found.ticket.parts) {
    const item = await findItem(work.tx, partNo, destinationId);
    if (!item || item.onHand < item.min) {
      await sourceTicket(work, found);
      return;
    }
  }
  const lines = found.ticket.parts.map((line): PartsLine => ({ ...line, state: "stocked" }));
  const clocks = clocksOfEnd(found.ticket, work.at);
  await step(work, found, { type: "close-parts", note: "in stock", lines, clocks });
}
