import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "./service-work.ts";
import type { Ticket } from "./ticket.ts";
import { decide, fold, type TicketOrder } from "./ticket-lifecycle.ts";
import type { TicketChange } from "./ticket-service.ts";
import { loadTicket, saveTicket } from "./ticket-store.ts";
import { isOpen } from "./vocabulary.ts";

/** One transaction's work on tickets, with what has changed so far. */
export interface TicketWork extends ServiceWork {
  /** In the order of first touch; one entry per ticket, with its newest state. */
  readonly changes: Map<string, TicketChange>;
}

/** Carries an order out on a ticket (undefined: one to be opened) and stores what comes of it. */
export async function carryOut(
  work: TicketWork,
  before: { readonly ticket?: Ticket | undefined; readonly key: string },
  order: TicketOrder & { readonly commandId: string },
): Promise<Ticket> {
  const { tx, actor, at, changes } = work;
  const { ticket, key } = before;
  const events = decide(ticket, { ...order, actor, at });
  if (ticket && events.length === 0) return ticket;
  const after = fold(events, ticket);
  await saveTicket(tx, { ...(ticket ? { before: ticket } : {}), after, key });
  const isNew = !ticket || changes.get(after.ticketId)?.change === "opened";
  const change = isNew ? "opened" : isOpen(after.state) ? "updated" : "ended";
  changes.set(after.ticketId, { change, ticket: after });
  return after;
}

/** @throws CodedError TICKET_UNKNOWN */
export async function requireTicket(tx: Transaction, ticketId: string) {
  const found = await loadTicket(tx, ticketId);
  if (!found) throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
  return found;
}
