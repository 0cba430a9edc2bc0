import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { Part } from "../parts/part.ts";
import { planClass } from "../parts/part-classes.ts";
import type { Ticket } from "../ticket.ts";
import { dayOf } from "./calendar-day.ts";
import { type ScoreLine, scoreLinesOf } from "./engineer-score.ts";
import { type KpiConfig, kpiDefaults } from "./kpi-config.ts";
import { type KpiContext, type KpiFacts, kpiFactsOf, type Rating } from "./kpi-facts.ts";
import type { KpiTables, TicketKpiRow } from "./kpi-tables.ts";
import { silentEvents } from "./state-spans.ts";

type Reader = Pick<Database | Transaction, "tables">;
const tablesOf = (reader: Reader) => reader.tables<KpiTables>();

const DAY_MS = 24 * 3600 * 1000;

/**
 * Writes what the figures know of a ticket; to be called in the transaction that writes the ticket.
 */
export async function saveKpiRow(
  tx: Transaction,
  ticket: Ticket,
  options: {
    readonly config?: KpiConfig;
    /** Events that are written already. */
    readonly since?: number;
  } = {},
): Promise<void> {
  const { config = kpiDefaults, since = 0 } = options;
  if (ticket.timeline.slice(since).every(({ type }) => silentEvents.includes(type))) return;
  const earlier = await loadContext(tx, ticket.ticketId);
  if (!earlier && ticket.recurrenceOf)
    await noteRecurrence(tx, ticket.recurrenceOf, ticket, config);
  const context: { -readonly [Key in keyof KpiContext]: KpiContext[Key] } = {
    ...(earlier ?? (await contextOfMachine(tx, ticket))),
  };
  if (ticket.kind === "parts" && context.isCore === undefined && ticket.parts.length > 0)
    context.isCore = await hasCorePart(tx, ticket);
  await writeAll(tx, ticket, context, config);
}

/** What service reports said, all of a ticket's together; replaces what was said before. */
export async function saveReportedWork(
  tx: Transaction,
  ticket: Ticket,
  work: NonNullable<KpiContext["work"]>,
  config: KpiConfig = kpiDefaults,
): Promise<void> {
  const context = (await loadContext(tx, ticket.ticketId)) ?? (await contextOfMachine(tx, ticket));
  await writeAll(tx, ticket, { ...context, work }, config);
}

/** A customer's answers; the first of each source stays (FB-1). */
export async function saveRating(
  tx: Transaction,
  ticket: Ticket,
  { source, ...rating }: Rating & { readonly source: string },
  config: KpiConfig = kpiDefaults,
): Promise<void> {
  const context = (await loadContext(tx, ticket.ticketId)) ?? (await contextOfMachine(tx, ticket));
  const ratings = { [source]: rating, ...context.ratings };
  await writeAll(tx, ticket, { ...context, ratings }, config);
}

async function loadContext(reader: Reader, ticketId: string): Promise<KpiContext | undefined> {
  const row = await tablesOf(reader)
    .selectFrom("ticket_kpis")
    .select("context")
    .where("ticket_id", "=", ticketId)
    .executeTakeFirst();
  return row && (JSON.parse(row.context) as KpiContext);
}

/** Whether headquarters plans one of its parts. */
async function hasCorePart(reader: Reader, { parts }: Ticket): Promise<boolean> {
  const rows = await reader
    .tables<{ parts: { part_no: string; body: string } }>()
    .selectFrom("parts")
    .select("body")
    .where("part_no", "in", [...new Set(parts.map(({ partNo }) => partNo))])
    .execute();
  return rows.some(({ body }) => planClass(JSON.parse(body) as Part) === "core");
}

async function contextOfMachine(reader: Reader, { machineId }: Ticket): Promise<KpiContext> {
  if (machineId === undefined) return {};
  const row = await reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select(["product_type", "body"])
    .where("id", "=", machineId)
    .executeTakeFirst();
  if (!row) return {};
  const { model } = JSON.parse(row.body) as { model?: string };
  return { product: row.product_type, model };
}

