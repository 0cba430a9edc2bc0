import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Transaction } from "@firebreak/kit/database.ts";
import type { Reader } from "../organisation/file-store.ts";
import { loadTicket } from "../ticket-store.ts";
import type { CustomerTables } from "./customers-tables.ts";
import { cursorOf, parseCursor } from "./page-cursor.ts";
import type { Report } from "./report.ts";

type Row = CustomerTables["customer_reports"];
type Body = Omit<
  Report,
  "reportId" | "at" | "state" | "machineId" | "ticketId" | "contactId" | "repeats"
>;

export const tablesOf = (reader: Reader) => reader.tables<CustomerTables>();

function toRow(report: Report, serialKey: string): Row {
  const { reportId, at, state, machineId, ticketId, contactId, repeats, ...body } = report;
  return {
    report_id: reportId,
    at,
    state,
    machine_id: machineId ?? null,
    serial_key: serialKey,
    ticket_id: ticketId ?? null,
    contact_id: contactId ?? null,
    repeats,
    body: JSON.stringify(body satisfies Body),
  };
}

function toReport(row: Row): Report {
  return {
    ...(JSON.parse(row.body) as Body),
    reportId: row.report_id,
    at: row.at,
    state: row.state as Report["state"],
    ...(row.machine_id === null ? {} : { machineId: row.machine_id }),
    ...(row.ticket_id === null ? {} : { ticketId: row.ticket_id }),
    ...(row.contact_id === null ? {} : { contactId: row.contact_id }),
    repeats: row.repeats,
  };
}

export async function insertReport(
  tx: Transaction,
  report: Report,
  serialKey: string,
): Promise<void> {
  await tablesOf(tx).insertInto("customer_reports").values(toRow(report, serialKey)).execute();
}

export async function updateReport(tx: Transaction, report: Report): Promise<void> {
  const { report_id, serial_key: _key, ...row } = toRow(report, "");
  await tablesOf(tx)
    .updateTable("customer_reports")
    .set(row)
    .where("report_id", "=", report_id)
    .execute();
}

export async function findReport(reader: Reader, reportId: string): Promise<Report | undefined> {
  const row = await tablesOf(reader)
    .selectFrom("customer_reports")
    .selectAll()
    .where("report_id", "=", reportId)
    .executeTakeFirst();
  return row && toReport(row);
}

/** @throws CodedError REPORT_UNKNOWN */
export async function requireReport(reader: Reader, reportId: string): Promise<Report> {
  const report = await findReport(reader, reportId);
  if (!report) throw new CodedError("REPORT_UNKNOWN", `there is no report ${reportId}`);
  return report;
}

/** Of one ticket, oldest first. */
export async function reportsOf(reader: Reader, ticketId: string): Promise<Report[]> {
  const rows = await tablesOf(reader)
    .selectFrom("customer_reports")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .orderBy("at")
    .orderBy("report_id")
    .execute();
  return rows.map(toReport);
}

/** Ids of people who reported a ticket, or one that it took in; oldest first. */
export async function reportersOf(reader: Reader, ticketId: string): Promise<string[]> {
  const reports: Report[] = [];
  const wanted = [ticketId];
  // Merges make no chains, but what was taken in by one that was taken in later counts too.
  for (const id of wanted) {
    reports.push(...(await reportsOf(reader, id)));
    const absorbed = (await loadTicket(reader, id))?.ticket.absorbedIds ?? [];
    wanted.push(...absorbed.filter((other) => !wanted.includes(other)));
  }
  const people = reports
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .flatMap(({ contactId }) => contactId ?? []);
  return [...new Set(people)];
}

/** The newest since `since` that is about the same machine, or while nobody knows it about the same number. */
export async function reportsSince(
  reader: Reader,
  about: { readonly machineId?: string | undefined; readonly serialKey: string },
  since: string,
): Promise<Report[]> {
  let query = tablesOf(reader)
    .selectFrom("customer_reports")
    .selectAll()
    .where("at", ">", since)
    .where("state", "!=", "dismissed")
    .orderBy("at", "desc")
    .limit(50);
  if (about.machineId !== undefined) query = query.where("machine_id", "=", about.machineId);
  else if (about.serialKey === "") return [];
  else query = query.where("serial_key", "=", about.serialKey).where("machine_id", "is", null);
  return (await query.execute()).map(toReport);
}

export interface ReportQuery {
  readonly state?: Report["state"];
  readonly machineId?: string;
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

/** Newest first. */
export async function loadReports(
  reader: Reader,
  { state, machineId, limit, after }: ReportQuery,
): Promise<{ readonly items: Report[]; readonly next: string | null }> {
  let query = tablesOf(reader)
    .selectFrom("customer_reports")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("report_id", "desc")
    .limit(limit + 1);
  if (state !== undefined) query = query.where("state", "=", state);
  if (machineId !== undefined) query = query.where("machine_id", "=", machineId);
  if (after !== undefined) {
    const [at, id] = parseCursor(after);
    query = query.where(({ or, and, eb }) =>
      or([eb("at", "<", at), and([eb("at", "=", at), eb("report_id", "<", id)])]),
    );
  }
  const rows = await query.execute();
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { items: shown.map(toReport), next: last ? cursorOf(last.at, last.report_id) : null };
}
