import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { FieldTables } from "../field/field-tables.ts";
import type { ReportContent, ServiceReport } from "../field/service-report.ts";
import type { KpiContext } from "../kpi/kpi-facts.ts";
import type { KpiTables } from "../kpi/kpi-tables.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** The newest revision of every report of a ticket that was handed in, oldest report first. */
export async function loadSubmitted(reader: Reader, ticketId: string): Promise<ServiceReport[]> {
  const rows = await reader
    .tables<FieldTables>()
    .selectFrom("service_reports")
    .select("body")
    .where("ticket_id", "=", ticketId)
    .where("state", "!=", "draft")
    .orderBy("at")
    .orderBy("revision")
    .execute();
  const newest = new Map<string, ServiceReport>();
  for (const { body } of rows) {
    const report = JSON.parse(body) as ServiceReport;
    newest.delete(report.reportId);
    newest.set(report.reportId, report);
  }
  return [...newest.values()];
}

/** What all reports of a ticket together say of hours, ways and parts; undefined without one. */
export async function reportedWork(
  reader: Reader,
  ticket: Ticket,
  reports: readonly ServiceReport[],
): Promise<KpiContext["work"]> {
  if (reports.length === 0) return undefined;
  const contents = reports.map(({ content }) => content);
  const sum = (of: (content: ReportContent) => number) =>
    contents.reduce((total, content) => total + of(content), 0);
  const prices = await loadPrices(
    reader,
    contents.flatMap(({ partsUsed }) => partsUsed.map(({ partNo }) => partNo)),
  );
  const responsibility = contents.findLast(({ rootCause }) => rootCause)?.rootCause?.responsibility;
  return {
    labourHours: sum(({ labourHours }) => labourHours),
    travelKm: sum(({ travelKm }) => travelKm),
    partsFen: sum(({ partsUsed }) =>
      partsUsed.reduce(
        (total, { partNo, quantity }) => total + quantity * (prices.get(partNo) ?? 0),
        0,
      ),
    ),
    transfers: await countTransfers(reader, ticket.childIds),
    ...(responsibility === undefined ? {} : { responsibility }),
  };
}

async function loadPrices(
  reader: Reader,
  partNos: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  if (partNos.length === 0) return new Map();
  const rows = await reader
    .tables<TicketTables>()
    .selectFrom("parts")
    .selectAll()
    .where("part_no", "in", [...new Set(partNos)])
    .execute();
  return new Map(rows.map(({ part_no, body }) => [part_no, JSON.parse(body).unitPriceFen ?? 0]));
}

async function countTransfers(reader: Reader, partsTickets: readonly string[]): Promise<number> {
  if (partsTickets.length === 0) return 0;
  const row = await reader
    .tables<KpiTables>()
    .selectFrom("ticket_kpis")
    .select((eb) => eb.fn.sum<number | null>("transfers").as("sum"))
    .where("ticket_id", "in", [...partsTickets])
    .executeTakeFirst();
  return Number(row?.sum ?? 0);
}
