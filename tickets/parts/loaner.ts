import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import type { FoundTicket, TicketWork } from "../ticket-work.ts";
import { loadDemandContext } from "./demand-context.ts";
import { loadChildren, type RequestOptions, requestParts } from "./parts-ticket.ts";
import type { PartsRequest } from "./stock.ts";

const keyOf = (ticketId: string): string => `${ticketId}:loaner`;

/**
 * O-07: a repair in warranty that is not done when its turnaround is due gets a loaner, once; out of warranty none.
 * Undefined when there is nothing to do. `wanted`: absent, what the repair waits for or is expected to need.
 */
export async function requestLoaner(
  work: TicketWork,
  repair: FoundTicket,
  wanted?: readonly PartsRequest[],
): Promise<Ticket | undefined> {
  const { ticket } = repair;
  const turnaround = ticket.sla.find(
    ({ kind, stoppedAt, status }) =>
      kind === "repair_turnaround" && stoppedAt === undefined && status !== "cancelled",
  );
  if (!turnaround || Date.parse(turnaround.dueAt) > work.nowMs) return undefined;
  if (await wasRequested(work, ticket.ticketId)) return undefined;
  if (!(await loadDemandContext(work, ticket)).isInWarranty) return undefined;
  const options: RequestOptions = {
    commandId: keyOf(ticket.ticketId),
    isPreapproved: true,
    reason: "the repair is overdue in warranty",
    purpose: "loaner",
    dedupeKey: keyOf(ticket.ticketId),
  };
  return requestParts(work, repair, wanted ?? (await loanerOf(work, ticket)), options);
}

/** Whether one was ever asked for, also one that has ended. */
async function wasRequested({ tx }: TicketWork, ticketId: string): Promise<boolean> {
  const row = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("problem_key", "=", keyOf(ticketId))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** What stands in for the part in repair: the parts it waits for, else the likeliest, else its component by name. */
async function loanerOf(work: TicketWork, ticket: Ticket): Promise<PartsRequest[]> {
  const children = await loadChildren(work, ticket);
  const waiting = children
    .flatMap((child) => child.ticket.parts)
    .filter(({ state }) => state === "requested" || state === "backordered");
  if (waiting.length > 0) return waiting.map(({ partNo, quantity }) => ({ partNo, quantity }));
  const [likeliest] = ticket.predictedParts.toSorted((a, b) => b.probability - a.probability);
  return [{ partNo: likeliest?.partNo ?? ticket.component ?? "loaner", quantity: 1 }];
}
