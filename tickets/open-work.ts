import type { Evidence } from "./evidence.ts";
import { findCarrier, findPredicted, findWaiting, isWaiting } from "./find-carrier.ts";
import { problemKey } from "./from-finding.ts";
import { DAY_MS } from "./lifecycle/step.ts";
import type { CustomerReport } from "./lifecycle/work-order.ts";
import { workPolicy } from "./lifecycle/work-policy.ts";
import { factsOfContext } from "./machine-terms.ts";
import { mergeTickets } from "./merge-tickets.ts";
import { openPartsTicket, raiseChildren } from "./parts/parts-ticket.ts";
import { nameParts } from "./parts/stock.ts";
import { reopenTicket } from "./reopen-ticket.ts";
import type { Ticket } from "./ticket.ts";
import type { TicketFacts } from "./ticket-facts.ts";
import { findClosedSince } from "./ticket-store.ts";
import { carryOut, type FoundTicket, requireTicket, type TicketWork } from "./ticket-work.ts";
import { isMoreUrgent } from "./vocabulary.ts";

type Told = "kind" | "priority" | "trigger" | "channel" | "title";
type May =
  | "faultCode"
  | "component"
  | "candidateFaults"
  | "checks"
  | "predictedParts"
  | "safetyRelated"
  | "job"
  | "dueWindow"
  | "about"
  | "checklist"
  | "customerId"
  | "parentId"
  | "serviceType";

/** An inspection or repair that somebody or something other than a finding asks for. */
export interface NewWork extends Pick<TicketFacts, Told>, Partial<Pick<TicketFacts, May>> {
  readonly kind: "inspection" | "repair";
  readonly machineId: string;
  /** Of the problem: one open ticket per key (TK-1). */
  readonly key: string;
  readonly evidence?: readonly Evidence[];
  readonly report?: CustomerReport;
}

export interface OpenedWork {
  readonly ticket: Ticket;
  readonly how: "opened" | "attached" | "reopened";
}

/**
 * Opens a ticket for new work, with its parts ticket; or adds to the one that is open for the problem (MR-1), or opens
 * again the one that was closed a short while ago (MR-7). Repairs take in the inspections of their component (MR-2).
 * Idempotent through the caller's `once`.
 */
export async function openWork(
  work: TicketWork,
  wanted: NewWork,
  commandId: string,
): Promise<OpenedWork> {
  const { tx, nowMs, policy = workPolicy } = work;
  const carrier = (await findCarrier(tx, wanted.key)) ?? (await failingAlready(work, wanted));
  if (carrier) return joinWork(work, carrier, wanted, commandId);
  const since = (days: number) => new Date(nowMs - days * DAY_MS).toISOString();
  const closed =
    wanted.trigger === "customer_report"
      ? await findClosedSince(tx, wanted.key, since(policy.reopenDays))
      : undefined;
  if (closed !== undefined)
    return reopenFor(work, await requireTicket(tx, closed), wanted, commandId);
  const recurrenceOf = await findClosedSince(tx, wanted.key, since(policy.recurrenceDays));
  const facts = await factsOf(work, wanted, recurrenceOf);
  return { ticket: await open(work, wanted, facts, commandId), how: "opened" };
}

/**
 * Adds new work to an open ticket of the same problem. A customer who tells of it again once its repair was proved says
 * that it did not last, as a finding does (MR-7).
 */
export async function joinWork(
  work: TicketWork,
  carrier: FoundTicket,
  wanted: NewWork,
  commandId: string,
): Promise<OpenedWork> {
  const isBack = wanted.trigger === "customer_report" && carrier.ticket.state === "follow_up";
  if (isBack) return reopenFor(work, carrier, wanted, commandId);
  return { ticket: await attach(work, carrier, wanted, commandId), how: "attached" };
}

/** The open ticket of what is foretold and has come already. */
const failingAlready = async (
  { tx }: TicketWork,
  { trigger, machineId, faultCode }: NewWork,
): Promise<FoundTicket | undefined> =>
  trigger === "predicted_failure" && faultCode !== undefined
    ? findCarrier(tx, problemKey(machineId, faultCode))
    : undefined;

async function reopenFor(
  work: TicketWork,
  found: FoundTicket,
  wanted: NewWork,
  commandId: string,
): Promise<OpenedWork> {
  // What people say may name somebody, and stays in the report.
  const again = { commandId, cause: "customer", reason: wanted.trigger } as const;
  const ticket = await reopenTicket(work, found, again);
  const carrier = { ticket, key: found.key };
  return { ticket: await attach(work, carrier, wanted, commandId), how: "reopened" };
}

