import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import { type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { isOpen } from "../vocabulary.ts";
import { handOut } from "./hand-out.ts";
import { loadLoans, type PartLoan, requireLoan, returnCore, returnLoan, useLoan } from "./loans.ts";
import { clocksOfEnd } from "./parts-clocks.ts";
import type { PartsStep } from "./parts-events.ts";
import { demandOf, step } from "./parts-flow.ts";
import type { PartsLine } from "./parts-line.ts";
import { loadChildren, refuseParts, requestParts } from "./parts-ticket.ts";
import { stockArrived } from "./stock-arrived.ts";
import { findItem } from "./stock-levels.ts";
import { vehicleOf } from "./stock-locations.ts";

/** One part that a service report says was fitted. */
export interface PartUsed {
  readonly partNo: string;
  readonly quantity: number;
  /** Of the service report (SK-4), such as `<reportId>/1`. */
  readonly reportLine: string;
}

const stillOut = ({ quantity, used, returned }: PartLoan): number => quantity - used - returned;

/**
 * Books what a report says was fitted against what was handed out for the job (SR-2). What was not handed out is taken
 * from the engineer's vehicle. Returns the loans that are still out: they are to be brought back.
 * @throws CodedError TICKET_PARTS when a part was neither handed out nor on board
 */
export async function reconcileParts(
  work: TicketWork,
  parent: FoundTicket,
  report: {
    readonly commandId: string;
    readonly partsUsed: readonly PartUsed[];
    readonly engineerId?: string;
  },
): Promise<PartLoan[]> {
  for (const used of report.partsUsed) {
    const rest = await useLoansOf(work, parent.ticket, used);
    if (rest > 0)
      await useFromVehicle(work, parent, { ...report, used: { ...used, quantity: rest } });
  }
  const loans = await loadLoans(work.tx, { parentId: parent.ticket.ticketId });
  return loans.filter((loan) => stillOut(loan) > 0);
}

/** What is left to be found elsewhere. */
async function useLoansOf(work: TicketWork, parent: Ticket, used: PartUsed): Promise<number> {
  let rest = used.quantity;
  const loans = await loadLoans(work.tx, { parentId: parent.ticketId });
  for (const loan of loans.filter((one) => one.partNo === used.partNo)) {
    const quantity = Math.min(rest, stillOut(loan));
    if (quantity === 0) continue;
    await usePieces(work, loan, { quantity, reportLine: used.reportLine });
    rest -= quantity;
  }
  return rest;
}

/** Books pieces of a loan as fitted, on the loan and on its parts ticket. */
export async function usePieces(
  work: TicketWork,
  loan: PartLoan,
  use: { readonly quantity: number; readonly reportLine: string },
): Promise<FoundTicket> {
  const found = await requireTicket(work.tx, loan.ticketId);
  const { isInWarranty } = demandOf(found.ticket);
  return settleLoan(work, found, await useLoan(work, loan, { ...use, isInWarranty }), "parts-used");
}

async function useFromVehicle(
  work: TicketWork,
  parent: FoundTicket,
  report: { readonly commandId: string; readonly used: PartUsed; readonly engineerId?: string },
): Promise<void> {
  const { used, engineerId, commandId } = report;
  const { partNo, quantity } = used;
  const vehicle = engineerId === undefined ? undefined : await vehicleOf(work.tx, engineerId);
  const item = vehicle && (await findItem(work.tx, partNo, vehicle.locationId));
  if (!vehicle || !item || item.onHand - item.reserved < quantity)
    refuseParts(parent.ticket, [partNo]);
  const { ticket, key } = await requireTicket(work.tx, parent.ticket.ticketId);
  const child = await requestParts(work, { ticket, key }, [{ partNo, quantity }], {
    commandId: `${commandId}/${partNo}`,
    isPreapproved: true,
    reason: "fitted from the vehicle",
    destinationId: vehicle.locationId,
    ...(engineerId === undefined ? {} : { engineerId }),
  });
  if (!child) refuseParts(parent.ticket, [partNo]);
  await handOut(work, await requireTicket(work.tx, child.ticketId), { engineerId });
  const rest = await useLoansOf(work, parent.ticket, used);
  if (rest > 0) refuseParts(parent.ticket, [partNo]);
}

/** Brings unused pieces of a loan back into stock. */
export async function returnPieces(
  work: TicketWork,
  loanId: string,
  back: { readonly quantity?: number | undefined; readonly locationId?: string | undefined },
): Promise<FoundTicket> {
  const loan = await requireLoan(work.tx, loanId);
  const quantity = back.quantity ?? stillOut(loan);
  const after = await returnLoan(work, loan, { ...back, quantity });
  const found = await requireTicket(work.tx, loan.ticketId);
  const settled = await settleLoan(work, found, after, "parts-returned");
  await stockArrived(work, loan.partNo);
  return settled;
}

/** The old part of a loan in warranty is back. */
export async function returnOldPart(work: TicketWork, loanId: string): Promise<FoundTicket> {
  const loan = await returnCore(work, await requireLoan(work.tx, loanId));
  const found = await requireTicket(work.tx, loan.ticketId);
  return settleLoan(work, found, loan, "old-part-returned");
}

/** Brings a loan's line up to date, and closes the ticket when nothing of it is open any more. */
async function settleLoan(
  work: TicketWork,
  found: FoundTicket,
  loan: PartLoan,
  stepName: PartsStep,
): Promise<FoundTicket> {
  if (!isOpen(found.ticket.state))
    throw new CodedError("TICKET_TRANSITION", `${found.ticket.ticketId} is over`);
  const lines = found.ticket.parts.map((line): PartsLine => {
    if (!line.loanIds?.includes(loan.loanId)) return line;
    const isBack = stillOut(loan) === 0;
    const state = !isBack ? "loaned" : loan.used > 0 ? "consumed" : "returned";
    return { ...line, state, usedQuantity: loan.used };
  });
  const moved = await step(work, found, { type: "move-parts", step: stepName, lines });
  return closeWhenSettled(work, moved);
}

const over: readonly PartsLine["state"][] = ["consumed", "returned", "stocked", "released"];

/** Closed when every line is over and no old part is owed. */
export async function closeWhenSettled(work: TicketWork, found: FoundTicket): Promise<FoundTicket> {
  const { ticketId, parts } = found.ticket;
  if (!parts.every(({ state }) => over.includes(state))) return found;
  const loans = await loadLoans(work.tx, { ticketId });
  if (loans.some(({ state }) => state !== "closed")) return found;
  const note = parts.some(({ state }) => state === "consumed") ? "used" : "not needed";
  const clocks = clocksOfEnd(found.ticket, work.at);
  return step(work, found, { type: "close-parts", note, lines: parts, clocks });
}

/** Open loans and parts tickets of a job: what closing it has to wait for (TK-5). */
export interface PartsSettlement {
  readonly isSettled: boolean;
  readonly openTickets: readonly string[];
  readonly openLoans: readonly PartLoan[];
}

export async function partsSettled(
  work: Pick<TicketWork, "tx">,
  parent: Pick<Ticket, "ticketId" | "childIds">,
): Promise<PartsSettlement> {
  const children = await loadChildren(work, parent);
  const openTickets = children
    .filter(({ ticket }) => isOpen(ticket.state))
    .map(({ ticket }) => ticket.ticketId);
  const loans = await loadLoans(work.tx, { parentId: parent.ticketId });
  const openLoans = loans.filter(({ state }) => state !== "closed");
  return {
    isSettled: openTickets.length === 0 && openLoans.length === 0,
    openTickets,
    openLoans,
  };
}
