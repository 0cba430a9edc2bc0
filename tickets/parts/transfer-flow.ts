import { enqueueNotices } from "../channels/notice.ts";
import { type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { isOpen } from "../vocabulary.ts";
import { arrivalClocks } from "./hand-out.ts";
import { clocksOfEnd } from "./parts-clocks.ts";
import type { PartsStep } from "./parts-events.ts";
import { about, claimOf, demandOf, lookAgain, step } from "./parts-flow.ts";
import type { PartsLine } from "./parts-line.ts";
import { reservePicked } from "./reservations.ts";
import { reservationAt } from "./source-line.ts";
import { stockArrived } from "./stock-arrived.ts";
import { ensureItem } from "./stock-levels.ts";
import { requireLocation } from "./stock-locations.ts";
import {
  cancelTransfer,
  loseTransfer,
  receiveTransfer,
  requireTransfer,
  sendTransfer,
  type Transfer,
} from "./transfers.ts";

/** The open parts ticket a transfer is for, if it still is for one. */
async function ticketOf(
  work: TicketWork,
  { ticketId }: Transfer,
): Promise<FoundTicket | undefined> {
  if (ticketId === undefined) return undefined;
  const found = await requireTicket(work.tx, ticketId);
  return isOpen(found.ticket.state) ? found : undefined;
}

const linesWith = (
  { ticket }: FoundTicket,
  { transferId }: Transfer,
  change: (line: PartsLine) => PartsLine,
): PartsLine[] =>
  ticket.parts.map((line) => (line.transferId === transferId ? change(line) : line));

async function moveLines(
  work: TicketWork,
  found: FoundTicket,
  move: { readonly step: PartsStep; readonly lines: readonly PartsLine[] },
): Promise<FoundTicket> {
  const clocks = arrivalClocks(found.ticket, move.lines, work.at);
  return step(work, found, { type: "move-parts", ...move, clocks });
}

/** The pieces leave; their parts ticket knows that they are on the way. */
export async function send(work: TicketWork, transferId: string): Promise<Transfer> {
  const transfer = await sendTransfer(work, await requireTransfer(work.tx, transferId));
  const found = await ticketOf(work, transfer);
  if (!found) return transfer;
  const lines = linesWith(found, transfer, (line) => {
    const { reservation: _left, ...rest } = line;
    return { ...rest, state: "in_transit" };
  });
  await moveLines(work, found, { step: "parts-sent", lines });
  return transfer;
}

/** The pieces are there: kept for their ticket, or free stock. */
export async function receive(work: TicketWork, transferId: string): Promise<Transfer> {
  const transfer = await receiveTransfer(work, await requireTransfer(work.tx, transferId));
  const found = await ticketOf(work, transfer);
  if (found && demandOf(found.ticket).purpose === "replenishment")
    await stockUp(work, found, transfer);
  else if (found) {
    await keepFor(work, found, transfer);
    return transfer;
  }
  await stockArrived(work, transfer.partNo);
  return transfer;
}

async function keepFor(work: TicketWork, found: FoundTicket, transfer: Transfer): Promise<void> {
  const { partNo, toId, quantity } = transfer;
  const { ticketId } = found.ticket;
  const reservationId = await reservePicked(work, {
    partNo,
    locationId: toId,
    quantity,
    ticketId,
    claim: claimOf(found.ticket),
  });
  const location = await requireLocation(work.tx, toId);
  const { bin } = await ensureItem(work, partNo, toId);
  const lines = linesWith(found, transfer, (line) => ({
    ...line,
    state: "ready",
    reservation: reservationAt(reservationId, location, bin),
  }));
  const { ticket } = await moveLines(work, found, { step: "parts-received", lines });
  const { engineerId } = demandOf(ticket);
  await enqueueNotices(work, [
    about(ticket, "parts-ready", "dispatcher", { parts: partNo, location: toId }),
    ...(engineerId === undefined
      ? []
      : [
          {
            ...about(ticket, "parts-ready", "engineer", { parts: partNo, location: toId }),
            audience: { to: "engineer", engineerId } as const,
          },
        ]),
  ]);
}

/** Stocking up is over when the pieces are on the shelf. */
async function stockUp(work: TicketWork, found: FoundTicket, transfer: Transfer): Promise<void> {
  const lines = linesWith(found, transfer, (line) => ({ ...line, state: "stocked" }));
  if (!lines.every(({ state }) => state === "stocked" || state === "released")) return;
  const clocks = clocksOfEnd(found.ticket, work.at);
  await step(work, found, { type: "close-parts", note: "in stock", lines, clocks });
}

/** The pieces will never come: booked as a loss, and looked for afresh. */
export async function lose(
  work: TicketWork,
  transferId: string,
  reason: string,
): Promise<Transfer> {
  const transfer = await loseTransfer(work, await requireTransfer(work.tx, transferId), reason);
  await searchAnew(work, transfer);
  return transfer;
}

/** Somebody said no before it left: the place is free of it, and the part is looked for elsewhere. */
export async function cancel(
  work: TicketWork,
  transferId: string,
  reason: string,
): Promise<Transfer> {
  const transfer = await cancelTransfer(work, await requireTransfer(work.tx, transferId), reason);
  await searchAnew(work, transfer, [transfer.fromId]);
  return transfer;
}

async function searchAnew(work: TicketWork, transfer: Transfer, except?: readonly string[]) {
  const found = await ticketOf(work, transfer);
  if (!found) return;
  await lookAgain(work, found, {
    step: "parts-lost",
    isMeant: ({ transferId }) => transferId === transfer.transferId,
    ...(except ? { except } : {}),
  });
}
