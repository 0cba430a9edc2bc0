import type { Finding } from "@firebreak/rules/finding.ts";
import type { Evidence } from "./evidence.ts";
import { openPartsTicket } from "./parts/parts-ticket.ts";
import type { RegistryTables } from "./registry/registry-tables.ts";
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
  ticket = await noteEnded(work, { ticket, key }, commandId);
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

/** What was still true when it was closed may have ended since, and a closed ticket is told nothing. */
async function noteEnded(
  work: TicketWork,
  { ticket, key }: FoundTicket,
  commandId: string,
): Promise<Ticket> {
  if (ticket.activeFindings.length === 0) return ticket;
  const rows = await work.tx
    .tables<RegistryTables>()
    .selectFrom("findings")
    .select("body")
    .where("finding_id", "in", ticket.activeFindings)
    .orderBy("finding_id")
    .execute();
  let told = ticket;
  for (const { body } of rows) {
    const { findingId, phase, at: machineAt, cause }: Finding = JSON.parse(body);
    if (phase !== "cleared") continue;
    const order = {
      type: "note-cleared",
      findingId,
      machineAt,
      ...(cause ? { cause } : {}),
    } as const;
    told = await carryOut(
      work,
      { ticket: told, key },
      { ...order, commandId: `${commandId}/ended/${findingId}` },
    );
  }
  return told;
}

async function hasUsedParts({ tx }: TicketWork, { childIds }: Ticket): Promise<boolean> {
  for (const childId of childIds) {
    const { ticket } = await requireTicket(tx, childId);
    if (ticket.parts.some(({ state }) => state === "consumed")) return true;
  }
  return false;
}
