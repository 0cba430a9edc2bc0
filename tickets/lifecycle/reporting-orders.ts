import { CodedError } from "@firebreak/kit/coded-error.ts";
import { boundEvidence, isNewEvidence } from "../bound-evidence.ts";
import { mergeClocks } from "../sla/ticket-clocks.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult, TicketEvent } from "../ticket-event.ts";
import { isMoreUrgent, openStates, type Priority, type TicketState } from "../vocabulary.ts";
import { guard, type Step, type TicketPatch, withClocks } from "./step.ts";
import {
  advancedClocks,
  endedClocks,
  openingClocks,
  raisedClocks,
  startPromised,
} from "./work-clocks.ts";
import type { CustomerReport, ReportingOrder } from "./work-order.ts";

export const early: readonly TicketState[] = ["planned", "new", "acknowledged", "assigned"];

/** From which states an order is legal. */
export const reportingLegalFrom: Readonly<Record<ReportingOrder["type"], readonly TicketState[]>> =
  {
    open: [],
    observe: openStates,
    "note-cleared": openStates,
    "note-returned": openStates,
    "note-flapping": openStates,
    "attach-report": openStates,
    absorb: openStates,
    "rank-candidates": openStates,
    merge: early,
  };

/** The events that open an inspection or a repair. Pure. */
export function openingResults(
  order: Extract<ReportingOrder, { type: "open" }>,
  step: Step,
): EventResult[] {
  const { facts, findingId, machineAt, evidence, report } = order;
  const opened: EventResult = { type: "opened", ...facts };
  const results: EventResult[] = [withClocks({ sla: [] }, opened, openingClocks(facts, step))];
  if (findingId !== undefined && machineAt !== undefined)
    results.push({
      type: "evidence-added",
      findingId,
      machineAt,
      evidence: [...evidence],
      isOccurrence: true,
    });
  if (report) results.push(reported(report));
  return results;
}

/** The events of an order on a ticket whose state allows it. Pure. */
export function reportingResults(ticket: Ticket, order: ReportingOrder, step: Step): EventResult[] {
  switch (order.type) {
    case "open":
      throw new CodedError("TICKET_TRANSITION", `open is not possible: ${ticket.ticketId} exists`);
    case "observe":
      return [
        ...resultsOfEvidence(ticket, order),
        ...raised(ticket, order.priority, order.findingId, step),
      ];
    case "note-cleared": {
      const { findingId, machineAt, cause } = order;
      return [{ type: "finding-cleared", findingId, machineAt, ...(cause ? { cause } : {}) }];
    }
    case "note-returned": {
      const { findingId, machineAt } = order;
      return [{ type: "returned-to-normal", findingId, machineAt }];
    }
    case "note-flapping":
      return flappingNoted(ticket, order);
    case "attach-report":
      return [attachedReport(ticket, order.report, step)];
    case "absorb":
      return absorbed(ticket, order, step);
    case "rank-candidates": {
      const { candidateFaults, predictedParts } = order;
      return [
        {
          type: "candidates-ranked",
          candidateFaults: [...candidateFaults],
          predictedParts: [...predictedParts],
        },
      ];
    }
    case "merge":
      return [mergedInto(ticket, order, step)];
  }
}

function flappingNoted(
  { flapping }: Ticket,
  { onsetCount, totalCount }: Extract<ReportingOrder, { type: "note-flapping" }>,
): EventResult[] {
  const isNews =
    onsetCount > (flapping?.onsetCount ?? 0) || (totalCount ?? 0) > (flapping?.totalCount ?? 0);
  if (!isNews) return [];
  return [
    {
      type: "flapping-noted",
      onsetCount,
      ...(totalCount === undefined ? {} : { totalCount }),
    },
  ];
}

function resultsOfEvidence(
  ticket: Ticket,
  order: Extract<ReportingOrder, { type: "observe" }>,
): EventResult[] {
  const { findingId, machineAt, isOccurrence } = order;
  const evidence = order.evidence.filter(
    (piece) => isOccurrence || isNewEvidence(piece, ticket.evidence),
  );
  if (evidence.length === 0 && !isOccurrence) return [];
  return [{ type: "evidence-added", findingId, machineAt, evidence, isOccurrence }];
}

/** Rises by itself, never falls by itself (TK-4); running clocks get tighter (MR-4). */
export function raised(ticket: Ticket, to: Priority, reason: string, step: Step): EventResult[] {
  if (!isMoreUrgent(to, ticket.priority)) return [];
  const result: EventResult = { type: "priority-raised", from: ticket.priority, to, reason };
  return [withClocks(ticket, result, raisedClocks(ticket, to, step))];
}

