import type { Ticket } from "../ticket.ts";
import { type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { isOpen } from "../vocabulary.ts";
import { loanLines, readyLines } from "./hand-out.ts";
import { loadLoans } from "./loans.ts";
import { clocksOfEnd } from "./parts-clocks.ts";
import { step } from "./parts-flow.ts";
import { stateOfLines } from "./parts-lifecycle.ts";
import type { PartsLine } from "./parts-line.ts";
import { loadChildren, refuseParts } from "./parts-ticket.ts";
import { closeWhenSettled, usePieces } from "./reconcile-parts.ts";
import { release } from "./reservations.ts";
import { stockFreed } from "./stock-arrived.ts";
import { cancelTransfer, forgetTicket, requireTransfer } from "./transfers.ts";

/**
 * Ends the parts tickets of a ticket: parts used leave the stock, all others are free again. What is out on loan and was
 * not used stays open until it is back.
 * @throws CodedError TICKET_PARTS when a part was used that is not at hand for this ticket
 */
export async function endChildren(
  work: TicketWork,
  parent: Ticket,
  { partsUsed }: { readonly commandId: string; readonly partsUsed: readonly string[] },
): Promise<void> {
  const children = (await loadChildren(work, parent)).filter(({ ticket }) => isOpen(ticket.state));
  const atHand = children.flatMap(({ ticket }) =>
    ticket.parts
      .filter(({ state }) => state === "loaned" || state === "ready" || state === "reserved")
      .map(({ partNo }) => partNo),
  );
  const astray = partsUsed.filter((partNo) => !atHand.includes(partNo));
  if (astray.length > 0) refuseParts(parent, astray);
  const ended: FoundTicket[] = [];
  for (const child of children) ended.push(await endChild(work, child, { parent, partsUsed }));
  for (const [at, { ticket }] of ended.entries())
    await stockFreed(work, children[at]?.ticket.parts ?? [], ticket.parts);
}

/** All parts tickets of a ticket that was cancelled: whatever is kept for it is free again. */
export const releaseFor = (work: TicketWork, parent: Ticket, commandId: string): Promise<void> =>
  endChildren(work, parent, { commandId, partsUsed: [] });

async function endChild(
  work: TicketWork,
  found: FoundTicket,
  { parent, partsUsed }: { readonly parent: Ticket; readonly partsUsed: readonly string[] },
): Promise<FoundTicket> {
  let current = await useLines(work, found, { parent, partsUsed });
  if (!isOpen(current.ticket.state)) return current;
  const lines: PartsLine[] = [];
  for (const line of current.ticket.parts) lines.push(await releaseLine(work, line));
  if (stateOfLines(lines) === undefined) {
    const clocks = clocksOfEnd(current.ticket, work.at);
    const reason = `not needed for ${parent.ticketId}`;
    return step(work, current, { type: "cancel-parts", reason, lines, clocks });
  }
  if (lines.some((line, index) => line !== current.ticket.parts[index]))
    current = await step(work, current, { type: "move-parts", step: "parts-released", lines });
  return closeWhenSettled(work, current);
}

/** Hands out and books as fitted what was used; a reserved part that somebody fetched himself, where it lay. */
async function useLines(
  work: TicketWork,
  found: FoundTicket,
  { parent, partsUsed }: { readonly parent: Ticket; readonly partsUsed: readonly string[] },
): Promise<FoundTicket> {
  const isUsed = ({ partNo, state }: PartsLine) =>
    partsUsed.includes(partNo) && (state === "reserved" || state === "ready");
  const isOut = ({ partNo, state }: PartsLine) => partsUsed.includes(partNo) && state === "loaned";
  let current = found;
  if (found.ticket.parts.some(isUsed)) {
    await dropTransfers(work, found.ticket.parts.filter(isUsed));
    current = await readyLines(work, current, isUsed);
    current = await loanLines(work, current, {
      isMeant: ({ partNo }) => partsUsed.includes(partNo),
    });
  }
  if (!current.ticket.parts.some(isOut)) return current;
  const loans = await loadLoans(work.tx, { ticketId: found.ticket.ticketId });
  for (const loan of loans) {
    const quantity = loan.quantity - loan.used - loan.returned;
    if (quantity === 0 || !partsUsed.includes(loan.partNo)) continue;
    await usePieces(work, loan, { quantity, reportLine: `${parent.ticketId}/close` });
  }
  return requireTicket(work.tx, found.ticket.ticketId);
}

async function dropTransfers(work: TicketWork, lines: readonly PartsLine[]): Promise<void> {
  for (const { transferId } of lines) {
    const transfer = transferId && (await requireTransfer(work.tx, transferId));
    if (transfer && ["requested", "approved", "picked"].includes(transfer.state))
      await cancelTransfer(work, transfer, "fetched by the engineer", { keepsReservation: true });
  }
}

/** Frees whatever is kept for a line; what is out stays out. */
export async function releaseLine(work: TicketWork, line: PartsLine): Promise<PartsLine> {
  const { state, reservation, transferId } = line;
  if (["loaned", "consumed", "returned", "stocked", "released"].includes(state)) return line;
  if (transferId) {
    const transfer = await requireTransfer(work.tx, transferId);
    if (["requested", "approved", "picked"].includes(transfer.state))
      await cancelTransfer(work, transfer, "not needed any more");
    if (transfer.state === "in_transit") await forgetTicket(work, transferId);
  }
  if (reservation) await release(work, reservation.reservationId);
  return { ...line, state: "released" };
}
