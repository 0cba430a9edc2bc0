import type { Evidence } from "./evidence.ts";
import { openPartsTicket } from "./parts/parts-ticket.ts";
import type { Ticket } from "./ticket.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "./ticket-work.ts";
import type { Priority } from "./vocabulary.ts";

export interface Reopening {
  readonly commandId: string;
  readonly cause: "recurrence" | "customer";
  readonly reason: string;
  /** What the machine says, if it was the machine. */
  readonly findingId?: string;
  readonly machineAt?: string;
  readonly evidence?: readonly Evidence[];
  readonly priority?: Priority;
}

/** Transition 23 (MR-7). Parts that were given back are asked for again; used ones were not the remedy. */
export async function reopenTicket(
  work: TicketWork,
  closed: FoundTicket,
  { commandId, cause, reason, findingId, machineAt, evidence, priority }: Reopening,
): Promise<Ticket> {
  const { key } = closed;
  let ticket = await carryOut(work, closed, {
    type: "reopen",
    cause,
    reason,
    ...(findingId === undefined ? {} : { findingId }),
    commandId,
  });
  if (findingId !== undefined && machineAt !== undefined)
    ticket = await carryOut(
      work,
      { ticket, key },
      {
        type: "observe",
        findingId,
        machineAt,
        evidence: evidence ?? [],
        isOccurrence: true,
        priority: priority ?? ticket.priority,
        commandId: `${commandId}/observe`,
      },
    );
  if (await hasUsedParts(work, ticket)) return ticket;
  await openPartsTicket(work, { ticket, key }, commandId);
  return (await requireTicket(work.tx, ticket.ticketId)).ticket;
}

async function hasUsedParts({ tx }: TicketWork, { childIds }: Ticket): Promise<boolean> {
  for (const childId of childIds) {
    const { ticket } = await requireTicket(tx, childId);
    if (ticket.parts.some(({ state }) => state === "consumed")) return true;
  }
  return false;
}
