import { cancelClocks, pauseClocks, resumeClocks, stopClocks } from "../sla/clock-actions.ts";
import { reportUploadTarget, turnaroundTarget } from "../sla/sla-targets.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult } from "../ticket-event.ts";
import type { Outcome, TicketState } from "../vocabulary.ts";
import { answeredClocks } from "./dispatch-orders.ts";
import { guard, noted, notHere, plus, type Step, withClocks } from "./step.ts";
import { startClockOf, startPromised } from "./work-clocks.ts";
import type { FieldOrder } from "./work-order.ts";
import type { Attempt, Visit } from "./work-shapes.ts";

const beforeDone: readonly TicketState[] = [
  "planned",
  "new",
  "acknowledged",
  "remote_support",
  "assigned",
  "en_route",
  "on_site",
  "in_progress",
  "waiting_parts",
];

/** From which states an order is legal. */
export const fieldLegalFrom: Readonly<Record<FieldOrder["type"], readonly TicketState[]>> = {
  depart: ["assigned"],
  arrive: ["en_route"],
  "start-work": ["on_site"],
  consult: ["on_site", "in_progress"],
  "miss-parts": ["in_progress"],
  "leave-site": ["waiting_parts"],
  "parts-ready": ["waiting_parts"],
  hold: beforeDone,
  "remind-hold": ["on_hold"],
  resume: ["on_hold"],
  "receive-in-workshop": [...beforeDone, "on_hold"],
  "request-loaner": [...beforeDone, "on_hold"],
  finish: ["in_progress"],
  "not-fixed": ["in_progress"],
};

/** The events of an order on a ticket whose state allows it. Pure. */
export function fieldResults(ticket: Ticket, order: FieldOrder, step: Step): EventResult[] {
  switch (order.type) {
    case "depart":
      return [departed(ticket, order, step)];
    case "arrive":
      return [arrived(ticket, order, step)];
    case "start-work":
      return [started(order, step)];
    case "consult":
      return [{ type: "consulted", consult: order.consult }];
    case "miss-parts": {
      const { lines, leavesSite, note } = order;
      guard(lines.length > 0, "name the parts that are missing");
      return [{ type: "parts-missing", lines: [...lines], leavesSite, ...noted(note) }];
    }
    case "leave-site":
      return isOnSite(ticket) ? [{ type: "site-left", ...noted(order.note) }] : [];
    case "parts-ready":
      return [{ type: "parts-arrived" }];
    case "finish":
      return [finished(ticket, order, step)];
    case "not-fixed":
      return [notFixed(ticket, order)];
    default:
      return [interrupted(ticket, order, step)].flat();
  }
}

export const currentVisit = ({ visitLog }: Pick<Ticket, "visitLog">): Visit | undefined =>
  visitLog.at(-1);

/** The engineer has arrived and not left. */
export function isOnSite(ticket: Pick<Ticket, "visitLog">): boolean {
  const visit = currentVisit(ticket);
  return visit?.arrivedAt !== undefined && visit.leftAt === undefined;
}

/** Whoever sets out has accepted. */
function departed(
  ticket: Ticket,
  { missingParts = [] }: Extract<FieldOrder, { type: "depart" }>,
  { at }: Step,
): EventResult {
  const { assignment } = ticket;
  if (!assignment) throw notHere(ticket, "depart");
  const { engineerId } = assignment;
  const result: EventResult = { type: "departed", engineerId, missingParts: [...missingParts] };
  return withClocks(ticket, result, answeredClocks(ticket, at));
}

function arrived(
  ticket: Ticket,
  { distanceKm, reason, claimedAt }: Extract<FieldOrder, { type: "arrive" }>,
  step: Step,
): EventResult {
  const isNear = distanceKm !== undefined && distanceKm <= step.policy.arrivalKm;
  guard(
    isNear || reason !== undefined,
    `more than ${step.policy.arrivalKm} km from the machine, or not known how far: say why`,
  );
  const claim = isNear && claimedAt !== undefined && claimedAt < step.at ? { claimedAt } : {};
  const stopped = stopClocks(ticket.sla, "arrival", claim.claimedAt ?? step.at);
  const clocks = ticket.sla.some(({ kind }) => kind === "resolution")
    ? stopped
    : startPromised(ticket, stopped, { from: "arrival", kind: "resolution" }, step);
  const where = distanceKm === undefined ? {} : { distanceKm };
  const why = reason === undefined ? {} : { reason };
  return withClocks(ticket, { type: "arrived", ...where, ...why, ...claim }, clocks);
}

