import type { Finding } from "@firebreak/rules/finding.ts";
import { leaveToFormerOwner } from "../former-owner.ts";
import type { RegistryTables } from "../registry/registry-tables.ts";
import { endShelvesOf } from "../shelving/end-shelf.ts";
import type { TicketTables } from "../tables.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { noteEnded } from "../verification/proved-repairs.ts";
import type { MachineMove } from "./put-machine.ts";

/**
 * Leaves a note on each open inspection and repair of a machine that went to another customer or site: the ticket stays
 * with the customer it was opened for, and whoever works on it hears where the machine is now. Another customer begins
 * afresh: what the rules found before ends there, and what is still wrong is found for the new one. What was shelved is
 * so no longer.
 */
export async function noteMoveOnTickets(work: TicketWork, move: MachineMove): Promise<void> {
  const rows = await work.tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("machine_id", "=", move.machineId)
    .where("is_open", "=", 1)
    .where("kind", "<>", "parts")
    .orderBy("created_at")
    .execute();
  const { from, to } = move;
  const isSold = from.customerId !== undefined && from.customerId !== to.customerId;
  for (const { ticket_id: ticketId } of rows) {
    const found = await requireTicket(work.tx, ticketId);
    const commandId = `machine-moved/${work.ids.rowId()}`;
    const note = `machine-moved ${textOf(from)} -> ${textOf(to)}`;
    const noted = await carryOut(work, found, { type: "note", note, commandId });
    if (isSold) await endFindings(work, { ticket: noted, key: found.key }, commandId);
  }
  await endShelvesOf(work, move.machineId, isSold);
  if (!isSold) return;
  await endLeftOver(work, move.machineId);
  await leaveToFormerOwner(work.tx, move.machineId);
}

/** What no ticket is open for any more may be true still, and would never be told to the new owner. */
async function endLeftOver(work: TicketWork, machineId: string): Promise<void> {
  const rows = await work.tx
    .tables<RegistryTables>()
    .selectFrom("findings")
    .select("body")
    .where("machine_id", "=", machineId)
    .orderBy("finding_id")
    .execute();
  const activeFindings = rows
    .map(({ body }): Finding => JSON.parse(body))
    .filter(({ phase }) => phase !== "cleared")
    .map(({ findingId }) => findingId);
  const ticketId = `sold/${machineId}/${work.ids.rowId()}`;
  await noteEnded(work, { machineId, activeFindings, ticketId }, "machine_moved");
}

async function endFindings(work: TicketWork, found: FoundTicket, commandId: string): Promise<void> {
  await noteEnded(work, found.ticket, "machine_moved");
  let { ticket } = found;
  for (const findingId of ticket.activeFindings)
    ticket = await carryOut(
      work,
      { ticket, key: found.key },
      {
        type: "note-cleared",
        findingId,
        machineAt: work.at,
        cause: "machine_moved",
        commandId: `${commandId}/${findingId}`,
      },
    );
}

/** Ids only: names can be erased, notes cannot. */
const textOf = ({ customerId, siteId }: MachineMove["from"]): string =>
  `customer ${customerId ?? "none"}, site ${siteId ?? "none"}`;
