import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { rememberCode } from "./customers/codes.ts";
import { saveKpiRow } from "./kpi/kpi-store.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import type { TicketTables } from "./tables.ts";
import type { Ticket, TicketSummary } from "./ticket.ts";
import type { TicketEvent } from "./ticket-event.ts";
import { conditionsOf } from "./ticket-filter.ts";
import { rowOf } from "./ticket-row.ts";
import type { TicketPage, TicketQuery } from "./ticket-service.ts";

/** Both see the same tables: one what is committed, the other its own writes too. */
export type Reader = Pick<Database | Transaction, "tables">;

const tablesOf = (reader: Reader) => reader.tables<TicketTables>();

/** Writes a ticket and the events that made it what it is now; `key`: of its problem. */
export async function saveTicket(
  tx: Transaction,
  { before, after, key }: { before?: Ticket; after: Ticket; key: string },
  policy: WorkPolicy = workPolicy,
): Promise<void> {
  const row = rowOf(after, key, policy);
  const { ticketId } = after;
  if (before) {
    const { numUpdatedRows } = await tablesOf(tx)
      .updateTable("tickets")
      .set(row)
      .where("ticket_id", "=", ticketId)
      .where("version", "=", before.version)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n)
      throw new CodedError("TICKET_CHANGED", `${ticketId} was changed meanwhile`, {
        retryable: true,
      });
  } else {
    await tablesOf(tx)
      .insertInto("tickets")
      .values({ ticket_id: ticketId, ...row })
      .execute();
    if (after.kind !== "parts") await rememberCode(tx, after.progressCode, { ticketId });
  }
  for (const event of after.timeline.slice(before?.version ?? 0))
    await tablesOf(tx)
      .insertInto("ticket_events")
      .values({ ticket_id: ticketId, seq: event.seq, body: JSON.stringify(event) })
      .execute();
  await saveKpiRow(tx, after, { since: before?.version ?? 0 });
}

export async function loadTicket(
  reader: Reader,
  ticketId: string,
): Promise<{ ticket: Ticket; key: string } | undefined> {
  const row = await tablesOf(reader)
    .selectFrom("tickets")
    .select(["body", "problem_key"])
    .where("ticket_id", "=", ticketId)
    .executeTakeFirst();
  if (!row) return undefined;
  const [ticket] = await withTimelines(reader, [row.body]);
  return ticket && { ticket, key: row.problem_key };
}

export async function findOpenTicket(tx: Transaction, key: string): Promise<Ticket | undefined> {
  const row = await tablesOf(tx)
    .selectFrom("tickets")
    .select("body")
    .where("open_key", "=", key)
    .executeTakeFirst();
  const [ticket] = row ? await withTimelines(tx, [row.body]) : [];
  return ticket;
}

/** The newest ticket of a problem that people closed at `since` or later. */
export async function findClosedSince(
  tx: Transaction,
  key: string,
  since: string,
): Promise<string | undefined> {
  const row = await tablesOf(tx)
    .selectFrom("tickets")
    .select("ticket_id")
    .where("problem_key", "=", key)
    .where("state", "=", "closed")
    .where("closed_at", ">=", since)
    .orderBy("closed_at", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.ticket_id;
}

export async function findCommand(
  reader: Reader,
  commandId: string,
): Promise<{ ticketId: string; name: string } | undefined> {
  const row = await tablesOf(reader)
    .selectFrom("ticket_commands")
    .selectAll()
    .where("command_id", "=", commandId)
    .executeTakeFirst();
  return row && { ticketId: row.ticket_id, name: row.name };
}

export async function saveCommand(
  tx: Transaction,
  command: { readonly commandId: string; readonly ticketId: string; readonly name: string },
): Promise<void> {
  const { commandId, ticketId, name } = command;
  await tablesOf(tx)
    .insertInto("ticket_commands")
    .values({ command_id: commandId, ticket_id: ticketId, name })
    .execute();
}

const MAX_PAGE = 200;

/** Newest first; pages are cut by (created, id), so that new tickets do not shift them. */
export async function loadPage(
  reader: Reader,
  { limit, after, ...filter }: TicketQuery,
): Promise<TicketPage> {
  const size = Math.min(Math.max(1, limit), MAX_PAGE);
  let query = tablesOf(reader)
    .selectFrom("tickets")
    .select(["ticket_id", "created_at", "body"])
    .where((where) => where.and(conditionsOf(where, filter)))
    .orderBy("created_at", "desc")
    .orderBy("ticket_id", "desc")
    .limit(size + 1);
  if (after !== undefined) {
    const [createdAt, ticketId] = parseCursor(after);
    query = query.where((where) =>
      where.or([
        where("created_at", "<", createdAt),
        where.and([where("created_at", "=", createdAt), where("ticket_id", "<", ticketId)]),
      ]),
    );
  }
  const rows = await query.execute();
  const shown = rows.slice(0, size);
  const last = rows.length > size ? shown.at(-1) : undefined;
  return {
    items: shown.map(({ body }) => JSON.parse(body) as TicketSummary),
    next: last ? toCursor(last.created_at, last.ticket_id) : null,
  };
}

const toCursor = (createdAt: string, ticketId: string): string =>
  Buffer.from(`${createdAt} ${ticketId}`).toString("base64url");

function parseCursor(cursor: string): [createdAt: string, ticketId: string] {
  const [createdAt, ticketId, more] = Buffer.from(cursor, "base64url").toString().split(" ");
  if (!createdAt || !ticketId || more !== undefined || Number.isNaN(Date.parse(createdAt)))
    throw new CodedError("TICKET_CURSOR", "this is not a `next` of a page of tickets");
  return [createdAt, ticketId];
}

async function withTimelines(reader: Reader, bodies: readonly string[]): Promise<Ticket[]> {
  const tickets = bodies.map((body) => JSON.parse(body) as TicketSummary);
  if (tickets.length === 0) return [];
  const rows = await tablesOf(reader)
    .selectFrom("ticket_events")
    .select(["ticket_id", "body"])
    .where(
      "ticket_id",
      "in",
      tickets.map(({ ticketId }) => ticketId),
    )
    .orderBy("ticket_id")
    .orderBy("seq")
    .execute();
  const timelines = Map.groupBy(rows, (row) => row.ticket_id);
  return tickets.map((ticket) => ({
    ...ticket,
    // Rows and timelines are read one after the other: what was added in between is left for the next reading.
    timeline: (timelines.get(ticket.ticketId) ?? [])
      .slice(0, ticket.version)
      .map(({ body }) => JSON.parse(body) as TicketEvent),
  }));
}