function started(
  { isSafetyChecked, photoIds = [] }: Extract<FieldOrder, { type: "start-work" }>,
  { policy }: Step,
): EventResult {
  guard(isSafetyChecked, "the safety checklist is not complete");
  guard(!policy.needsStartPhoto || photoIds.length > 0, "a photo of the site is needed first");
  return { type: "work-started", photoIds: [...photoIds] };
}

/** O-19: somebody tried at least once, and nobody went on trying after it was fixed. */
export function checkAttempts(attempts: readonly Attempt[]): void {
  guard(attempts.length > 0, "at least one judgement and its result");
  const fixedAt = attempts.findIndex(({ result }) => result === "fixed");
  guard(
    fixedAt === -1 || fixedAt === attempts.length - 1,
    "only the last attempt can have fixed it",
  );
}

function finished(
  ticket: Ticket,
  order: Extract<FieldOrder, { type: "finish" }>,
  step: Step,
): EventResult {
  const { attempts, inspection, isMachineChecked, note } = order;
  checkAttempts(attempts);
  const outcome = endOf(attempts);
  guard(outcome !== undefined, "the last attempt neither fixed it nor found no fault");
  guard(isMachineChecked, "the full check of the machine is not done");
  if (ticket.kind === "inspection") {
    guard(inspection?.isAnswered === true, "a step of the checklist has no answer");
    guard(inspection?.isSurveyed === true, "the site survey is missing");
  }
  const stopped = stopClocks(ticket.sla, "repair_turnaround", step.at);
  return withClocks(
    ticket,
    {
      type: "finished",
      outcome: outcome ?? "fixed",
      attempts: [...attempts],
      failedSteps: [...(inspection?.failedSteps ?? [])],
      ...noted(note),
    },
    startClockOf(stopped, "report_upload", reportUploadTarget, step),
  );
}

function endOf(attempts: readonly Attempt[]): Outcome | undefined {
  const result = attempts.at(-1)?.result;
  return result === "fixed" || result === "no_fault_found" ? result : undefined;
}

/** ES-3: what cannot be solved on the spot needs somebody who knows more. */
function notFixed(
  ticket: Ticket,
  { attempts, consult, note }: Extract<FieldOrder, { type: "not-fixed" }>,
): EventResult {
  checkAttempts(attempts);
  guard(endOf(attempts) === undefined, "the last attempt says otherwise: finish the work");
  guard(
    consult !== undefined || (currentVisit(ticket)?.consultCount ?? 0) > 0,
    "an expert must have been asked before the site is left",
  );
  return {
    type: "not-fixed",
    attempts: [...attempts],
    ...(consult ? { consult } : {}),
    ...noted(note),
  };
}

/** Nobody can accept what is on hold: the time for it goes on behind it. */
function answerAfter({ assignment, hold }: Ticket, at: string): { acceptBy?: string } {
  if (!hold || assignment?.acceptBy === undefined || assignment.acceptedAt !== undefined) return {};
  return { acceptBy: plus(assignment.acceptBy, Date.parse(at) - Date.parse(hold.since)) };
}

type Interruption = Extract<
  FieldOrder,
  { type: "hold" | "remind-hold" | "resume" | "receive-in-workshop" | "request-loaner" }
>;

function interrupted(ticket: Ticket, order: Interruption, step: Step): EventResult | EventResult[] {
  const { at } = step;
  switch (order.type) {
    case "hold": {
      const { reason, note, until } = order;
      guard(until === undefined || until > at, "the hold ends before it begins");
      const held = { type: "held", reason, ...noted(note), ...(until ? { until } : {}) } as const;
      return withClocks(ticket, held, pauseClocks(ticket.sla, at, reason));
    }
    case "remind-hold":
      return { type: "hold-reminded" };
    case "resume":
      return withClocks(
        ticket,
        { type: "resumed", ...noted(order.note), ...answerAfter(ticket, at) },
        resumeClocks(ticket.sla, at),
      );
    case "receive-in-workshop": {
      guard(ticket.workshop === undefined, `${ticket.ticketId} is in the workshop already`);
      const { isInWarranty } = order;
      // Nobody has to travel any more.
      const clocks = cancelClocks(ticket.sla, at, "arrival");
      return withClocks(
        ticket,
        { type: "workshop-received", isInWarranty },
        startClockOf(clocks, "repair_turnaround", turnaroundTarget(isInWarranty), step),
      );
    }
    case "request-loaner":
      return ticket.workshop && ticket.workshop.loanerRequestedAt === undefined
        ? { type: "loaner-requested" }
        : [];
  }
}
