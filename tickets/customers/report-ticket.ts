import type { Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { rankCauses } from "../from-finding.ts";
import { fieldCauseCounts } from "../lessons/cause-counts.ts";
import { DAY_MS } from "../lifecycle/step.ts";
import type { CustomerReport } from "../lifecycle/work-order.ts";
import { workPolicy } from "../lifecycle/work-policy.ts";
import { factsOfContext } from "../machine-terms.ts";
import type { MachineContext } from "../organisation/load-organisation.ts";
import { openPartsTicket, raiseChildren } from "../parts/parts-ticket.ts";
import { nameParts } from "../parts/stock.ts";
import { reopenTicket } from "../reopen-ticket.ts";
import type { ServiceWork } from "../service-work.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import { findClosedSince, loadTicket } from "../ticket-store.ts";
import { carryOut, type TicketWork } from "../ticket-work.ts";
import { isMoreUrgent } from "../vocabulary.ts";
import type { Report, ReportWay } from "./report.ts";
import { reportPriority, type Symptom, ticketFor } from "./symptoms.ts";

/** What intake needs of the tickets beside their tables. */
export interface ReportTickets {
  /** Work whose changes are told after the commit. */
  begin(work: ServiceWork): TicketWork;
}

export interface IdentifiedReport {
  readonly report: Report;
  readonly machineId: string;
  readonly context: MachineContext;
  readonly plan: Plan | undefined;
  readonly symptom: Symptom;
}

const channelOf: Readonly<Record<ReportWay, TicketFacts["channel"]>> = {
  phone: "hotline",
  web: "web",
  qr: "web",
  outlet: "outlet",
  engineer: "engineer",
};

/**
 * Joins the open ticket that the report belongs to: no clock is reset, a higher priority tightens them. Otherwise opens a
 * repair.
 */
export async function ticketOfReport(
  service: ServiceWork,
  identified: IdentifiedReport,
  tickets: ReportTickets,
): Promise<{ readonly ticket: Ticket; readonly attached: boolean }> {
  const work = tickets.begin(service);
  const { report, plan, symptom } = identified;
  const open = ticketFor(symptom, await openOf(work.tx, identified.machineId), plan);
  const commandId = `report/${report.reportId}`;
  const reopened = open ? undefined : await reopenedBy(work, identified, commandId);
  if (reopened) return { ticket: reopened, attached: true };
  if (!open) return { ticket: await openRepair(work, identified, commandId), attached: false };
  const { key } = (await loadTicket(work.tx, open.ticketId)) ?? { key: open.dedupeKey };
  const order = { type: "attach-report", report: toldIn(identified) } as const;
  const joined = await carryOut(work, { ticket: open, key }, { ...order, commandId });
  const priority = reportPriority(symptom, report);
  if (!isMoreUrgent(priority, joined.priority)) return { ticket: joined, attached: true };
  const raise = { type: "raise-priority", priority, reason: "customer_report" } as const;
  const ticket = await carryOut(
    work,
    { ticket: joined, key },
    { ...raise, commandId: `${commandId}/raise` },
  );
  await raiseChildren(work, ticket, commandId);
  return { ticket, attached: true };
}

async function openRepair(
  work: TicketWork,
  identified: IdentifiedReport,
  commandId: string,
): Promise<Ticket> {
  const facts = await factsOf(work, identified);
  const key = keyOf(identified);
  const order = { type: "open", facts, evidence: [], report: toldIn(identified) } as const;
  const ticket = await carryOut(work, { key }, { ...order, commandId });
  await openPartsTicket(work, { ticket, key }, commandId);
  return ticket;
}

/** MR-7: the same fault told of again soon after its ticket was closed was not solved. */
async function reopenedBy(
  work: TicketWork,
  identified: IdentifiedReport,
  commandId: string,
): Promise<Ticket | undefined> {
  if (identified.symptom.failureMode === undefined) return undefined;
  const { reopenDays } = work.policy ?? workPolicy;
  const closedId = await closedSince(work, identified, reopenDays);
  const closed = closedId === undefined ? undefined : await loadTicket(work.tx, closedId);
  if (!closed) return undefined;
  const ticket = await reopenTicket(work, closed, {
    commandId,
    cause: "customer",
    reason: "customer_report",
  });
  const order = { type: "attach-report", report: toldIn(identified) } as const;
  const { key } = closed;
  return carryOut(work, { ticket, key }, { ...order, commandId: `${commandId}/attach` });
}

const closedSince = (work: TicketWork, identified: IdentifiedReport, days: number) =>
  findClosedSince(work.tx, keyOf(identified), new Date(work.nowMs - days * DAY_MS).toISOString());

/** The customer's words stay in the report, where they can be erased. */
function toldIn({ report, context }: IdentifiedReport): CustomerReport {
  return {
    channel: channelOf[report.way],
    reportId: report.reportId,
    ...(context.customer ? { customerId: context.customer.customerId } : {}),
  };
}

/** A fault of the plan is one problem whoever speaks of it; words alone are one of their own. */
const keyOf = ({ machineId, report, symptom }: IdentifiedReport): string =>
  `${machineId}:${symptom.failureMode ?? `report-${report.reportId}`}`;

async function openOf(tx: Transaction, machineId: string): Promise<Ticket[]> {
  const rows = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("machine_id", "=", machineId)
    .where("is_open", "=", 1)
    .where("kind", "!=", "parts")
    .orderBy("created_at")
    .orderBy("ticket_id")
    .execute();
  const open: Ticket[] = [];
  for (const { ticket_id } of rows) {
    const found = await loadTicket(tx, ticket_id);
    if (found) open.push(found.ticket);
  }
  return open;
}

async function factsOf(work: TicketWork, identified: IdentifiedReport): Promise<TicketFacts> {
  const { report, machineId, context, plan, symptom } = identified;
  const { failureMode, mode } = symptom;
  const { recurrenceDays } = work.policy ?? workPolicy;
  const recurrenceOf =
    failureMode === undefined ? undefined : await closedSince(work, identified, recurrenceDays);
  const seen = await fieldCauseCounts(work.tx, plan?.plan ?? "", failureMode ?? "");
  return {
    ...factsOfContext(context, plan, work.nowMs),
    ticketId: work.ids.ticketId(),
    kind: "repair",
    priority: reportPriority(symptom, report),
    trigger: "customer_report",
    channel: channelOf[report.way],
    serviceType: "emergency",
    title: mode?.title ?? { en: "Reported by the customer", "zh-CN": "客户报修" },
    machineId,
    planRef: plan ? `${plan.plan}@${plan.version}` : "",
    ...(failureMode === undefined ? {} : { faultCode: failureMode }),
    ...(mode ? modeFacts(mode) : {}),
    dedupeKey: `${keyOf(identified)}:repair`,
    ...(recurrenceOf === undefined ? {} : { recurrenceOf }),
    candidateFaults:
      failureMode !== undefined && mode
        ? [
            {
              faultCode: failureMode,
              confidence: 1,
              title: mode.title,
              symptom: mode.symptom,
              causes: rankCauses(mode.causes, seen),
            },
          ]
        : [],
    checks: mode?.checks ?? [],
    predictedParts: await nameParts(
      work.tx,
      (mode?.parts ?? []).map(({ partNo, quantity, probability }) => ({
        partNo,
        qty: quantity,
        probability,
      })),
    ),
    progressCode: work.ids.progressCode(),
  };
}

const modeFacts = ({
  component,
  safetyRelated,
  faultClass,
  skill,
  standardHours,
}: NonNullable<Symptom["mode"]>) => ({
  component,
  safetyRelated,
  job: { faultClass, skill, standardHours },
});
