import assert from "node:assert/strict";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { isRole, may } from "@firebreak/kit/roles.ts";
import { openingResults, raised } from "./lifecycle/reporting-orders.ts";
import { notHere, type Step, type TicketPatch, withClocks } from "./lifecycle/step.ts";
import { endedClocks, isPlannedWork } from "./lifecycle/work-clocks.ts";
import { noWork } from "./lifecycle/work-facts.ts";
import type { WorkOrder } from "./lifecycle/work-order.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import {
  type PartsOrder,
  partsChange,
  partsLegalFrom,
  partsResults,
  requestResults,
} from "./parts/parts-lifecycle.ts";
import type { PartsLine } from "./parts/parts-line.ts";
import { replaceClocks } from "./sla/ticket-clocks.ts";
import type { Ticket } from "./ticket.ts";
import type { EventResult, TicketEvent } from "./ticket-event.ts";
import { isOpen, type Priority, stageOf, type TicketState } from "./vocabulary.ts";
import { workChange, workLegalFrom, workResults } from "./work-lifecycle.ts";

/** What somebody wants of a ticket of any kind. */
type SharedOrder =
  | { readonly type: "raise-priority"; readonly priority: Priority; readonly reason: string }
  | { readonly type: "link-child"; readonly childId: string }
  | { readonly type: "cancel"; readonly reason: string; readonly lines?: readonly PartsLine[] };

export type TicketOrder = SharedOrder | WorkOrder | PartsOrder;

/** An order with who gave it and when; the same `commandId` again changes nothing. */
export type TicketCommand = TicketOrder & Omit<Step, "policy"> & { readonly commandId: string };

const early: readonly TicketState[] = ["planned", "new", "acknowledged", "assigned"];

/** From which states an order is legal; absent: from every open state. */
const legalFrom: Partial<Record<TicketOrder["type"], readonly TicketState[]>> = {
  ...workLegalFrom,
  ...partsLegalFrom,
  cancel: [...early, "requested", "approved", "sourcing", "backordered", "reserved"],
};

/** Whether a ticket's state allows an order, whatever else it may need. Pure. */
export function isLegalFrom(order: TicketOrder["type"], state: TicketState): boolean {
  const legal = legalFrom[order];
  return legal ? legal.includes(state) : isOpen(state);
}

/**
 * What a command does to a ticket: the events to append, none when it has nothing new to say or came before.
 * `TICKET_TRANSITION` when the ticket's state does not allow it.
 */
export function decide(
  ticket: Ticket | undefined,
  command: TicketCommand,
  policy: WorkPolicy = workPolicy,
): TicketEvent[] {
  if (ticket?.timeline.some(({ commandId }) => commandId === command.commandId)) return [];
  const step = { ...command, policy };
  const results = ticket ? resultsOn(ticket, command, step) : resultsOfOpening(command, step);
  const { at, actor, commandId } = command;
  const version = ticket?.version ?? 0;
  return results.map((result, index) => ({
    seq: version + index + 1,
    at,
    actor,
    commandId,
    ...result,
  }));
}

function resultsOfOpening(command: TicketOrder, step: Step): EventResult[] {
  if (command.type === "open") return openingResults(command, step);
  if (command.type === "request-parts") return requestResults(command);
  throw new CodedError("TICKET_TRANSITION", `${command.type}: there is no such ticket`);
}

function resultsOn(ticket: Ticket, command: TicketOrder, step: Step): EventResult[] {
  if (!isLegalFrom(command.type, ticket.state)) throw notHere(ticket, command.type);
  switch (command.type) {
    case "raise-priority":
      return raised(ticket, command.priority, command.reason, step);
    case "link-child":
      return ticket.childIds.includes(command.childId)
        ? []
        : [{ type: "child-linked", childId: command.childId }];
    case "cancel":
      return [cancelled(ticket, command, step)];
    case "request-parts":
    case "approve-parts":
    case "source-parts":
    case "settle-parts":
    case "commit-parts":
    case "hurry-parts":
    case "move-parts":
    case "close-parts":
    case "cancel-parts":
      return partsResults(ticket, command);
    default:
      return workResults(ticket, command, step);
  }
}

function cancelled(
  ticket: Ticket,
  { reason, lines }: Extract<TicketOrder, { type: "cancel" }>,
  { actor, role, at }: Step,
): EventResult {
  const mayCancel = actor.kind === "system" || (isRole(role) && may(role, "tickets.cancelSafety"));
  if (ticket.safetyRelated && ticket.kind !== "parts" && !mayCancel)
    throw new CodedError(
      "TICKET_NOT_ALLOWED",
      "a safety-related ticket is cancelled by headquarters only",
    );
  const result: EventResult = {
    type: "cancelled",
    reason,
    ...(lines ? { lines: [...lines] } : {}),
  };
  return withClocks(ticket, result, endedClocks(ticket, at));
}

/** A ticket is nothing but the fold of its timeline (TK-2). `events`: all of them, from the first. */
export function fold(events: readonly TicketEvent[], start?: Ticket): Ticket {
  const ticket = events.reduce(apply, start);
  assert(ticket, "a timeline has at least one event");
  return ticket;
}

function apply(before: Ticket | undefined, event: TicketEvent): Ticket {
  const ticket = event.type === "opened" ? opened(event) : before;
  assert(ticket, "a timeline begins with its opening");
  const next = patched(ticket, changeOf(ticket, event));
  return {
    ...next,
    stage: stageOf[next.state],
    sla: event.clocks ? replaceClocks(ticket.sla, event.clocks) : ticket.sla,
    updatedAt: event.at,
    ...(isOpen(next.state) ? {} : { closedAt: event.at }),
    timeline: [...ticket.timeline, event],
    version: event.seq,
  };
}

function patched(ticket: Ticket, patch: TicketPatch): Ticket {
  const merged = { ...ticket, ...patch };
  const kept = Object.entries(merged).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Ticket;
}

function opened(event: Extract<TicketEvent, { type: "opened" }>): Ticket {
  const { seq: _seq, at, actor: _actor, commandId: _commandId, type: _type, ...rest } = event;
  const { clocks: _clocks, ...facts } = rest;
  const state = facts.kind === "parts" ? "requested" : isPlannedWork(facts) ? "planned" : "new";
  return {
    ...facts,
    ...noWork,
    visitLog: [],
    failedSteps: [],
    activeFindings: [],
    state,
    stage: stageOf[state],
    ownerId: "",
    rejectedBy: [],
    evidence: [],
    evidenceCount: 0,
    occurrenceCount: 0,
    parts: [],
    childIds: [],
    absorbedIds: [],
    sla: [],
    visits: 0,
    reopenCount: 0,
    createdAt: at,
    updatedAt: at,
    timeline: [],
    version: 0,
  };
}

function changeOf(ticket: Ticket, event: TicketEvent): TicketPatch {
  switch (event.type) {
    case "opened":
      return {};
    case "priority-raised":
      return { priority: event.to };
    case "child-linked":
      return { childIds: [...ticket.childIds, event.childId] };
    case "closed":
      return {
        state: "closed",
        ...(event.outcome ? { outcome: event.outcome } : {}),
        ...(event.lines ? { parts: event.lines } : {}),
      };
    case "cancelled":
      return { state: "cancelled", ...(event.lines ? { parts: event.lines } : {}) };
    case "merged":
      return { state: "merged", mergedInto: event.into };
    default:
      return workChange(ticket, event) ?? partsChange(ticket, event) ?? {};
  }
}
