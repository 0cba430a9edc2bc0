import { CodedError, errorCode } from "@firebreak/kit/coded-error.ts";
import type { Transaction } from "@firebreak/kit/database.ts";
import { enqueueNotices } from "../channels/notice.ts";
import { giveOrder } from "../orders/give-order.ts";
import { needsHumanFollowUp } from "../organisation/customer.ts";
import { customerKind } from "../organisation/file-kinds.ts";
import { findFile, type Reader } from "../organisation/file-store.ts";
import { loadPeople } from "../organisation/people.ts";
import { once, type ServiceWork } from "../service-work.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { loadTicket } from "../ticket-store.ts";
import type { TicketWork } from "../ticket-work.ts";
import { customersConfig } from "./customers-config.ts";
import type { CustomerTables } from "./customers-tables.ts";
import { type FollowUp, tierOf } from "./follow-up.ts";
import { cursorOf, parseCursor } from "./page-cursor.ts";
import { reportsOf, tablesOf } from "./report-store.ts";

/** Work on tickets in the same transaction, whose changes are told after the commit. */
export type BeginTickets = (work: ServiceWork) => TicketWork;

/**
 * Makes the follow-ups of tickets that have come to that point, and ends those whose ticket went on without. Again changes
 * nothing. Returns how many were made.
 */
export async function makeFollowUps(work: ServiceWork): Promise<number> {
  await endOvertaken(work);
  const rows = await work.tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["ticket_id", "body"])
    .where("is_open", "=", 1)
    .where("state", "=", "follow_up")
    .where("kind", "!=", "parts")
    .orderBy("ticket_id")
    .execute();
  const made = await roundsMade(
    work.tx,
    rows.map(({ ticket_id }) => ticket_id),
  );
  let count = 0;
  for (const { ticket_id, body } of rows) {
    const { reopenCount } = JSON.parse(body) as Pick<Ticket, "reopenCount">;
    if (made.has(`${ticket_id}/${reopenCount}`)) continue;
    const found = await loadTicket(work.tx, ticket_id);
    if (!found) continue;
    await makeFollowUp(work, found.ticket);
    count++;
  }
  return count;
}

/** As `ticket/round`. */
async function roundsMade(tx: Transaction, ticketIds: readonly string[]): Promise<Set<string>> {
  const made = new Set<string>();
  for (let at = 0; at < ticketIds.length; at += 500) {
    const rows = await tablesOf(tx)
      .selectFrom("follow_ups")
      .select(["ticket_id", "round"])
      .where("ticket_id", "in", ticketIds.slice(at, at + 500))
      .where("state", "!=", "cancelled")
      .execute();
    for (const { ticket_id, round } of rows) made.add(`${ticket_id}/${round}`);
  }
  return made;
}

/** Of a ticket that closed by itself or was opened again meanwhile, nobody asks any more. */
async function endOvertaken({ tx }: ServiceWork): Promise<void> {
  const tables = tx.tables<TicketTables & CustomerTables>();
  await tables
    .updateTable("follow_ups")
    .set({ state: "cancelled" })
    .where("state", "=", "open")
    .where("ticket_id", "not in", (waiting) =>
      waiting.selectFrom("tickets").select("tickets.ticket_id").where("state", "=", "follow_up"),
    )
    .execute();
}

async function makeFollowUp(work: ServiceWork, ticket: Ticket): Promise<void> {
  const { tx, ids, at, nowMs } = work;
  const { ticketId, regionId, stationId, machineId, customerId, priority } = ticket;
  const { mode, reasons } = tierOf(ticket, await customerOf(tx, ticket));
  const { humanFollowUpMs, automatedFollowUpMs } = customersConfig;
  const dueMs = nowMs + (mode === "human" ? humanFollowUpMs : automatedFollowUpMs);
  const followUp: FollowUp = {
    followUpId: ids.rowId(),
    ticketId,
    round: ticket.reopenCount,
    mode,
    reasons,
    state: "open",
    regionId,
    stationId,
    ...(machineId === undefined ? {} : { machineId }),
    ...(customerId === undefined ? {} : { customerId }),
    createdAt: at,
    dueAt: new Date(dueMs).toISOString(),
  };
  await tablesOf(tx)
    .deleteFrom("follow_ups")
    .where("ticket_id", "=", ticketId)
    .where("round", "=", followUp.round)
    .where("state", "=", "cancelled")
    .execute();
  await tablesOf(tx).insertInto("follow_ups").values(toRow(followUp)).execute();
  if (mode === "human")
    await enqueueNotices(work, [
      {
        kind: "follow-up-due",
        audience: { to: "role", role: "dispatcher" },
        priority,
        ticketId,
        ...(machineId === undefined ? {} : { machineId }),
        facts: { round: followUp.round },
      },
    ]);
}

