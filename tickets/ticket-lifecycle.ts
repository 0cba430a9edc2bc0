import assert from "node:assert/strict";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import {
  type PartsOrder,
  partsChange,
  partsLegalFrom,
  partsResults,
  requestResults,
} from "./parts/parts-lifecycle.ts";
import type { PartsLine } from "./parts/parts-line.ts";
import type { SlaClock } from "./sla/sla-clock.ts";
import type { Ticket } from "./ticket.ts";
import type { EventResult, TicketEvent } from "./ticket-event.ts";
import { type Actor, isOpen, type Priority, stageOf, type TicketState } from "./vocabulary.ts";
import {
  openingResults,
  raised,
  type WorkOrder,
  workChange,
  workLegalFrom,
  workResults,
} from "./work-lifecycle.ts";

/** What somebody wants of a ticket of any kind. */
type SharedOrder =
  | { readonly type: "raise-priority"; readonly priority: Priority; readonly reason: string }
  | { readonly type: "link-child"; readonly childId: string }
  | { readonly type: "cancel"; readonly reason: string; readonly lines?: readonly PartsLine[] };

export type TicketOrder = SharedOrder | WorkOrder | PartsOrder;

/** An order with who gave it and when; the same `commandId` again changes nothing. */
export type TicketCommand = TicketOrder & {
  readonly commandId: string;
  readonly actor: Actor;
  /** ISO instant of the hub's clock. */
  readonly at: string;
};

const early: readonly TicketState[] = ["planned", "new", "acknowledged", "assigned"];

/** From which states an order is legal; absent: from every open state. */
const legalFrom: Partial<Record<TicketOrder["type"], readonly TicketState[]>> = {
  ...workLegalFrom,
  ...partsLegalFrom,
  cancel: [...early, "requested", "approved", "sourcing", "backordered", "reserved"],
};

/**
 * What a command does to a ticket: the events to append, none when it has nothing new to say or came before.
 * `TICKET_TRANSITION` when the ticket's state does not allow it.
 */
export function decide(ticket: Ticket | undefined, command: TicketCommand): TicketEvent[] {
  if (ticket?.timeline.some(({ commandId }) => commandId === command.commandId)) return [];
  const results = ticket ? resultsOn(ticket, command) : resultsOfOpening(command);
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

function resultsOfOpening(command: TicketCommand): EventResult[] {
  if (command.type === "open") return openingResults(command);
  if (command.type === "request-parts") return requestResults(command);
  throw new CodedError("TICKET_TRANSITION", `${command.type}: there is no such ticket`);
}

function resultsOn(ticket: Ticket, command: TicketCommand): EventResult[] {
  const legal = legalFrom[command.type];
  if (legal ? !legal.includes(ticket.state) : !isOpen(ticket.state))
    throw illegal(ticket, command.type);
  switch (command.type) {
    case "raise-priority":
      return raised(ticket, command.priority, command.reason);
    case "link-child":
      return ticket.childIds.includes(command.childId)
        ? []
        : [{ type: "child-linked", childId: command.childId }];
    case "cancel": {
      const { reason, lines } = command;
      return [{ type: "cancelled", reason, ...(lines ? { lines: [...lines] } : {}) }];
    }
    case "request-parts":
    case "approve-parts":
    case "source-parts":
    case "settle-parts":
    case "close-parts":
      return partsResults(ticket, command);
    default:
      return workResults(ticket, command);
  }
}

const illegal = ({ ticketId, state }: Ticket, order: string) =>
  new CodedError("TICKET_TRANSITION", `${order} is not possible: ${ticketId} is ${state}`);

/** A ticket is nothing but the fold of its timeline (TK-2). `events`: all of them, from the first. */
export function fold(events: readonly TicketEvent[], start?: Ticket): Ticket {
  const ticket = events.reduce(apply, start);
  assert(ticket, "a timeline has at least one event");
  return ticket;
}

function apply(before: Ticket | undefined, event: TicketEvent): Ticket {
  const ticket = event.type === "opened" ? opened(event) : before;
  assert(ticket, "a timeline begins with its opening");
  const next = { ...ticket, ...changeOf(ticket, event) };
  return {
    ...next,
    stage: stageOf[next.state],
    sla: withClocks(ticket.sla, event.clocks ?? []),
    updatedAt: event.at,
    ...(isOpen(next.state) ? {} : { closedAt: event.at }),
    timeline: [...ticket.timeline, event],
    version: event.seq,
  };
}

/** Clocks keep the order in which they were started. */
function withClocks(clocks: readonly SlaClock[], changed: readonly SlaClock[]): SlaClock[] {
  const byId = new Map([...clocks, ...changed].map((clock) => [clock.clockId, clock]));
  return [...byId.values()];
}

function opened(event: Extract<TicketEvent, { type: "opened" }>): Ticket {
  const { seq: _seq, at, actor: _actor, commandId: _commandId, type: _type, ...rest } = event;
  const { clocks: _clocks, ...facts } = rest;
  const state = facts.kind === "parts" ? "requested" : "new";
  return {
    ...facts,
    state,
    stage: stageOf[state],
    ownerId: "",
    evidence: [],
    evidenceCount: 0,
    occurrenceCount: 0,
    parts: [],
    childIds: [],
    sla: [],
    visits: 0,
    reopenCount: 0,
    createdAt: at,
    updatedAt: at,
    timeline: [],
    version: 0,
  };
}

function changeOf(ticket: Ticket, event: TicketEvent): Partial<Ticket> {
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
      return workChange(ticket, event) ?? partsChange(event) ?? {};
  }
}
