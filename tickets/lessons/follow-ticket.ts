import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { saveReportedWork } from "../kpi/kpi-store.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketEvent } from "../ticket-event.ts";
import { noteSpread } from "./design-feedback.ts";
import { forgetReport, learnFromReport } from "./learn-from-report.ts";
import { loadSubmitted, reportedWork } from "./reported-work.ts";

/**
 * Learns from what has just happened to a ticket, in the same transaction. `ticket`: after `events`; `plan`: of its
 * machine.
 */
export async function followTicket(
  work: ServiceWork,
  ticket: Ticket,
  events: readonly TicketEvent[],
  plan: Plan | undefined,
): Promise<void> {
  for (const event of events)
    if (event.type === "opened" && event.kind !== "parts") await noteSpread(work, ticket);
    else if (event.type === "report-submitted") await followReport(work, ticket, event, plan);
    else if (event.type === "verification-failed" || event.type === "reopened")
      await forgetReport(work.tx, ticket.ticketId);
}

async function followReport(
  work: ServiceWork,
  ticket: Ticket,
  { reportId, faultCode, causeId }: Extract<TicketEvent, { type: "report-submitted" }>,
  plan: Plan | undefined,
): Promise<void> {
  const reports = await loadSubmitted(work.tx, ticket.ticketId);
  const report = reports.find((each) => each.reportId === reportId);
  const done = await reportedWork(work.tx, ticket, reports);
  if (done) await saveReportedWork(work.tx, ticket, done);
  await learnFromReport(work, ticket, { reportId, faultCode, causeId, report }, { plan });
}
