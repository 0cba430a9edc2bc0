import { endChildren } from "./parts/end-children.ts";
import type { Ticket } from "./ticket.ts";
import { carryOut, type FoundTicket, type TicketWork } from "./ticket-work.ts";
import { isMoreUrgent } from "./vocabulary.ts";

export interface Merging {
  readonly commandId: string;
  readonly why: "stronger_need" | "storm" | "same_problem" | "by_person";
  readonly isQuiet?: boolean;
}

/**
 * Merges a ticket into another of the same machine (transition 25): evidence, occurrences and the earlier due times go
 * along, the parts kept for it are free again. Gives the one that stays.
 */
export async function mergeTickets(
  work: TicketWork,
  from: FoundTicket,
  into: FoundTicket,
  { commandId, why, isQuiet = false }: Merging,
): Promise<Ticket> {
  const { ticketId, machineId, state } = into.ticket;
  const root = { state, ...(machineId === undefined ? {} : { machineId }) };
  await carryOut(
    work,
    { ...from, isQuiet },
    {
      type: "merge",
      into: ticketId,
      root,
      commandId: `${commandId}/merge/${from.ticket.ticketId}`,
    },
  );
  await endChildren(work, from.ticket, {
    commandId: `${commandId}/merge/${from.ticket.ticketId}`,
    partsUsed: [],
  });
  const { occurrenceCount, evidence, activeFindings, sla, priority, customerReported, customerId } =
    from.ticket;
  let stays = await carryOut(
    work,
    { ...into, isQuiet },
    {
      type: "absorb",
      ticketId: from.ticket.ticketId,
      occurrenceCount,
      evidence,
      activeFindings,
      clocks: sla,
      why,
      commandId: `${commandId}/absorb/${from.ticket.ticketId}`,
    },
  );
  const step = (order: Parameters<typeof carryOut>[2]) =>
    carryOut(work, { ticket: stays, key: into.key, isQuiet }, order);
  if (isMoreUrgent(priority, stays.priority))
    stays = await step({
      type: "raise-priority",
      priority,
      reason: from.ticket.ticketId,
      commandId: `${commandId}/raise/${from.ticket.ticketId}`,
    });
  if (customerReported && !stays.customerReported)
    stays = await step({
      type: "attach-report",
      report: { channel: from.ticket.channel, ...(customerId === undefined ? {} : { customerId }) },
      commandId: `${commandId}/report/${from.ticket.ticketId}`,
    });
  return stays;
}
