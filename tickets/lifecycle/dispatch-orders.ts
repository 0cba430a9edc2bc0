import { cancelClocks, stopClocks } from "../sla/clock-actions.ts";
import { flyingSquadTarget, reportUploadTarget } from "../sla/sla-targets.ts";
import { addClock } from "../sla/ticket-clocks.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult, TicketEvent } from "../ticket-event.ts";
import { isMoreUrgent, openStates, type TicketState } from "../vocabulary.ts";
import { early } from "./reporting-orders.ts";
import {
  guard,
  MINUTE_MS,
  noted,
  notHere,
  plus,
  type Step,
  type TicketPatch,
  withClocks,
} from "./step.ts";
import { isOfMachine, startClockOf, windowTarget } from "./work-clocks.ts";
import type { DispatchOrder } from "./work-order.ts";
import type { WorkPolicy } from "./work-policy.ts";
import type { Assignment } from "./work-shapes.ts";

/** From which states an order is legal. */
export const dispatchLegalFrom: Readonly<Record<DispatchOrder["type"], readonly TicketState[]>> = {
  release: ["planned"],
  acknowledge: ["new"],
  assign: early,
  accept: ["assigned"],
  reject: ["assigned"],
  withdraw: ["assigned"],
  "time-out-acceptance": ["assigned"],
  "note-nobody": ["planned", "new", "acknowledged"],
  "start-remote": ["acknowledged"],
  "remote-fixed": ["remote_support"],
  "remote-failed": ["remote_support"],
  "change-owner": openStates,
  note: openStates,
  "lower-priority": openStates,
  "share-visit": openStates,
  reschedule: ["planned", "new", "acknowledged", "assigned", "on_hold"],
};

/** The events of an order on a ticket whose state allows it. Pure. */
export function dispatchResults(ticket: Ticket, order: DispatchOrder, step: Step): EventResult[] {
  const { at } = step;
  switch (order.type) {
    case "release":
      return [{ type: "released" }];
    case "acknowledge":
      return [
        withClocks(
          ticket,
          { type: "acknowledged", ...noted(order.note) },
          stopClocks(ticket.sla, "response", at),
        ),
      ];
    case "assign":
      return [assigned(ticket, order, step)];
    case "accept":
      return [accepted(ticket, at)];
    case "reject":
      return [dropped(ticket, order.type, "rejected", order.reason)];
    case "withdraw":
      return [dropped(ticket, order.type, "withdrawn", order.reason)];
    case "time-out-acceptance":
      return isOverdue(ticket, at) ? [dropped(ticket, order.type, "timeout")] : [];
    case "note-nobody":
      return [{ type: "nobody-found", why: [...order.why] }];
    case "start-remote":
    case "remote-fixed":
    case "remote-failed":
      return [remote(ticket, order, step)];
    case "change-owner":
      return order.ownerId === ticket.ownerId
        ? []
        : [{ type: "owner-changed", ownerId: order.ownerId }];
    case "note":
      return [{ type: "note-added", note: order.note }];
    case "lower-priority":
      return [lowered(ticket, order, step)];
    case "reschedule":
      return [rescheduled(ticket, order, step)];
    case "share-visit":
      return order.visitId === ticket.visitId
        ? []
        : [{ type: "visit-shared", visitId: order.visitId }];
  }
}

export const acceptBy = (
  { priority }: Pick<Ticket, "priority">,
  { at, policy }: { readonly at: string; readonly policy: WorkPolicy },
): string => {
  const { emergency, other } = policy.acceptMinutes;
  return plus(at, (priority === "emergency" ? emergency : other) * MINUTE_MS);
};

function assigned(
  ticket: Ticket,
  { assignment }: Extract<DispatchOrder, { type: "assign" }>,
  step: Step,
): EventResult {
  const { engineerId, isAutomatic } = assignment;
  guard(
    !isAutomatic || !ticket.rejectedBy.includes(engineerId),
    `${engineerId} did not take ${ticket.ticketId} before`,
  );
  const { at, terms } = step;
  let clocks = stopClocks(ticket.sla, "dispatch_confirmation", at);
  if (isUnanswered(ticket.state) && isOfMachine(ticket))
    clocks = stopClocks(clocks, "response", at);
  if (assignment.fallbackLevel === "flying_squad" && terms)
    clocks = addClock(
      clocks,
      { kind: "flying_squad_response", at, target: flyingSquadTarget },
      terms.calendar,
    );
  const whole: Assignment = { ...assignment, at, acceptBy: acceptBy(ticket, step) };
  return withClocks(ticket, { type: "assigned", assignment: whole }, clocks);
}

const isUnanswered = (state: TicketState): boolean => state === "new" || state === "planned";

