import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { enqueueNotices } from "../channels/notice.ts";
import { loadMachineContext, type MachineContext } from "../organisation/load-organisation.ts";
import { serialKeyOf } from "../organisation/machine-file.ts";
import { once, type ServiceWork } from "../service-work.ts";
import { rememberCode } from "./codes.ts";
import { saveContact } from "./contact.ts";
import { customersConfig } from "./customers-config.ts";
import type { Report, ReportContent, ReportWay } from "./report.ts";
import { insertReport, reportsSince, updateReport } from "./report-store.ts";
import { type ReportTickets, ticketOfReport } from "./report-ticket.ts";
import { recogniseSerial, type SerialSuggestion } from "./serial-number.ts";
import { symptomOf } from "./symptoms.ts";

export interface IntakeOptions {
  readonly tickets: ReportTickets;
  readonly planOf: (machineId: string, context: MachineContext) => Plan | undefined;
}

export interface ReportOrder {
  readonly way: ReportWay;
  readonly content: ReportContent;
  /** The machine itself, where the reporter could choose it. */
  readonly machineId?: string;
  readonly commandId: string;
}

export interface TakenReport {
  readonly report: Report;
  /** For the customer: opens the page of this report. */
  readonly progressCode: string;
  /** For those who may see machines, while it is not known which one it is. */
  readonly suggestions: readonly SerialSuggestion[];
}

/**
 * Takes a customer's report, whatever is known of the machine. A known machine's report joins the open ticket it belongs
 * to, or opens a repair; the same told again is counted. A machine nobody knows waits for a person to find it.
 */
export const takeReport = (
  work: ServiceWork,
  order: ReportOrder,
  options: IntakeOptions,
): Promise<TakenReport> =>
  once(work, { commandId: order.commandId, name: "report.take", subject: order.way }, () =>
    takeNew(work, order, options),
  );

async function takeNew(
  work: ServiceWork,
  order: ReportOrder,
  options: IntakeOptions,
): Promise<TakenReport> {
  const { content, way } = order;
  const found =
    order.machineId === undefined
      ? await recogniseSerial(work.tx, content.serialNumber ?? "")
      : { machineId: order.machineId, suggestions: [] };
  const progressCode = work.ids.progressCode();
  const serialKey = serialKeyOf(content.serialNumber ?? "");
  const { machineId } = found;
  const owner = machineId === undefined ? undefined : await ownerOf(work, machineId);
  const again = await sameReport(work, { machineId, owner, serialKey, content });
  if (again) {
    const report = { ...again, repeats: again.repeats + 1 };
    await updateReport(work.tx, report);
    await rememberCode(work.tx, progressCode, { reportId: report.reportId });
    return { report, progressCode, suggestions: found.suggestions };
  }
  const { contact, ...said } = content;
  const contactId = await saveContact(work, contact);
  const report: Report = {
    ...said,
    reportId: work.ids.rowId(),
    at: work.at,
    way,
    state: "to_identify",
    ...(contactId === undefined ? {} : { contactId }),
    attached: false,
    repeats: 0,
  };
  const taken =
    machineId === undefined ? report : await identify(work, { report, machineId }, options);
  await insertReport(work.tx, taken, serialKey);
  await rememberCode(work.tx, progressCode, { reportId: taken.reportId });
  await tell(work, taken, progressCode);
  return { report: taken, progressCode, suggestions: found.suggestions };
}

/** A report with its machine, and the ticket it belongs to. */
export async function identify(
  work: ServiceWork,
  { report, machineId }: { readonly report: Report; readonly machineId: string },
  options: IntakeOptions,
): Promise<Report> {
  const context = await loadMachineContext(work.tx, machineId, work.nowMs);
  const plan = options.planOf(machineId, context);
  const { failureMode: named, symptom: text } = report;
  const symptom = symptomOf(plan, { text, ...(named === undefined ? {} : { named }) });
  const { ticket, attached } = await ticketOfReport(
    work,
    { report, machineId, context, plan, symptom },
    options.tickets,
  );
  const { failureMode } = symptom;
  return {
    ...report,
    state: "identified",
    machineId,
    ticketId: ticket.ticketId,
    attached,
    ...(context.customer ? { customerId: context.customer.customerId } : {}),
    ...(failureMode === undefined ? {} : { failureMode }),
  };
}

/** Whose the machine is now. */
const ownerOf = async ({ tx, nowMs }: ServiceWork, machineId: string) =>
  (await loadMachineContext(tx, machineId, nowMs)).customer?.customerId;

/** The same told again not long ago: the same words, or the same fault, of the same machine or number. */
async function sameReport(
  { tx, nowMs }: ServiceWork,
  about: {
    readonly machineId: string | undefined;
    readonly owner: string | undefined;
    readonly serialKey: string;
    readonly content: ReportContent;
  },
): Promise<Report | undefined> {
  const { machineId, owner, serialKey, content } = about;
  const since = new Date(nowMs - customersConfig.sameReportMs).toISOString();
  const earlier = await reportsSince(tx, { machineId, serialKey }, since);
  return earlier.find(
    ({ symptom, failureMode, machineStopped, customerId }) =>
      // What another owner of the machine told is not this one's to follow.
      (machineId === undefined || customerId === owner) &&
      // A machine that has stopped meanwhile is news.
      (machineStopped || !content.machineStopped) &&
      (wordsOf(symptom) === wordsOf(content.symptom) ||
        (failureMode !== undefined && failureMode === content.failureMode)),
  );
}

const wordsOf = (text: string): string =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "");

async function tell(work: ServiceWork, report: Report, progressCode: string): Promise<void> {
  const { customerId = "", ticketId, machineId, reportId, contactId } = report;
  const reporter = contactId === undefined ? {} : { personId: contactId };
  await enqueueNotices(work, [
    {
      kind: "report-received",
      audience: { to: "customer", customerId, ...reporter, ...(ticketId ? { ticketId } : {}) },
      priority: "general",
      ...(ticketId === undefined ? {} : { ticketId }),
      ...(machineId === undefined ? {} : { machineId }),
      facts: { path: `/p/${progressCode}` },
    },
    ...(report.state === "to_identify"
      ? [
          {
            kind: "report-to-identify",
            audience: { to: "role", role: "dispatcher" },
            priority: report.machineStopped ? "emergency" : "major",
            facts: { reportId },
          } as const,
        ]
      : []),
  ]);
}
