import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { FieldTables } from "../field/field-tables.ts";
import { mediaOf } from "../field/media.ts";
import { machineKind } from "../organisation/file-kinds.ts";
import { findFile, type Reader } from "../organisation/file-store.ts";
import { once, type ServiceWork } from "../service-work.ts";
import { customersConfig } from "./customers-config.ts";
import { linkUnknown } from "./feedback-store.ts";
import { subjectOf } from "./progress.ts";
import type { Report } from "./report.ts";
import { requireReport, updateReport } from "./report-store.ts";
import { type IntakeOptions, identify } from "./take-report.ts";

export type WithoutCommand<Order> = Omit<Order, "commandId">;

/** @throws CodedError REPORT_STATE when it has a machine already, or was put aside */
function requireOpen(report: Report): void {
  if (report.state !== "to_identify")
    throw new CodedError("REPORT_STATE", `report ${report.reportId} is ${report.state}`);
}

/**
 * A person found out which machine a report is about: then it goes the way of all reports, with its photos.
 * @throws CodedError REPORT_UNKNOWN, REPORT_STATE, ORGANISATION_UNKNOWN
 */
export const identifyReport = (
  work: ServiceWork,
  order: { readonly reportId: string; readonly machineId: string; readonly commandId: string },
  intake: IntakeOptions,
): Promise<Report> => {
  const { reportId, machineId, commandId } = order;
  return once(work, { commandId, name: "report.identify", subject: reportId }, async () => {
    const report = await requireReport(work.tx, reportId);
    requireOpen(report);
    if (!(await findFile(work.tx, machineKind, machineId)))
      throw new CodedError("ORGANISATION_UNKNOWN", `there is no machine ${machineId}`);
    const known = await identify(work, { report, machineId }, intake);
    await updateReport(work.tx, known);
    await work.tx
      .tables<FieldTables>()
      .updateTable("media")
      .set({ ticket_id: known.ticketId ?? reportId })
      .where("ticket_id", "=", reportId)
      .execute();
    return known;
  });
};

/** Not a machine of ours, or not meant seriously. @throws CodedError REPORT_UNKNOWN, REPORT_STATE */
export const dismissReport = (
  work: ServiceWork,
  order: { readonly reportId: string; readonly reason: string; readonly commandId: string },
): Promise<Report> => {
  const { reportId, reason, commandId } = order;
  return once(work, { commandId, name: "report.dismiss", subject: reportId }, async () => {
    const report = await requireReport(work.tx, reportId);
    requireOpen(report);
    const dismissed: Report = { ...report, state: "dismissed", dismissedFor: reason };
    await updateReport(work.tx, dismissed);
    return dismissed;
  });
};

/**
 * The report that a code may add a file to.
 * @throws CodedError LINK_UNKNOWN for every code that opens nothing, or no longer; MEDIA_TICKET_FULL
 */
export async function reportForMedia(
  reader: Reader,
  code: string,
  nowMs: number,
): Promise<{ readonly reportId: string; readonly ticketId: string | undefined }> {
  const subject = await subjectOf(reader, code);
  const { reportId, at = "" } = subject ?? {};
  if (reportId === undefined || nowMs > Date.parse(at) + customersConfig.reportMediaMs)
    throw linkUnknown();
  const ticketId = subject?.ticketId;
  const files = await mediaOf(reader, ticketId ?? reportId);
  const own = files.filter(({ uploader }) => uploader === "customer");
  if (own.length >= customersConfig.reportMediaFiles)
    throw new CodedError(
      "MEDIA_TICKET_FULL",
      `a report may have ${customersConfig.reportMediaFiles} files`,
    );
  return { reportId, ticketId };
}
