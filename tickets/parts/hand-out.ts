import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import type { FoundTicket, TicketWork } from "../ticket-work.ts";
import { isOpen } from "../vocabulary.ts";
import { openLoan } from "./loans.ts";
import { clocksOfArrival } from "./parts-clocks.ts";
import type { PartsDemand } from "./parts-demand.ts";
import { demandOf, step } from "./parts-flow.ts";
import { stateOfLines } from "./parts-lifecycle.ts";
import type { PartsLine } from "./parts-line.ts";
import { loadChildren } from "./parts-ticket.ts";
import { findReservation, pick } from "./reservations.ts";

/** A found line whose part needs no journey: it lies at the destination, or in the engineer's vehicle. */
export const isAtHand = (line: PartsLine, demand: PartsDemand): boolean =>
  line.state === "ready" ||
  (line.state === "reserved" &&
    line.reservation !== undefined &&
    (line.source?.kind === "vehicle" || line.reservation.stationId === demand.destinationId));

/** Supply and delivery are done once every line is there, or further. Pure. */
export const arrivalClocks = (ticket: Ticket, lines: readonly PartsLine[], at: string) => {
  const state = stateOfLines(lines);
  const isThere =
    state !== undefined && ["ready", "loaned", "consumed", "returned"].includes(state);
  return isThere ? clocksOfArrival(ticket, at) : [];
};

/** Lays out what lies at hand, or what is meant: picked, so that nobody takes it away (reserved → ready). */
export async function readyLines(
  work: TicketWork,
  found: FoundTicket,
  isMeant: (line: PartsLine) => boolean = (line) => isAtHand(line, demandOf(found.ticket)),
): Promise<FoundTicket> {
  const lines: PartsLine[] = [];
  for (const line of found.ticket.parts) {
    const { reservation } = line;
    if (line.state !== "reserved" || !reservation || !isMeant(line)) lines.push(line);
    else {
      await pickOnce(work, reservation.reservationId);
      lines.push({ ...line, state: "ready" });
    }
  }
  if (lines.every((line, index) => line === found.ticket.parts[index])) return found;
  const clocks = arrivalClocks(found.ticket, lines, work.at);
  return step(work, found, { type: "move-parts", step: "parts-ready", lines, clocks });
}

async function pickOnce(work: TicketWork, reservationId: string): Promise<void> {
  if ((await findReservation(work.tx, reservationId))?.state === "active")
    await pick(work, reservationId);
}

export interface HandOut {
  readonly engineerId?: string | undefined;
  /** To the customer, who fits it himself. */
  readonly isIssue?: boolean;
  /** Absent: every line. */
  readonly isMeant?: (line: PartsLine) => boolean;
}

/** Hands out every line that is ready, as loans (ready → loaned). */
export async function loanLines(
  work: TicketWork,
  found: FoundTicket,
  { engineerId, isIssue = false, isMeant = () => true }: HandOut,
): Promise<FoundTicket> {
  const { ticketId, parentId } = found.ticket;
  const lines: PartsLine[] = [];
  for (const line of found.ticket.parts) {
    const { reservation, partNo, quantity } = line;
    if (line.state !== "ready" || !reservation || !isMeant(line)) {
      lines.push(line);
      continue;
    }
    const loanId = await openLoan(work, {
      ticketId,
      parentId,
      engineerId: engineerId ?? demandOf(found.ticket).engineerId,
      partNo,
      quantity,
      locationId: reservation.stationId,
      reservationId: reservation.reservationId,
      isIssue,
    });
    lines.push({ ...line, state: "loaned", loanIds: [...(line.loanIds ?? []), loanId] });
  }
  if (lines.every((line, index) => line === found.ticket.parts[index])) return found;
  return step(work, found, { type: "move-parts", step: "parts-loaned", lines });
}

/**
 * Hands out what is at hand of one parts ticket.
 * @throws CodedError PARTS_NOT_READY when nothing is
 */
export async function handOut(
  work: TicketWork,
  found: FoundTicket,
  to: HandOut,
): Promise<FoundTicket> {
  const after = await loanLines(work, await readyLines(work, found), to);
  if (after.ticket.version === found.ticket.version)
    throw new CodedError("PARTS_NOT_READY", `nothing of ${found.ticket.ticketId} is at hand`);
  return after;
}

export interface DepartureParts {
  /** Handed out: the engineer has them. */
  readonly loaned: readonly PartsLine[];
  /** Asked for and not at hand. */
  readonly missing: readonly PartsLine[];
}

/** When the engineer departs: everything at hand for the job is his, and what is missing is named. */
export async function openLoans(
  work: TicketWork,
  parent: Pick<Ticket, "childIds">,
  to: HandOut,
): Promise<DepartureParts> {
  const loaned: PartsLine[] = [];
  const missing: PartsLine[] = [];
  for (const found of await loadChildren(work, parent)) {
    if (!isOpen(found.ticket.state)) continue;
    const { ticket } = ["reserved", "in_transit", "ready", "backordered", "loaned"].includes(
      found.ticket.state,
    )
      ? await loanLines(work, await readyLines(work, found), to)
      : found;
    loaned.push(...ticket.parts.filter(({ state }) => state === "loaned"));
    missing.push(...ticket.parts.filter(({ state }) => isMissing(state)));
  }
  return { loaned, missing };
}

const isMissing = (state: PartsLine["state"]): boolean =>
  ["requested", "backordered", "reserved", "in_transit"].includes(state);
