import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { type DueStep, duesOf } from "./lifecycle/next-due.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import { assignByItself } from "./orders/assign-ticket.ts";
import { blockersOf } from "./orders/resolve-order.ts";
import { requestLoaner } from "./parts/loaner.ts";
import { needsLoaner } from "./sla/clock-levels.ts";
import type { TicketTables } from "./tables.ts";
import type { Ticket } from "./ticket.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "./ticket-work.ts";

export interface TickReport {
  /** Tickets that were looked at. */
  readonly done: number;
  /** Tickets whose turn failed, by id; they are tried again in a later run. */
  readonly failed: readonly { readonly ticketId: string; readonly error: unknown }[];
  /** True when more are due than one run takes. */
  readonly isMore: boolean;
}

export interface TickOptions {
  readonly db: Database;
  readonly begin: (tx: Transaction) => TicketWork;
  readonly policy?: WorkPolicy;
  /** Tickets per run. */
  readonly limit?: number;
}

/**
 * Does what tickets want done by themselves by now: release, overdue, assignment, acceptance time-out, clock levels,
 * reminders, closing. One transaction per ticket, so that a kill loses nothing and repeats nothing.
 */
export async function tickTickets(nowMs: number, options: TickOptions): Promise<TickReport> {
  const { db, begin, policy = workPolicy, limit = 200 } = options;
  const now = new Date(nowMs).toISOString();
  const rows = await db
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("next_due_at", "<=", now)
    .orderBy("next_due_at")
    .orderBy("ticket_id")
    .limit(limit + 1)
    .execute();
  const failed: { ticketId: string; error: unknown }[] = [];
  const due = rows.slice(0, limit);
  for (const { ticket_id: ticketId } of due)
    try {
      await db.transaction(async (tx) => doDue(begin(tx), ticketId, policy));
    } catch (error) {
      failed.push({ ticketId, error });
      await putOff(db, ticketId, nowMs);
    }
  return { done: due.length, failed, isMore: rows.length > limit };
}

/** Engineering default. */
const PUT_OFF_MS = 5 * 60_000;

/** So that one that fails does not keep the others from their turn. */
const putOff = (db: Database, ticketId: string, nowMs: number): Promise<void> =>
  db.transaction(async (tx) => {
    await tx
      .tables<TicketTables>()
      .updateTable("tickets")
      .set({ next_due_at: new Date(nowMs + PUT_OFF_MS).toISOString() })
      .where("ticket_id", "=", ticketId)
      .execute();
  });

/** What is due of one ticket, earliest first. */
async function doDue(work: TicketWork, ticketId: string, policy: WorkPolicy): Promise<void> {
  const seen = new Set<DueStep>();
  for (;;) {
    const found = await requireTicket(work.tx, ticketId);
    const next = duesOf(found.ticket, policy).find(
      ({ step, at }) => at <= work.at && !seen.has(step),
    );
    if (!next) return;
    seen.add(next.step);
    await doStep(work, found, next.step);
  }
}

async function doStep(work: TicketWork, found: FoundTicket, step: DueStep): Promise<void> {
  const { ticket } = found;
  const commandId = `tick/${step}/${ticket.ticketId}/${ticket.version}`;
  switch (step) {
    case "release":
      await carryOut(work, found, { type: "release", commandId });
      return;
    case "overdue":
      await carryOut(work, found, {
        type: "raise-priority",
        priority: "general",
        reason: "due window passed",
        commandId,
      });
      return;
    case "assign":
      await assignByItself(work, found, commandId);
      return;
    case "time-out-acceptance":
      await timeOut(work, found, commandId);
      return;
    case "clocks":
      await advance(work, found, commandId);
      return;
    case "remind-hold":
      await carryOut(work, found, { type: "remind-hold", commandId });
      return;
    case "auto-close":
      await closeByItself(work, found, commandId);
      return;
  }
}

/** ES-2: to the next engineer, if it was given out by itself or cannot wait. */
async function timeOut(work: TicketWork, found: FoundTicket, commandId: string): Promise<void> {
  const { policy = workPolicy } = work;
  const wasAutomatic = found.ticket.assignment?.isAutomatic ?? false;
  const ticket = await carryOut(work, found, { type: "time-out-acceptance", commandId });
  if (policy.assignsItself && (wasAutomatic || ticket.priority === "emergency"))
    await assignByItself(work, { ticket, key: found.key }, `${commandId}/next`);
}

async function advance(work: TicketWork, found: FoundTicket, commandId: string): Promise<void> {
  const ticket = await carryOut(work, found, { type: "advance-clocks", commandId });
  if (!isLoanerDue(ticket, commandId)) return;
  const { key } = found;
  const order = { type: "request-loaner", commandId: `${commandId}/loaner` } as const;
  await requestLoaner(work, { ticket: await carryOut(work, { ticket, key }, order), key });
}

/** O-07: exactly once, when a repair in warranty has just overrun its turnaround. */
function isLoanerDue(ticket: Ticket, commandId: string): boolean {
  const { workshop, sla, timeline } = ticket;
  if (!workshop || workshop.loanerRequestedAt !== undefined) return false;
  return timeline.some((event) => {
    if (event.commandId !== commandId || event.type !== "clock-levels-reached") return false;
    const clock = sla.find(({ clockId }) => clockId === event.clockId);
    return clock !== undefined && needsLoaner(clock, event.levels, workshop.isInWarranty);
  });
}

/** TK-5. */
async function closeByItself(
  work: TicketWork,
  found: FoundTicket,
  commandId: string,
): Promise<void> {
  const blockers = await blockersOf(work, found.ticket);
  await carryOut(
    work,
    found,
    blockers.length > 0
      ? { type: "note-blocked", blockers, commandId }
      : { type: "auto-close", note: "nobody objected in time", blockers, commandId },
  );
}
