import type { Ticket } from "../ticket.ts";
import type { TicketEvent } from "../ticket-event.ts";
import type { Outcome } from "../vocabulary.ts";
import { isOnSite } from "./field-orders.ts";
import type { TicketPatch } from "./step.ts";
import type { Visit } from "./work-shapes.ts";

/** The log with its last visit changed. */
const onVisit = (ticket: Ticket, change: Partial<Visit>): { visitLog: Visit[] } => {
  const { visitLog } = ticket;
  const last = visitLog.at(-1);
  return { visitLog: last ? [...visitLog.slice(0, -1), { ...last, ...change }] : visitLog };
};

const consulted = (ticket: Ticket, times = 1) => ({
  consultCount: ticket.consultCount + times,
  ...onVisit(ticket, { consultCount: (ticket.visitLog.at(-1)?.consultCount ?? 0) + times }),
});

/** What an event of work in the field changes; undefined for all others. Pure. */
export function fieldChange(ticket: Ticket, event: TicketEvent): TicketPatch | undefined {
  switch (event.type) {
    case "departed":
      return departed(ticket, event);
    case "arrived":
      return {
        state: "on_site",
        visits: ticket.visits + 1,
        ...onVisit(ticket, { arrivedAt: event.claimedAt ?? event.at }),
      };
    case "work-started":
      return { state: "in_progress", ...onVisit(ticket, { startedAt: event.at }) };
    case "consulted":
      return consulted(ticket);
    case "parts-missing":
      return {
        state: "waiting_parts",
        outcome: "diagnosed_awaiting_parts",
        ...left(ticket, event.leavesSite, event.at, "diagnosed_awaiting_parts"),
      };
    case "site-left":
      return left(ticket, true, event.at, ticket.outcome);
    case "parts-arrived":
      return { state: isOnSite(ticket) ? "in_progress" : "assigned" };
    case "finished":
      return finished(ticket, event);
    case "not-fixed":
      return notFixed(ticket, event);
    default:
      return interruption(ticket, event);
  }
}

function departed(
  ticket: Ticket,
  { engineerId, at }: Extract<TicketEvent, { type: "departed" }>,
): TicketPatch {
  const { assignment, visitLog } = ticket;
  const visit = { visitNo: visitLog.length + 1, engineerId, departedAt: at, consultCount: 0 };
  return {
    state: "en_route",
    visitLog: [...visitLog, visit],
    ...(assignment && assignment.acceptedAt === undefined
      ? { assignment: { ...assignment, acceptedAt: at } }
      : {}),
  };
}

/** Without a fix: whatever comes later was not fixed at the first go. */
const left = (ticket: Ticket, isLeaving: boolean, at: string, outcome: Outcome | undefined) => ({
  ...onVisit(ticket, { ...(outcome ? { outcome } : {}), ...(isLeaving ? { leftAt: at } : {}) }),
  ...(isLeaving ? { leftWithoutFix: true } : {}),
});

function finished(
  ticket: Ticket,
  { outcome, attempts, failedSteps, at }: Extract<TicketEvent, { type: "finished" }>,
): TicketPatch {
  return {
    state: "work_done",
    outcome,
    attemptCount: ticket.attemptCount + attempts.length,
    failedSteps,
    finishedAt: at,
    resolutionMode: ticket.workshop ? "workshop" : "on_site",
    verification: { status: "pending", detail: "" },
    ...onVisit(ticket, { outcome, leftAt: at }),
  };
}

function notFixed(
  ticket: Ticket,
  { attempts, consult, at }: Extract<TicketEvent, { type: "not-fixed" }>,
): TicketPatch {
  const asked = consult ? { ...ticket, ...consulted(ticket) } : ticket;
  return {
    state: "assigned",
    outcome: "not_fixed",
    attemptCount: ticket.attemptCount + attempts.length,
    consultCount: asked.consultCount,
    ...left(asked, true, at, "not_fixed"),
  };
}

function resumed(
  { hold, assignment }: Ticket,
  { acceptBy }: Extract<TicketEvent, { type: "resumed" }>,
): TicketPatch {
  if (!hold) return {};
  return {
    state: hold.previousState,
    hold: undefined,
    ...(assignment && acceptBy !== undefined ? { assignment: { ...assignment, acceptBy } } : {}),
  };
}

function interruption(ticket: Ticket, event: TicketEvent): TicketPatch | undefined {
  switch (event.type) {
    case "held": {
      const { reason, at: since, until } = event;
      const { state: previousState } = ticket;
      const hold = { reason, since, previousState, ...(until === undefined ? {} : { until }) };
      return { state: "on_hold", hold };
    }
    case "hold-reminded":
      return ticket.hold ? { hold: { ...ticket.hold, remindedAt: event.at } } : {};
    case "resumed":
      return resumed(ticket, event);
    case "workshop-received":
      return { workshop: { receivedAt: event.at, isInWarranty: event.isInWarranty } };
    case "loaner-requested":
      return ticket.workshop
        ? { workshop: { ...ticket.workshop, loanerRequestedAt: event.at } }
        : {};
    default:
      return undefined;
  }
}
