import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult, TicketEvent } from "../ticket-event.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import type { TicketState } from "../vocabulary.ts";
import type { PartsLine } from "./parts-line.ts";

/** What somebody wants of a parts ticket. */
export type PartsOrder =
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

/** From which states an order is legal; absent: from every open state. */
export const partsLegalFrom: Partial<Record<PartsOrder["type"], readonly TicketState[]>> = {
  "approve-parts": ["requested"],
  "source-parts": ["approved", "backordered"],
  "settle-parts": ["sourcing"],
  "close-parts": ["reserved", "backordered"],
};

/** The events of an order on a parts ticket whose state allows it. Pure. */
export function partsResults(ticket: Ticket, order: PartsOrder): EventResult[] {
  switch (order.type) {
    case "request-parts":
      throw new CodedError("TICKET_TRANSITION", `${ticket.ticketId} exists already`);
    case "approve-parts":
      return [{ type: "parts-approved", reason: order.reason }];
    case "source-parts":
      return [{ type: "parts-sourcing" }];
    case "settle-parts": {
      const isReserved = order.lines.every(({ state }) => state === "reserved");
      const type = isReserved ? "parts-reserved" : "parts-backordered";
      return [{ type, lines: [...order.lines] }];
    }
    case "close-parts":
      return [{ type: "closed", note: order.note, lines: [...order.lines] }];
  }
}

/** The events that open a parts ticket. Pure. */
export const requestResults = (
  order: Extract<PartsOrder, { type: "request-parts" }>,
): EventResult[] => [
  { type: "opened", ...order.facts },
  { type: "parts-requested", lines: [...order.lines] },
];

/** What a parts event changes; undefined for events that are not of parts. Pure. */
export function partsChange(event: TicketEvent): Partial<Ticket> | undefined {
  switch (event.type) {
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
    default:
      return undefined;
  }
}