/** A person has taken it on: whoever waited for an answer has one. */
function accepted(ticket: Ticket, at: string): EventResult {
  const { assignment } = ticket;
  if (!assignment || assignment.acceptedAt !== undefined) throw notHere(ticket, "accept");
  const { engineerId } = assignment;
  return withClocks(
    ticket,
    { type: "assignment-accepted", engineerId },
    answeredClocks(ticket, at),
  );
}

export const answeredClocks = (ticket: Ticket, at: string) =>
  stopClocks(stopClocks(ticket.sla, "response", at), "flying_squad_response", at);

const isOverdue = ({ assignment }: Ticket, at: string): boolean =>
  assignment?.acceptBy !== undefined &&
  assignment.acceptedAt === undefined &&
  Date.parse(assignment.acceptBy) <= Date.parse(at);

/** The squad's clock ends with the assignment it was for. */
function dropped(
  ticket: Ticket,
  order: string,
  cause: "rejected" | "timeout" | "withdrawn",
  reason?: string,
): EventResult {
  const { assignment } = ticket;
  if (!assignment) throw notHere(ticket, order);
  const { engineerId } = assignment;
  return {
    type: "assignment-rejected",
    engineerId,
    cause,
    ...(reason === undefined ? {} : { reason }),
  };
}

function remote(
  ticket: Ticket,
  order: Extract<DispatchOrder, { type: "start-remote" | "remote-fixed" | "remote-failed" }>,
  step: Step,
): EventResult {
  if (order.type === "start-remote") return { type: "remote-started", contact: order.contact };
  if (order.type === "remote-failed")
    return {
      type: "remote-failed",
      note: order.note,
      predictedParts: [...order.predictedParts],
    };
  const clocks = cancelClocks(ticket.sla, step.at, "arrival");
  return withClocks(
    ticket,
    { type: "remote-fixed", mode: order.mode, note: order.note },
    startClockOf(clocks, "report_upload", reportUploadTarget, step),
  );
}

/** TK-4: by a person only, with a reason. Clocks keep the times that were promised. */
function lowered(
  ticket: Ticket,
  { priority, reason }: Extract<DispatchOrder, { type: "lower-priority" }>,
  { actor }: Step,
): EventResult {
  guard(actor.kind === "person", "a priority is lowered by a person only");
  guard(isMoreUrgent(ticket.priority, priority), `${priority} is not lower`);
  return { type: "priority-lowered", from: ticket.priority, to: priority, reason };
}

function rescheduled(
  ticket: Ticket,
  { dueWindow, reason }: Extract<DispatchOrder, { type: "reschedule" }>,
  step: Step,
): EventResult {
  guard(ticket.dueWindow !== undefined, `${ticket.ticketId} has no due window`);
  guard(dueWindow.from <= dueWindow.to, "the window ends before it begins");
  const clocks = cancelClocks(ticket.sla, step.at, "due_window");
  return withClocks(
    ticket,
    { type: "rescheduled", dueWindow, ...(reason === undefined ? {} : { reason }) },
    startClockOf(clocks, "due_window", windowTarget(dueWindow), step),
  );
}

/** What such an event changes; undefined for all others. Pure. */
export function dispatchChange(ticket: Ticket, event: TicketEvent): TicketPatch | undefined {
  switch (event.type) {
    case "released":
      return { state: "new" };
    case "acknowledged":
      return { state: "acknowledged", ownerId: event.actor.id, acknowledgedAt: event.at };
    case "assigned":
      return { state: "assigned", assignment: event.assignment };
    case "assignment-accepted":
      return ticket.assignment
        ? { assignment: { ...ticket.assignment, acceptedAt: event.at } }
        : {};
    case "assignment-rejected":
      return {
        state: "acknowledged",
        assignment: undefined,
        rejectedBy:
          event.cause === "withdrawn" || ticket.rejectedBy.includes(event.engineerId)
            ? ticket.rejectedBy
            : [...ticket.rejectedBy, event.engineerId],
      };
    case "nobody-found":
      return { nobodyFoundAt: event.at };
    case "remote-started":
      return { state: "remote_support" };
    case "remote-fixed":
      return {
        state: "work_done",
        outcome: "fixed",
        resolutionMode: event.mode,
        finishedAt: event.at,
        verification: { status: "pending", detail: "" },
      };
    case "remote-failed":
      return { state: "acknowledged", predictedParts: event.predictedParts };
    case "owner-changed":
      return { ownerId: event.ownerId };
    case "note-added":
      return {};
    case "priority-lowered":
      return { priority: event.to };
    case "rescheduled":
      return { dueWindow: event.dueWindow };
    case "visit-shared":
      return { visitId: event.visitId };
    default:
      return undefined;
  }
}