/** No clock is reset and nobody is told again, unless it is more urgent than was known. */
async function attach(
  work: TicketWork,
  carrier: FoundTicket,
  { report, priority, trigger, evidence = [] }: NewWork,
  commandId: string,
): Promise<Ticket> {
  let { ticket } = carrier;
  const step = async (order: Parameters<typeof carryOut>[2]) => {
    ticket = await carryOut(work, { ticket, key: carrier.key }, order);
  };
  // Of a rule that has not spoken here yet: what people find counts for it too.
  const [first] = evidence;
  if (first && !ticket.evidence.some(({ findingId }) => findingId === first.findingId)) {
    const { findingId, to: machineAt } = first;
    const seen = { type: "observe", findingId, machineAt, evidence, isOccurrence: false } as const;
    await step({ ...seen, priority: ticket.priority, commandId: `${commandId}/evidence` });
  }
  if (report) await step({ type: "attach-report", report, commandId: `${commandId}/report` });
  if (!isMoreUrgent(priority, ticket.priority)) return ticket;
  const raise = { type: "raise-priority", priority, reason: trigger } as const;
  await step({ ...raise, commandId: `${commandId}/raise` });
  await raiseChildren(work, ticket, commandId);
  return ticket;
}

async function factsOf(
  work: TicketWork,
  wanted: NewWork,
  recurrenceOf: string | undefined,
): Promise<TicketFacts> {
  const { ids, nowMs, tx } = work;
  const { key, evidence: _evidence, report: _report, machineId, ...told } = wanted;
  const plan = work.planOf?.(machineId);
  const setting = await work.settingOf?.(machineId);
  const context = setting
    ? factsOfContext(setting.context, plan, nowMs)
    : { stationId: "", regionId: "", billable: false };
  return {
    ticketId: ids.ticketId(),
    serviceType: wanted.kind === "repair" ? "emergency" : "preventive",
    candidateFaults: [],
    checks: [],
    ...context,
    ...told,
    machineId,
    predictedParts: await nameParts(tx, wanted.predictedParts ?? []),
    planRef: plan ? `${plan.plan}@${plan.version}` : "none",
    dedupeKey: `${key}:${wanted.kind}`,
    ...(recurrenceOf === undefined ? {} : { recurrenceOf }),
    progressCode: ids.progressCode(),
  };
}

async function open(
  work: TicketWork,
  { key, evidence = [], report }: NewWork,
  facts: TicketFacts,
  commandId: string,
): Promise<Ticket> {
  const [first] = evidence;
  const opened = await carryOut(
    work,
    { key },
    {
      type: "open",
      facts,
      evidence,
      ...(first ? { findingId: first.findingId, machineAt: first.to } : {}),
      ...(report ? { report } : {}),
      commandId,
    },
  );
  let own: FoundTicket = { ticket: opened, key };
  const { machineId = "", component, faultCode: failureMode, parentId } = facts;
  if (facts.kind === "repair") {
    const of = {
      ...(component === undefined ? {} : { component }),
      ...(failureMode === undefined ? {} : { failureMode }),
    };
    own = { key, ticket: await absorbInspections(work, own, { machineId, ...of, commandId }) };
  }
  await openPartsTicket(work, own, commandId);
  if (parentId !== undefined)
    await carryOut(work, await requireTicket(work.tx, parentId), {
      type: "link-child",
      childId: opened.ticketId,
      commandId: `${commandId}/link-child`,
    });
  return (await requireTicket(work.tx, opened.ticketId)).ticket;
}

/** MR-2: whoever comes to repair it looks at it too, and at what was foretold of the same fault. */
export async function absorbInspections(
  work: TicketWork,
  repair: FoundTicket,
  of: {
    readonly machineId: string;
    readonly component?: string;
    readonly failureMode?: string;
    readonly commandId: string;
  },
): Promise<Ticket> {
  const { tx } = work;
  const { machineId, component, failureMode, commandId } = of;
  let { ticket } = repair;
  const ofComponent =
    component === undefined ? [] : await findWaiting(tx, machineId, { component });
  const foretold = failureMode === undefined ? [] : await findPredicted(tx, machineId, failureMode);
  const found = [...ofComponent, ...foretold.filter((one) => isWaiting(one.ticket))];
  for (const one of new Map(found.map((one) => [one.ticket.ticketId, one])).values())
    if (one.ticket.kind === "inspection")
      ticket = await mergeTickets(
        work,
        one,
        { ticket, key: repair.key },
        { commandId, why: "stronger_need", isQuiet: true },
      );
  return ticket;
}