const reported = ({ channel, text, reportId, customerId }: CustomerReport): EventResult => ({
  type: "customer-reported",
  channel,
  ...(text === undefined ? {} : { text }),
  ...(reportId === undefined ? {} : { reportId }),
  ...(customerId === undefined ? {} : { customerId }),
});

/** No clock is reset; a customer who calls before anybody was sent is to hear within half an hour (O-04). */
function attachedReport(ticket: Ticket, report: CustomerReport, step: Step): EventResult {
  const isWaiting =
    ticket.state === "planned" || ticket.state === "new" || ticket.state === "acknowledged";
  const want = { from: "opening", kind: "dispatch_confirmation" } as const;
  const clocks = isWaiting ? startPromised(ticket, ticket.sla, want, step) : ticket.sla;
  return withClocks(ticket, reported(report), clocks);
}

function absorbed(
  ticket: Ticket,
  order: Extract<ReportingOrder, { type: "absorb" }>,
  { at }: Step,
): EventResult[] {
  if (ticket.absorbedIds.includes(order.ticketId)) return [];
  const { ticketId, occurrenceCount, why } = order;
  const result: EventResult = {
    type: "absorbed",
    ticketId,
    occurrenceCount,
    evidence: [...order.evidence],
    activeFindings: [...(order.activeFindings ?? [])],
    why,
  };
  return [withClocks(ticket, result, mergeClocks(ticket.sla, order.clocks, at))];
}

function mergedInto(
  ticket: Ticket,
  { into, root }: Extract<ReportingOrder, { type: "merge" }>,
  { at }: Step,
): EventResult {
  guard(into !== ticket.ticketId, "a ticket is not merged into itself");
  if (root) {
    guard(root.state !== "merged", `${into} was merged itself: name the ticket it is part of`);
    guard(root.machineId === ticket.machineId, `${into} is of another machine`);
  }
  return withClocks(ticket, { type: "merged", into }, endedClocks(ticket, at));
}

/** ES-1: what the clocks have reached, each level once. */
export const clockResults = (ticket: Ticket, { at }: Step): EventResult[] =>
  advancedClocks(ticket, at).map(({ clock, reached }) => ({
    type: "clock-levels-reached",
    clockId: clock.clockId,
    levels: [...reached],
    clocks: [clock],
  }));

function flappingAfter(
  { flapping }: Ticket,
  { onsetCount, totalCount = flapping?.totalCount, at }: FlappingNoted,
): NonNullable<Ticket["flapping"]> {
  const most = Math.max(onsetCount, flapping?.onsetCount ?? 0);
  return { onsetCount: most, ...(totalCount === undefined ? {} : { totalCount }), at };
}
type FlappingNoted = Extract<TicketEvent, { type: "flapping-noted" }>;

const withIds = ({ activeFindings }: Ticket, ids: readonly string[]): string[] => [
  ...new Set([...activeFindings, ...ids]),
];

/** What such an event changes; undefined for all others. Pure. */
export function reportingChange(ticket: Ticket, event: TicketEvent): TicketPatch | undefined {
  switch (event.type) {
    case "clock-levels-reached":
    case "returned-to-normal":
      return {};
    case "finding-cleared":
      return { activeFindings: ticket.activeFindings.filter((id) => id !== event.findingId) };
    case "evidence-added":
      return {
        activeFindings: withIds(ticket, [event.findingId]),
        evidence: boundEvidence([...ticket.evidence, ...event.evidence]),
        evidenceCount: ticket.evidenceCount + event.evidence.length,
        occurrenceCount: ticket.occurrenceCount + (event.isOccurrence ? 1 : 0),
      };
    case "flapping-noted":
      return { flapping: flappingAfter(ticket, event) };
    case "customer-reported":
      return {
        customerReported: true,
        ...(event.customerId === undefined || ticket.customerId !== undefined
          ? {}
          : { customerId: event.customerId }),
      };
    case "absorbed":
      return {
        absorbedIds: [...ticket.absorbedIds, event.ticketId],
        activeFindings: withIds(ticket, event.activeFindings ?? []),
        evidence: boundEvidence([...ticket.evidence, ...event.evidence]),
        evidenceCount: ticket.evidenceCount + event.evidence.length,
        occurrenceCount: ticket.occurrenceCount + event.occurrenceCount,
      };
    case "candidates-ranked":
      return { candidateFaults: event.candidateFaults, predictedParts: event.predictedParts };
    default:
      return undefined;
  }
}
