import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Reader } from "../ticket-store.ts";
import type { FieldTables } from "./field-tables.ts";
import { requireMediaOf } from "./media.ts";
import { submitProblems } from "./report-rules.ts";
import type { ReportContent, ServiceReport } from "./service-report.ts";

const tablesOf = (reader: Reader) => reader.tables<FieldTables>();

export interface ReportOf {
  readonly ticketId: string;
  readonly visitNo: number;
  readonly engineerId: string;
  /** Absent: a new one, unless the visit has a report already. */
  readonly reportId?: string | undefined;
}

/**
 * Saves what the engineer wrote so far. A report that was handed in stays as it is (SR-4): what is saved then begins its
 * next revision.
 * @throws CodedError REPORT_UNKNOWN, MEDIA_UNKNOWN, REPORT_OF_OTHER
 */
export async function saveDraft(
  work: ServiceWork,
  of: ReportOf,
  content: ReportContent,
): Promise<ServiceReport> {
  const { tx, at, ids } = work;
  const { ticketId, visitNo, engineerId } = of;
  await requireMediaOf(tx, ticketId, mediaIdsOf(content));
  const before = of.reportId
    ? await requireReport(tx, of.reportId, ticketId)
    : (await reportsOf(tx, ticketId)).find((one) => one.visitNo === visitNo);
  const isDraft = before?.state === "draft";
  const draft: ServiceReport = {
    reportId: before?.reportId ?? of.reportId ?? ids.rowId(),
    revision: (before?.revision ?? 0) + (isDraft ? 0 : 1),
    ticketId,
    visitNo: before?.visitNo ?? visitNo,
    engineerId,
    state: "draft",
    at,
    telemetryWindows: before?.telemetryWindows ?? [],
    content,
  };
  if (isDraft) await update(work, draft);
  else await insert(work, draft);
  return draft;
}

export const mediaIdsOf = ({ photos, customerConfirmation }: ReportContent): string[] => [
  ...photos,
  ...(customerConfirmation?.signatureMediaId ? [customerConfirmation.signatureMediaId] : []),
];

/**
 * Hands the newest revision in. One handed in already is answered as it is.
 * @throws CodedError REPORT_INCOMPLETE with everything that is missing
 */
export async function submitDraft(
  work: ServiceWork,
  report: ServiceReport,
  telemetryWindows: ServiceReport["telemetryWindows"] = [],
): Promise<ServiceReport> {
  if (report.state !== "draft") return report;
  const problems = submitProblems(report.content);
  if (problems.length > 0) throw new CodedError("REPORT_INCOMPLETE", problems.join("; "));
  const submitted: ServiceReport = {
    ...report,
    state: "submitted",
    at: work.at,
    telemetryWindows,
  };
  await update(work, submitted);
  return submitted;
}

/** The work is over: what was handed in can never change again (SR-4); drafts nobody handed in are dropped. */
export async function archiveReports({ tx, at }: ServiceWork, ticketId: string): Promise<void> {
  await tablesOf(tx)
    .updateTable("service_reports")
    .set({ state: "archived", at })
    .where("ticket_id", "=", ticketId)
    .where("state", "=", "submitted")
    .execute();
  await tablesOf(tx)
    .deleteFrom("service_reports")
    .where("ticket_id", "=", ticketId)
    .where("state", "=", "draft")
    .execute();
}

/** The newest revision of each report of a ticket, first visit first. */
export async function reportsOf(reader: Reader, ticketId: string): Promise<ServiceReport[]> {
  const rows = await tablesOf(reader)
    .selectFrom("service_reports")
    .selectAll()
    .where("ticket_id", "=", ticketId)
    .orderBy("visit_no")
    .orderBy("report_id")
    .orderBy("revision")
    .execute();
  return [...new Map(rows.map((row) => [row.report_id, reportOfRow(row)])).values()];
}

/** Every revision of a report, oldest first. */
export async function revisionsOf(reader: Reader, reportId: string): Promise<ServiceReport[]> {
  const rows = await tablesOf(reader)
    .selectFrom("service_reports")
    .selectAll()
    .where("report_id", "=", reportId)
    .orderBy("revision")
    .execute();
  return rows.map(reportOfRow);
}

/** The newest revision, when there is one. */
async function requireReport(
  reader: Reader,
  reportId: string,
  ticketId: string,
): Promise<ServiceReport | undefined> {
  const newest = (await revisionsOf(reader, reportId)).at(-1);
  if (newest && newest.ticketId !== ticketId)
    throw new CodedError("REPORT_OF_OTHER", `report ${reportId} is of ${newest.ticketId}`);
  return newest;
}

/**
 * The newest revision of a report of a ticket; without an id, of its last visit.
 * @throws CodedError REPORT_UNKNOWN
 */
export async function newestReport(
  reader: Reader,
  ticketId: string,
  reportId?: string,
): Promise<ServiceReport> {
  const reports = await reportsOf(reader, ticketId);
  const report =
    reportId === undefined ? reports.at(-1) : reports.find((one) => one.reportId === reportId);
  if (!report) throw new CodedError("REPORT_UNKNOWN", `${ticketId} has no such service report yet`);
  return report;
}

async function insert({ tx }: ServiceWork, report: ServiceReport): Promise<void> {
  const { reportId, revision, ticketId, visitNo } = report;
  await tablesOf(tx)
    .insertInto("service_reports")
    .values({
      report_id: reportId,
      revision,
      ticket_id: ticketId,
      visit_no: visitNo,
      ...columnsOf(report),
    })
    .execute();
}

async function update({ tx }: ServiceWork, report: ServiceReport): Promise<void> {
  const { numUpdatedRows } = await tablesOf(tx)
    .updateTable("service_reports")
    .set(columnsOf(report))
    .where("report_id", "=", report.reportId)
    .where("revision", "=", report.revision)
    .where("state", "=", "draft")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n)
    throw new CodedError("REPORT_CHANGED", `report ${report.reportId} was changed meanwhile`, {
      retryable: true,
    });
}

/** Reports that found a fault, of other tickets, newest first. */
export async function casesOf(
  reader: Reader,
  faultCode: string,
  { not, limit }: { readonly not: string; readonly limit: number },
): Promise<ServiceReport[]> {
  const rows = await tablesOf(reader)
    .selectFrom("service_reports")
    .selectAll()
    .where("fault_code", "=", faultCode)
    .where("ticket_id", "!=", not)
    .orderBy("at", "desc")
    .limit(limit)
    .execute();
  return rows.map(reportOfRow);
}

const columnsOf = ({ engineerId, state, at, telemetryWindows, content }: ServiceReport) => ({
  fault_code: state === "draft" ? null : (content.rootCause?.faultCode ?? null),
  engineer_id: engineerId,
  state,
  at,
  body: JSON.stringify({ telemetryWindows, content }),
});

const reportOfRow = (row: FieldTables["service_reports"]): ServiceReport => ({
  reportId: row.report_id,
  revision: Number(row.revision),
  ticketId: row.ticket_id,
  visitNo: Number(row.visit_no),
  engineerId: row.engineer_id,
  state: row.state as ServiceReport["state"],
  at: row.at,
  ...(JSON.parse(row.body) as Pick<ServiceReport, "telemetryWindows" | "content">),
});
