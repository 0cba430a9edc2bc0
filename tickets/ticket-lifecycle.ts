import assert from "node:assert/strict";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { boundEvidence, isNewEvidence } from "./bound-evidence.ts";
import type { Evidence } from "./evidence.ts";
import type { PartsLine } from "./parts/parts-line.ts";
import type { Ticket } from "./ticket.ts";
import type { TicketEvent } from "./ticket-event.ts";
import type { TicketFacts } from "./ticket-facts.ts";
import {
  type Actor,
  isMoreUrgent,
  isOpen,
  type Outcome,
  type Priority,
  stageOf,
  type TicketState,
} from "./vocabulary.ts";

/** What somebody, or a finding, wants of a ticket. */
export type TicketOrder =
  | {
      readonly type: "open";
      readonly facts: TicketFacts;
      readonly findingId: string;
      readonly machineAt: string;
      readonly evidence: readonly Evidence[];
    }
  | {
      readonly type: "observe";
      readonly findingId: string;
      readonly machineAt: string;
      readonly evidence: readonly Evidence[];
      readonly isOccurrence: boolean;
      readonly priority: Priority;
    }
  | { readonly type: "note-cleared"; readonly findingId: string; readonly machineAt: string }
  | { readonly type: "raise-priority"; readonly priority: Priority; readonly reason: string }
  | { readonly type: "link-child"; readonly childId: string }
  | { readonly type: "acknowledge"; readonly note?: string }
  | { readonly type: "close"; readonly outcome: Outcome; readonly note: string }
  | { readonly type: "cancel"; readonly reason: string; readonly lines?: readonly PartsLine[] }
  | { readonly type: "merge"; readonly into: string }
  | {
      readonly type: "request-parts";
      readonly facts: TicketFacts;
      readonly lines: readonly PartsLine[];
    }
  | { readonly type: "approve-parts"; readonly reason: string }
  | { readonly type: "source-parts" }
  /** Reserved when every line is; backordered when one is not. */
  | { readonly type: "settle-parts"; readonly lines: readonly PartsLine[] }
  | { readonly type: "close-parts"; readonly note: string; readonly lines: readonly PartsLine[] };

/** An order with who gave it and when; the same `commandId` again changes nothing. */
export type TicketCommand = TicketOrder & {
  readonly commandId: string;
  readonly actor: Actor;
  /** ISO instant of the hub's clock. */
  readonly at: string;
};

type WithoutStamp<Event> = Event extends unknown
  ? Omit<Event, "seq" | "at" | "actor" | "commandId">
  : never;
type Result = WithoutStamp<TicketEvent>;

const early: readonly TicketState[] = ["planned", "new", "acknowledged", "assigned"];

/**
 * From which states an order is legal; absent: from every open state. The service levels, dispatch and field work
 * of the full life cycle add their rows here.
 */
