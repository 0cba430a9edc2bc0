import type { Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { waitingStates } from "../find-carrier.ts";
import { ofPresentOwner } from "../former-owner.ts";
import { modeFacts } from "../from-finding.ts";
import { fieldCauseCounts } from "../lessons/cause-counts.ts";
import type { CustomerReport } from "../lifecycle/work-order.ts";
import { joinWork, type NewWork, openWork } from "../open-work.ts";
import type { MachineContext } from "../organisation/load-organisation.ts";
import type { ServiceWork } from "../service-work.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import { loadTicket } from "../ticket-store.ts";
import { requireTicket, type TicketWork } from "../ticket-work.ts";
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
 * Joins the open ticket that the report belongs to: no clock is reset, a higher priority tightens them. Otherwise it goes
 * the way of all new work: the ticket of the same problem is added to or opened again (MR-1, MR-7), or a repair is opened
 * and takes in the inspections of its component (MR-2).
 */
export async function ticketOfReport(
  service: ServiceWork,
  identified: IdentifiedReport,
  tickets: ReportTickets,
): Promise<{ readonly ticket: Ticket; readonly attached: boolean }> {
  const work = tickets.begin(service);
  const { report, plan, symptom } = identified;
  const wanted = await wantedBy(work, identified);
  const commandId = `report/${report.reportId}`;
  const near = ticketFor(symptom, await openOf(work.tx, identified.machineId), plan);
  if (!near || isTakenIn(near, symptom)) {
    const { ticket, how } = await openWork(work, wanted, commandId);
    return { ticket, attached: how !== "opened" };
  }
  const { ticket } = await joinWork(
    work,
    await requireTicket(work.tx, near.ticketId),
    wanted,
    commandId,
  );
  return { ticket, attached: true };
}

/** MR-2: an inspection of the component for which nobody has set out, when another fault is told of. */
const isTakenIn = (
  { kind, component, faultCode, state }: Ticket,
  { failureMode, mode }: Symptom,
): boolean =>
  kind === "inspection" &&
  mode !== undefined &&
  component === mode.component &&
  faultCode !== failureMode &&
  waitingStates.includes(state);

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
    .where(...ofPresentOwner)
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

async function wantedBy(work: TicketWork, identified: IdentifiedReport): Promise<NewWork> {
  const { report, machineId, context, plan, symptom } = identified;
  const { failureMode, mode } = symptom;
  const seen = await fieldCauseCounts(work.tx, plan?.plan ?? "", failureMode ?? "");
  return {
    key: keyOf(identified),
    kind: "repair",
    priority: reportPriority(symptom, report),
    trigger: "customer_report",
    channel: channelOf[report.way],
    title: { en: "Reported by the customer", "zh-CN": "客户报修" },
    machineId,
    report: toldIn(identified),
    ...(context.customer ? { customerId: context.customer.customerId } : {}),
    ...(failureMode !== undefined && mode
      ? { faultCode: failureMode, ...modeFacts(failureMode, mode, seen) }
      : {}),
  };
}