/** The ticket before was no first-time fix after all. */
async function noteRecurrence(
  tx: Transaction,
  ticketId: string,
  again: Ticket,
  { recurrenceDays }: KpiConfig,
): Promise<void> {
  const before = await tx
    .tables<KpiTables & { tickets: { ticket_id: string; closed_at: string | null } }>()
    .selectFrom("ticket_kpis")
    .innerJoin("tickets", "tickets.ticket_id", "ticket_kpis.ticket_id")
    .select(["ticket_kpis.context", "tickets.closed_at"])
    .where("ticket_kpis.ticket_id", "=", ticketId)
    .executeTakeFirst();
  const closedMs = Date.parse(before?.closed_at ?? "");
  const sinceMs = Date.parse(again.createdAt) - closedMs;
  if (!before || !(sinceMs <= recurrenceDays * DAY_MS)) return;
  const context = { ...(JSON.parse(before.context) as KpiContext), hasRecurred: true };
  await tablesOf(tx)
    .updateTable("ticket_kpis")
    .set({ context: JSON.stringify(context), first_time_fixed: 0 })
    .where("ticket_id", "=", ticketId)
    .execute();
}

async function writeAll(
  tx: Transaction,
  ticket: Ticket,
  context: KpiContext,
  config: KpiConfig,
): Promise<void> {
  const { ticket_id, ...changes } = toRow(kpiFactsOf(ticket, context, config), context);
  await tablesOf(tx)
    .insertInto("ticket_kpis")
    .values({ ticket_id, ...changes })
    .onConflict((conflict) => conflict.column("ticket_id").doUpdateSet(changes))
    .execute();
  if (ticket.timeline.some(({ type }) => SCORED.includes(type)))
    await writeScores(tx, ticket, ratingShare(context), config);
}

/** A row of facts as it is stored. */
export function toRow(facts: KpiFacts, context: KpiContext): TicketKpiRow {
  const { counts } = facts;
  return {
    ...counts,
    ticket_id: facts.ticketId,
    kind: facts.kind,
    priority: facts.priority,
    trigger: facts.trigger,
    state: facts.state,
    machine_id: facts.machineId,
    product: facts.product,
    model: facts.model,
    region_id: facts.regionId,
    station_id: facts.stationId,
    engineer_id: facts.engineerId,
    fault_code: facts.faultCode,
    fault_class: facts.faultClass,
    created_at: facts.createdAt,
    due_at: facts.dueAt,
    day: facts.day,
    week: facts.week,
    month: facts.month,
    response_ms: facts.responseMs,
    arrival_ms: facts.arrivalMs,
    parts_cycle_ms: facts.partsCycleMs,
    context: JSON.stringify(context),
  };
}

const SCORED: readonly string[] = ["finished", "remote-fixed", "not-fixed", "parts-missing"];

async function writeScores(
  tx: Transaction,
  ticket: Ticket,
  rating: number | undefined,
  { score, zone }: KpiConfig,
): Promise<void> {
  const { ticketId } = ticket;
  const lines = scoreLinesOf(ticket, rating, score);
  await tablesOf(tx).deleteFrom("engineer_score_lines").where("ticket_id", "=", ticketId).execute();
  if (lines.length === 0) return;
  await tablesOf(tx)
    .insertInto("engineer_score_lines")
    .values(
      lines.map((line) => ({
        ...toScoreRow(line),
        month: dayOf(Date.parse(line.at), zone).slice(0, 7),
      })),
    )
    .execute();
}

const toScoreRow = ({ engineerId, ticketId, seq, kind, points, at }: ScoreLine) => ({
  engineer_id: engineerId,
  ticket_id: ticketId,
  seq,
  kind,
  points,
  at,
});

/** Of the best rating, 0 to 1: the customer's satisfaction where it was asked, else the score of the recommendation. */
function ratingShare({ ratings = {} }: KpiContext): number | undefined {
  const shares = Object.values(ratings).flatMap(({ nps, csat }) =>
    csat !== undefined ? [(csat - 1) / 4] : nps !== undefined ? [nps / 10] : [],
  );
  return shares.length === 0
    ? undefined
    : shares.reduce((sum, each) => sum + each, 0) / shares.length;
}
