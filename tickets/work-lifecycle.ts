import { dispatchChange, dispatchLegalFrom, dispatchResults } from "./lifecycle/dispatch-orders.ts";
import { fieldChange } from "./lifecycle/field-changes.ts";
import { fieldLegalFrom, fieldResults } from "./lifecycle/field-orders.ts";
import { proofChange, proofLegalFrom, proofResults } from "./lifecycle/proof-orders.ts";
import {
  reportingChange,
  reportingLegalFrom,
  reportingResults,
} from "./lifecycle/reporting-orders.ts";
import type { Step, TicketPatch } from "./lifecycle/step.ts";
import type { DispatchOrder, FieldOrder, ProofOrder, WorkOrder } from "./lifecycle/work-order.ts";
import type { Ticket } from "./ticket.ts";
import type { EventResult, TicketEvent } from "./ticket-event.ts";
import type { TicketState } from "./vocabulary.ts";

/** From which states an order is legal. */
export const workLegalFrom: Readonly<Record<WorkOrder["type"], readonly TicketState[]>> = {
  ...reportingLegalFrom,
  ...dispatchLegalFrom,
  ...fieldLegalFrom,
  ...proofLegalFrom,
};

const isOfDispatch = (order: WorkOrder): order is DispatchOrder => order.type in dispatchLegalFrom;
const isOfField = (order: WorkOrder): order is FieldOrder => order.type in fieldLegalFrom;
const isOfProof = (order: WorkOrder): order is ProofOrder => order.type in proofLegalFrom;

/** The events of an order on an inspection or repair whose state allows it. Pure. */
export function workResults(ticket: Ticket, order: WorkOrder, step: Step): EventResult[] {
  if (isOfDispatch(order)) return dispatchResults(ticket, order, step);
  if (isOfField(order)) return fieldResults(ticket, order, step);
  if (isOfProof(order)) return proofResults(ticket, order, step);
  return reportingResults(ticket, order, step);
}

/** What a work event changes; undefined for events that are not work's. Pure. */
export const workChange = (ticket: Ticket, event: TicketEvent): TicketPatch | undefined =>
  reportingChange(ticket, event) ??
  dispatchChange(ticket, event) ??
  fieldChange(ticket, event) ??
  proofChange(ticket, event);