async function customerOf(tx: Transaction, ticket: Ticket) {
  const { customerId, ticketId } = ticket;
  const file = customerId === undefined ? undefined : await findFile(tx, customerKind, customerId);
  const reports = await reportsOf(tx, ticketId);
  const contacts = [
    ...(file?.file.contactIds ?? []),
    ...reports.flatMap(({ contactId }) => contactId ?? []),
  ];
  const people = await loadPeople(tx, contacts);
  return {
    isHighValue: file !== undefined && needsHumanFollowUp(file.file),
    isReachable: [...people.values()].some(({ phone, email }) => phone ?? email),
  };
}

/**
 * What the customer said. Solved ends the ticket, not solved opens it again; who is not reached is called again.
 * @throws CodedError FOLLOW_UP_UNKNOWN, FOLLOW_UP_STATE; TICKET_TRANSITION and TICKET_GUARD of the ticket
 */
export const finishFollowUp = (
  service: ServiceWork,
  order: {
    readonly followUpId: string;
    readonly outcome: NonNullable<FollowUp["outcome"]>;
    readonly note: string;
    readonly commandId: string;
  },
  begin: BeginTickets,
): Promise<FollowUp> => {
  const { followUpId, outcome, note, commandId } = order;
  return once(service, { commandId, name: "follow-up.finish", subject: followUpId }, async () => {
    const before = await requireFollowUp(service.tx, followUpId);
    if (before.state !== "open")
      throw new CodedError("FOLLOW_UP_STATE", `this follow-up is ${before.state}`);
    const isReached = outcome !== "not_reached";
    const after: FollowUp = {
      ...before,
      ...(isReached ? { state: "done", doneAt: service.at } : {}),
      agentId: service.actor.id,
      outcome,
      note,
    };
    await tablesOf(service.tx)
      .updateTable("follow_ups")
      .set(toRow(after))
      .where("follow_up_id", "=", followUpId)
      .execute();
    await pass(begin(service), after, `follow-up/${commandId}`);
    return after;
  });
};

/** Transitions 22 and 23. A ticket that parts or loans hold open (TK-5) closes by itself when they are back. */
async function pass(
  work: TicketWork,
  { ticketId, outcome, note = "" }: FollowUp,
  commandId: string,
): Promise<void> {
  if (outcome === "not_solved")
    await giveOrder(work, ticketId, { type: "reopen", reason: note }, commandId);
  if (outcome !== "solved") return;
  try {
    await giveOrder(work, ticketId, { type: "follow-up-done", note }, commandId);
  } catch (error) {
    if (errorCode(error) !== "TICKET_GUARD") throw error;
  }
}

async function requireFollowUp(reader: Reader, followUpId: string): Promise<FollowUp> {
  const row = await tablesOf(reader)
    .selectFrom("follow_ups")
    .select("body")
    .where("follow_up_id", "=", followUpId)
    .executeTakeFirst();
  if (!row) throw new CodedError("FOLLOW_UP_UNKNOWN", `there is no follow-up ${followUpId}`);
  return JSON.parse(row.body) as FollowUp;
}

function toRow(followUp: FollowUp): CustomerTables["follow_ups"] {
  return {
    follow_up_id: followUp.followUpId,
    ticket_id: followUp.ticketId,
    round: followUp.round,
    mode: followUp.mode,
    state: followUp.state,
    region_id: followUp.regionId,
    station_id: followUp.stationId,
    created_at: followUp.createdAt,
    due_at: followUp.dueAt,
    done_at: followUp.doneAt ?? null,
    body: JSON.stringify(followUp),
  };
}

export interface FollowUpQuery {
  readonly state?: FollowUp["state"];
  readonly mode?: FollowUp["mode"];
  readonly ticketId?: string;
  readonly limit: number;
  readonly after?: string;
}

/** The earliest due first. */
export async function loadFollowUps(
  reader: Reader,
  { state, mode, ticketId, limit, after }: FollowUpQuery,
): Promise<{ readonly items: FollowUp[]; readonly next: string | null }> {
  let query = tablesOf(reader)
    .selectFrom("follow_ups")
    .select(["body", "state", "due_at", "follow_up_id"])
    .orderBy("due_at")
    .orderBy("follow_up_id")
    .limit(limit + 1);
  if (state !== undefined) query = query.where("state", "=", state);
  if (mode !== undefined) query = query.where("mode", "=", mode);
  if (ticketId !== undefined) query = query.where("ticket_id", "=", ticketId);
  if (after !== undefined) {
    const [dueAt, id] = parseCursor(after);
    query = query.where(({ or, and, eb }) =>
      or([eb("due_at", ">", dueAt), and([eb("due_at", "=", dueAt), eb("follow_up_id", ">", id)])]),
    );
  }
  const rows = await query.execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    // An overtaken one changes its state alone.
    items: shown.map((row) => ({
      ...(JSON.parse(row.body) as FollowUp),
      state: row.state as FollowUp["state"],
    })),
    next: last ? cursorOf(last.due_at, last.follow_up_id) : null,
  };
}
