import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import { type FoundTicket, requireTicket, type TicketWork } from "../ticket-work.ts";
import { type ApprovalLevel, mayApprove } from "./approval.ts";
import { releaseLine } from "./end-children.ts";
import { type HandOut, handOut, readyLines } from "./hand-out.ts";
import { requireLoan } from "./loans.ts";
import { clocksOfEnd } from "./parts-clocks.ts";
import { approveAndSource, commit, demandOf, sourceTicket, step } from "./parts-flow.ts";
import type { PartsLine } from "./parts-line.ts";
import { closeWhenSettled, usePieces } from "./reconcile-parts.ts";
import { stockFreed } from "./stock-arrived.ts";

/** @throws CodedError TICKET_UNKNOWN, TICKET_TRANSITION when it is not a parts ticket */
async function requireParts(work: TicketWork, ticketId: string): Promise<FoundTicket> {
  const found = await requireTicket(work.tx, ticketId);
  if (found.ticket.kind !== "parts")
    throw new CodedError("TICKET_TRANSITION", `${ticketId} is not a parts ticket`);
  return found;
}

/**
 * Agrees to a request; it is looked for at once.
 * @throws CodedError PARTS_APPROVAL_LEVEL when somebody above must agree
 */
export async function approveRequest(
  work: TicketWork,
  ticketId: string,
  by: { readonly level: ApprovalLevel; readonly reason: string },
): Promise<Ticket> {
  const found = await requireParts(work, ticketId);
  const { approval } = demandOf(found.ticket);
  if (!mayApprove(by.level, approval))
    throw new CodedError("PARTS_APPROVAL_LEVEL", `${ticketId} needs the approval of: ${approval}`);
  return (await approveAndSource(work, found, by.reason)).ticket;
}

/** Says no to a request, or ends one that nobody needs any more: what is kept for it is free again. */
export async function cancelRequest(
  work: TicketWork,
  ticketId: string,
  reason: string,
): Promise<Ticket> {
  const found = await requireParts(work, ticketId);
  const lines: PartsLine[] = [];
  for (const line of found.ticket.parts) lines.push(await releaseLine(work, line));
  const clocks = clocksOfEnd(found.ticket, work.at);
  const { ticket } = await step(work, found, { type: "cancel-parts", reason, lines, clocks });
  await stockFreed(work, found.ticket.parts, lines);
  return ticket;
}

/** Promises a date; the reply clock stops. */
export const commitDate = async (
  work: TicketWork,
  ticketId: string,
  commitAt: string,
): Promise<Ticket> =>
  (await commit(work, await requireParts(work, ticketId), new Date(commitAt).toISOString())).ticket;

/** Looks once more for what is backordered. */
export const sourceAgain = async (work: TicketWork, ticketId: string): Promise<Ticket> =>
  (await sourceTicket(work, await requireParts(work, ticketId))).ticket;

/**
 * Lays out what lies at the destination (reserved → ready).
 * @throws CodedError PARTS_NOT_READY when nothing does
 */
export async function layOut(work: TicketWork, ticketId: string): Promise<Ticket> {
  const found = await requireParts(work, ticketId);
  const after = await readyLines(work, found);
  if (after.ticket.version === found.ticket.version)
    throw new CodedError("PARTS_NOT_READY", `nothing of ${ticketId} is at its destination`);
  return after.ticket;
}

export const handOutParts = async (
  work: TicketWork,
  ticketId: string,
  to: HandOut,
): Promise<Ticket> => (await handOut(work, await requireParts(work, ticketId), to)).ticket;

/** Books pieces of a loan as fitted, for jobs whose report is on paper. */
export async function consumeLoan(
  work: TicketWork,
  loanId: string,
  use: { readonly quantity?: number | undefined; readonly reportLine: string },
): Promise<Ticket> {
  const loan = await requireLoan(work.tx, loanId);
  const quantity = use.quantity ?? loan.quantity - loan.used - loan.returned;
  return (await usePieces(work, loan, { quantity, reportLine: use.reportLine })).ticket;
}

/**
 * Closes what is settled.
 * @throws CodedError PARTS_OPEN while parts are out, or an old part is owed
 */
export async function closeRequest(work: TicketWork, ticketId: string): Promise<Ticket> {
  const found = await requireParts(work, ticketId);
  const after = await closeWhenSettled(work, found);
  if (after.ticket.version === found.ticket.version)
    throw new CodedError("PARTS_OPEN", `${ticketId} has parts that are out, or owes an old part`);
  return after.ticket;
}
