import type { TicketTables } from "../tables.ts";
import { carryOut, requireTicket, type TicketWork } from "../ticket-work.ts";
import type { MachineMove } from "./put-machine.ts";

/**
 * Leaves a note on each open inspection and repair of a machine that went to another customer or site: the ticket stays
 * with the customer it was opened for, and whoever works on it hears where the machine is now.
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
  for (const { ticket_id: ticketId } of rows)
    await carryOut(work, await requireTicket(work.tx, ticketId), {
      type: "note",
      note: `machine-moved ${textOf(move.from)} -> ${textOf(move.to)}`,
      commandId: `machine-moved/${work.ids.rowId()}`,
    });
}

/** Ids only: names can be erased, notes cannot. */
const textOf = ({ customerId, siteId }: MachineMove["from"]): string =>
  `customer ${customerId ?? "none"}, site ${siteId ?? "none"}`;
