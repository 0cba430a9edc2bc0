import { CodedError } from "@firebreak/kit/coded-error.ts";
import { boundEvidence, isNewEvidence } from "./bound-evidence.ts";
import type { Evidence } from "./evidence.ts";
import type { Ticket } from "./ticket.ts";
import type { EventResult, TicketEvent } from "./ticket-event.ts";
import type { TicketFacts } from "./ticket-facts.ts";
import { isMoreUrgent, type Outcome, type Priority, type TicketState } from "./vocabulary.ts";

/** What somebody, or a finding, wants of an inspection or a repair. */
export type WorkOrder =
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
  | { readonly type: "acknowledge"; readonly note?: string }
  | { readonly type: "close"; readonly outcome: Outcome; readonly note: string }
  | { readonly type: "merge"; readonly into: string };

/** From which states an order is legal; absent: from every open state. */
export const workLegalFrom: Partial<Record<WorkOrder["type"], readonly TicketState[]>> = {
  acknowledge: ["new"],
  close: ["acknowledged"],
  merge: ["planned", "new", "acknowledged", "assigned"],
};

/** The events of an order on a ticket whose state allows it. Pure. */
export function workResults(ticket: Ticket, order: WorkOrder): EventResult[] {
  switch (order.type) {
    case "open":
      throw new CodedError("TICKET_TRANSITION", `open is not possible: ${ticket.ticketId} exists`);
    case "observe":
      return [
        ...resultsOfEvidence(ticket, order),
        ...raised(ticket, order.priority, order.findingId),
      ];
    case "note-cleared": {
      const { findingId, machineAt } = order;
      return [{ type: "finding-cleared", findingId, machineAt }];
    }
    case "acknowledge":
      return [{ type: "acknowledged", ...(order.note === undefined ? {} : { note: order.note }) }];
    case "close":
      return [{ type: "closed", outcome: order.outcome, note: order.note }];
    case "merge":
      return [{ type: "merged", into: order.into }];
  }
}

/** The events that open an inspection or a repair. Pure. */
export function openingResults(order: Extract<WorkOrder, { type: "open" }>): EventResult[] {
  const { facts, findingId, machineAt, evidence } = order;
  return [
    { type: "opened", ...facts },
    { type: "evidence-added", findingId, machineAt, evidence: [...evidence], isOccurrence: true },
  ];
}

function resultsOfEvidence(
  ticket: Ticket,
  order: Extract<WorkOrder, { type: "observe" }>,
): EventResult[] {
  const { findingId, machineAt, isOccurrence } = order;
  const evidence = order.evidence.filter(
    (piece) => isOccurrence || isNewEvidence(piece, ticket.evidence),
  );
  if (evidence.length === 0 && !isOccurrence) return [];
  return [{ type: "evidence-added", findingId, machineAt, evidence, isOccurrence }];
}

/** Rises by itself, never falls by itself (TK-4). */
export const raised = (ticket: Ticket, to: Priority, reason: string): EventResult[] =>
  isMoreUrgent(to, ticket.priority)
    ? [{ type: "priority-raised", from: ticket.priority, to, reason }]
    : [];

/** What a work event changes; undefined for events that are not work's. Pure. */
export function workChange(ticket: Ticket, event: TicketEvent): Partial<Ticket> | undefined {
  switch (event.type) {
    case "finding-cleared":
      return {};
    case "evidence-added":
      return {
        evidence: boundEvidence([...ticket.evidence, ...event.evidence]),
        evidenceCount: ticket.evidenceCount + event.evidence.length,
        occurrenceCount: ticket.occurrenceCount + (event.isOccurrence ? 1 : 0),
      };
    case "acknowledged":
      return { state: "acknowledged", ownerId: event.actor.id };
    default:
      return undefined;
  }
}
