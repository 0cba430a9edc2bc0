import { arrivalEstimateOf } from "./arrival-estimate.ts";
import type { Audience, Notice } from "./channels/notice.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import type { ClockKind, ReachedLevel } from "./sla/sla-clock.ts";
import type { Ticket } from "./ticket.ts";
import type { TicketEvent } from "./ticket-event.ts";

/**
 * Whom what happened concerns, and only what they have not heard before: evidence and occurrences tell nobody anything
 * (MR-1). Pure. Parts tickets speak for themselves.
 */
export function noticesOf(
  ticket: Ticket,
  events: readonly TicketEvent[],
  policy: WorkPolicy = workPolicy,
): Notice[] {
  if (ticket.kind === "parts") return [];
  return events.flatMap((event) => toldOf(ticket, event, policy));
}

const roleAt = (role: string, { stationId, regionId }: Ticket): Audience => ({
  to: "role",
  role,
  ...(stationId === "" ? {} : { stationId }),
  ...(regionId === "" ? {} : { regionId }),
});
const everywhere = (role: string): Audience => ({ to: "role", role });

/** Whoever reported it hears of it, whether it is known whose machine it is or not. */
const customerOf = ({ customerId, ticketId, customerReported }: Ticket): Audience[] =>
  customerId === undefined && !customerReported
    ? []
    : [{ to: "customer", customerId: customerId ?? "", ticketId }];

/** How the work goes is told to those who asked for it; planned work is arranged with a customer by people. */
const reporterOf = (ticket: Ticket): Audience[] =>
  ticket.customerReported ? customerOf(ticket) : [];

/** Nobody at the site knows yet that somebody comes when the machine itself called. */
const hostOf = (ticket: Ticket): Audience[] =>
  ticket.customerReported || ["anomaly", "dtc", "machine_silent"].includes(ticket.trigger)
    ? customerOf(ticket)
    : [];

const engineerOf = ({ assignment }: Ticket): Audience[] =>
  assignment ? [{ to: "engineer", engineerId: assignment.engineerId }] : [];

function notices(
  ticket: Ticket,
  kind: string,
  audiences: readonly Audience[],
  facts?: Notice["facts"],
): Notice[] {
  const { priority, ticketId, machineId } = ticket;
  return audiences.map((audience) => ({
    kind,
    audience,
    priority,
    ticketId,
    ...(machineId === undefined ? {} : { machineId }),
    ...(facts ? { facts } : {}),
  }));
}

function arrivalFacts(ticket: Ticket): Notice["facts"] {
  const arrivalAt = arrivalEstimateOf(ticket);
  return arrivalAt === undefined ? {} : { arrivalAt };
}

function toldOf(ticket: Ticket, event: TicketEvent, policy: WorkPolicy): Notice[] {
  const tell = (kind: string, audiences: readonly Audience[], facts?: Notice["facts"]) =>
    notices(ticket, kind, audiences, facts);
  switch (event.type) {
    case "opened":
      // Planned work is a list for the week, not news.
      return ticket.state === "planned"
        ? []
        : tell("ticket-opened", [roleAt("dispatcher", ticket)]);
    case "assigned":
      return [
        ...tell("ticket-assigned", engineerOf(ticket)),
        ...tell("progress-code", hostOf(ticket)),
      ];
    case "departed":
      return tell("engineer-underway", reporterOf(ticket), arrivalFacts(ticket));
    case "arrived":
      return tell("engineer-arrived", reporterOf(ticket));
    case "remote-fixed":
      return tell("work-finished", reporterOf(ticket));
    case "assignment-rejected":
      return tell("ticket-rejected", [
        roleAt("dispatcher", ticket),
        ...(ticket.rejectedBy.length > 1 ? [roleAt("station_manager", ticket)] : []),
      ]);
    case "nobody-found":
      return tell("ticket-unassigned", [
        roleAt("dispatcher", ticket),
        roleAt("station_manager", ticket),
      ]);
    case "priority-raised":
      return tell("priority-raised", [roleAt("dispatcher", ticket), ...engineerOf(ticket)]);
    case "consulted":
      return tell("expert-requested", [everywhere("rnd"), roleAt("dispatcher", ticket)]);
    case "finished":
    case "not-fixed":
      return [
        ...(event.attempts.length >= policy.attemptsForExpert || event.type === "not-fixed"
          ? tell("expert-requested", [roleAt("dispatcher", ticket)])
          : []),
        ...(event.type === "finished" ? tell("work-finished", reporterOf(ticket)) : []),
      ];
    case "report-submitted":
      return tell("rating-invited", customerOf(ticket));
    case "verification-failed":
    case "reopened":
      return tell("ticket-reopened", [roleAt("dispatcher", ticket), ...engineerOf(ticket)]);
    case "close-blocked":
      return tell("follow-up-due", [roleAt("dispatcher", ticket)]);
    case "clock-levels-reached":
      return ofClock(ticket, event);
    default:
      return [];
  }
}

const promisedToCustomer: readonly ClockKind[] = [
  "response",
  "dispatch_confirmation",
  "arrival",
  "resolution",
  "repair_turnaround",
  "flying_squad_response",
];

/** ES-1. Of several levels at once, as after a time of absence, only the gravest is told. */
function ofClock(
  ticket: Ticket,
  event: Extract<TicketEvent, { type: "clock-levels-reached" }>,
): Notice[] {
  const clock = ticket.sla.find(({ clockId }) => clockId === event.clockId);
  const level = event.levels.at(-1);
  if (!clock || !level) return [];
  const facts = { clock: clock.kind, dueAt: clock.dueAt };
  const kind =
    ticket.kind === "inspection" && clock.kind === "due_window" && level === "breached"
      ? "inspection-overdue"
      : `clock-${level}`;
  return [
    ...notices(ticket, kind, audiencesOf(level, ticket), facts),
    ...(event.levels.includes("breached") && promisedToCustomer.includes(clock.kind)
      ? notices(ticket, "service-late", customerOf(ticket), facts)
      : []),
  ];
}

function audiencesOf(level: ReachedLevel, ticket: Ticket): Audience[] {
  switch (level) {
    case "warned":
      return [roleAt("station_manager", ticket)];
    case "breached":
      return [everywhere("hq_service"), roleAt("station_manager", ticket)];
    case "escalated":
      // Headquarters' manager is whoever leads the service there.
      return [everywhere("hq_service"), everywhere("admin")];
  }
}
