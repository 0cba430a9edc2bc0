import { CodedError } from "@firebreak/kit/coded-error.ts";
import { rootOf } from "../find-carrier.ts";
import { mergeTickets } from "../merge-tickets.ts";
import { reopenTicket } from "../reopen-ticket.ts";
import type { Ticket } from "../ticket.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { followOrder } from "./follow-order.ts";
import { checkOneVisit } from "./one-visit.ts";
import type { OrderOf, PersonOrder } from "./order-bodies.ts";
import { mayOrder } from "./possible-orders.ts";
import { resolveOrder } from "./resolve-order.ts";

/**
 * Carries out what a person orders of an inspection or repair, with all that follows from it: parts, presence, other
 * tickets. Gives the ticket as it is then.
 * @throws CodedError TICKET_UNKNOWN, TICKET_TRANSITION, TICKET_GUARD, TICKET_PARTS, TICKET_NOT_ALLOWED, ENGINEER_BUSY
 */
export async function giveOrder(
  work: TicketWork,
  ticketId: string,
  order: PersonOrder,
  commandId: string,
): Promise<Ticket> {
  const found = await requireTicket(work.tx, ticketId);
  if (found.ticket.kind === "parts")
    throw new CodedError(
      "TICKET_TRANSITION",
      `${order.type} is not possible: ${ticketId} is of parts`,
    );
  checkOwn(work, found.ticket, order);
  switch (order.type) {
    case "merge":
      return merge(work, found, order, commandId);
    case "share-visit":
      return shareVisit(work, found, order, commandId);
    case "reopen":
      return reopenTicket(work, found, { commandId, cause: "customer", reason: order.reason });
    default: {
      await checkOneVisit(work, found.ticket, order.type);
      const resolved = await resolveOrder(work, found, order);
      const after = await carryOut(work, found, { ...resolved, commandId });
      await followOrder(work, { ticket: after, key: found.key }, order, commandId);
      return (await requireTicket(work.tx, ticketId)).ticket;
    }
  }
}

function checkOwn(
  { role, engineerId, actor }: TicketWork,
  ticket: Ticket,
  order: PersonOrder,
): void {
  if (!mayOrder({ role, engineerId, actorId: actor.id }, ticket, order.type))
    throw new CodedError("TICKET_NOT_ALLOWED", `${ticket.ticketId} is not assigned to you`);
}

async function merge(
  work: TicketWork,
  found: FoundTicket,
  { into }: OrderOf<"merge">,
  commandId: string,
): Promise<Ticket> {
  const root = await rootOf(work.tx, await requireTicket(work.tx, into));
  const merged = await mergeTickets(work, found, root, { commandId, why: "by_person" });
  return work.changes.get(found.ticket.ticketId)?.ticket ?? merged;
}

/** MR-9: the tickets stay what they are and are done on one journey. */
async function shareVisit(
  work: TicketWork,
  found: FoundTicket,
  { ticketIds }: OrderOf<"share-visit">,
  commandId: string,
): Promise<Ticket> {
  const visitId = found.ticket.visitId ?? work.ids.rowId();
  const step = (one: FoundTicket, id: string) =>
    carryOut(work, one, { type: "share-visit", visitId, commandId: id });
  const after = await step(found, commandId);
  for (const ticketId of ticketIds)
    if (ticketId !== after.ticketId)
      await step(await requireTicket(work.tx, ticketId), `${commandId}/${ticketId}`);
  return after;
}
