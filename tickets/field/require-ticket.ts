import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import { loadTicket, type Reader } from "../ticket-store.ts";

/** As committed, or as this transaction has it. @throws CodedError TICKET_UNKNOWN */
export async function requireTicketOf(reader: Reader, ticketId: string): Promise<Ticket> {
  const found = await loadTicket(reader, ticketId);
  if (!found) throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
  return found.ticket;
}