const legalFrom: Partial<Record<TicketOrder["type"], readonly TicketState[]>> = {
  acknowledge: ["new"],
  close: ["acknowledged"],
  cancel: [...early, "requested", "approved", "sourcing", "backordered", "reserved"],
  merge: early,
  "approve-parts": ["requested"],
  "source-parts": ["approved", "backordered"],
  "settle-parts": ["sourcing"],
  "close-parts": ["reserved", "backordered"],
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

function resultsOfOpening(command: TicketCommand): Result[] {
  switch (command.type) {
    case "open": {
      const { facts, findingId, machineAt, evidence } = command;
      return [
        { type: "opened", ...facts },
        {
          type: "evidence-added",
          findingId,
          machineAt,
          evidence: [...evidence],
          isOccurrence: true,
        },
      ];
    }
    case "request-parts":
      return [
        { type: "opened", ...command.facts },
        { type: "parts-requested", lines: [...command.lines] },
      ];
    default:
      throw new CodedError("TICKET_TRANSITION", `${command.type}: there is no such ticket`);
  }
}

function resultsOn(ticket: Ticket, command: TicketCommand): Result[] {
  const legal = legalFrom[command.type];
  if (legal ? !legal.includes(ticket.state) : !isOpen(ticket.state))
    throw illegal(ticket, command.type);
  switch (command.type) {
    case "open":
    case "request-parts":
      throw illegal(ticket, command.type);
    case "observe":
      return [
        ...resultsOfEvidence(ticket, command),
        ...raised(ticket, command.priority, command.findingId),
      ];
    case "note-cleared": {
      const { findingId, machineAt } = command;
      return [{ type: "finding-cleared", findingId, machineAt }];
    }
    case "raise-priority":
      return raised(ticket, command.priority, command.reason);
    case "link-child":
      return ticket.childIds.includes(command.childId)
        ? []
        : [{ type: "child-linked", childId: command.childId }];
    case "acknowledge":
      return [
        { type: "acknowledged", ...(command.note === undefined ? {} : { note: command.note }) },
      ];
    case "close":
      return [{ type: "closed", outcome: command.outcome, note: command.note }];
    case "cancel": {
      const { reason, lines } = command;
      return [{ type: "cancelled", reason, ...(lines ? { lines: [...lines] } : {}) }];
    }
    case "merge":
      return [{ type: "merged", into: command.into }];
    case "approve-parts":
      return [{ type: "parts-approved", reason: command.reason }];
    case "source-parts":
      return [{ type: "parts-sourcing" }];
    case "settle-parts": {
      const isReserved = command.lines.every(({ state }) => state === "reserved");
      const type = isReserved ? "parts-reserved" : "parts-backordered";
      return [{ type, lines: [...command.lines] }];
    }
    case "close-parts":
      return [{ type: "closed", note: command.note, lines: [...command.lines] }];
  }
}

const illegal = ({ ticketId, state }: Ticket, order: string) =>
  new CodedError("TICKET_TRANSITION", `${order} is not possible: ${ticketId} is ${state}`);

function resultsOfEvidence(
  ticket: Ticket,
  command: Extract<TicketOrder, { type: "observe" }>,
): Result[] {
  const { findingId, machineAt, isOccurrence } = command;
  const evidence = command.evidence.filter(
    (piece) => isOccurrence || isNewEvidence(piece, ticket.evidence),
  );
  if (evidence.length === 0 && !isOccurrence) return [];
  return [{ type: "evidence-added", findingId, machineAt, evidence, isOccurrence }];
}

/** Rises by itself, never falls by itself (TK-4). */
const raised = (ticket: Ticket, to: Priority, reason: string): Result[] =>
  isMoreUrgent(to, ticket.priority)
    ? [{ type: "priority-raised", from: ticket.priority, to, reason }]
    : [];

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
    updatedAt: event.at,
    ...(isOpen(next.state) ? {} : { closedAt: event.at }),
    timeline: [...ticket.timeline, event],
    version: event.seq,
  };
}

function opened(event: Extract<TicketEvent, { type: "opened" }>): Ticket {
  const { seq: _seq, at, actor: _actor, commandId: _commandId, type: _type, ...facts } = event;
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
    case "finding-cleared":
      return {};
    case "evidence-added":
      return {
        evidence: boundEvidence([...ticket.evidence, ...event.evidence]),
        evidenceCount: ticket.evidenceCount + event.evidence.length,
        occurrenceCount: ticket.occurrenceCount + (event.isOccurrence ? 1 : 0),
      };
    case "priority-raised":
      return { priority: event.to };
    case "child-linked":
      return { childIds: [...ticket.childIds, event.childId] };
    case "acknowledged":
      return { state: "acknowledged", ownerId: event.actor.id };
    case "parts-requested":
      return { parts: event.lines };
    case "parts-approved":
      return { state: "approved" };
    case "parts-sourcing":
      return { state: "sourcing" };
    case "parts-reserved":
      return { state: "reserved", parts: event.lines };
    case "parts-backordered":
      return { state: "backordered", parts: event.lines };
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
  }
}
