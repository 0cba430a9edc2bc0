import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { SlaClock } from "../sla/sla-clock.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult, TicketEvent } from "../ticket-event.ts";
import type { TicketFacts } from "../ticket-facts.ts";
import type { TicketState } from "../vocabulary.ts";
import type { PartsDemand } from "./parts-demand.ts";
import type { MovingState, PartsStep } from "./parts-events.ts";
import { askedPartNo, type LineState, type PartsLine } from "./parts-line.ts";

/** The clocks that change with an order, each in its whole new state. */
interface Clocked {
  readonly clocks?: readonly SlaClock[];
}

/** What somebody wants of a parts ticket. */
export type PartsOrder =
  | ({
      readonly type: "request-parts";
      readonly facts: TicketFacts;
      readonly lines: readonly PartsLine[];
      readonly demand?: PartsDemand;
    } & Clocked)
  | ({ readonly type: "approve-parts"; readonly reason: string } & Clocked)
  | { readonly type: "source-parts" }
  /** Reserved when every line is found; backordered when one is not. */
  | ({ readonly type: "settle-parts"; readonly lines: readonly PartsLine[] } & Clocked)
  | ({ readonly type: "commit-parts"; readonly commitAt: string } & Clocked)
  /** A higher priority changed what is promised. */
  | { readonly type: "hurry-parts"; readonly clocks: readonly SlaClock[] }
  | ({
      readonly type: "move-parts";
      readonly step: PartsStep;
      readonly lines: readonly PartsLine[];
    } & Clocked)
  | ({
      readonly type: "close-parts";
      readonly note: string;
      readonly lines: readonly PartsLine[];
    } & Clocked)
  | ({
      readonly type: "cancel-parts";
      readonly reason: string;
      readonly lines: readonly PartsLine[];
    } & Clocked);

const found: readonly TicketState[] = [
  "backordered",
  "reserved",
  "in_transit",
  "ready",
  "loaned",
  "consumed",
  "returned",
];

/** From which states an order is legal; absent: from every open state. */
export const partsLegalFrom: Partial<Record<PartsOrder["type"], readonly TicketState[]>> = {
  "approve-parts": ["requested"],
  "source-parts": ["approved", "backordered"],
  "settle-parts": ["sourcing"],
  "move-parts": found,
  "close-parts": found,
  "cancel-parts": [
    "requested",
    "approved",
    "sourcing",
    "backordered",
    "reserved",
    "in_transit",
    "ready",
  ],
};

/** What may become of a line; the way of a parts ticket with one line is the way of its line. */
const nextOfLine: Readonly<Record<LineState, readonly LineState[]>> = {
  requested: ["reserved", "backordered", "released"],
  backordered: ["requested", "reserved", "released", "stocked"],
  reserved: ["in_transit", "ready", "requested", "released"],
  in_transit: ["ready", "requested", "released", "stocked"],
  ready: ["loaned", "released", "stocked"],
  loaned: ["consumed", "returned"],
  consumed: [],
  returned: [],
  stocked: [],
  released: [],
};

const progress: readonly [LineState, MovingState][] = [
  ["requested", "sourcing"],
  ["backordered", "backordered"],
  ["reserved", "reserved"],
  ["in_transit", "in_transit"],
  ["ready", "ready"],
  ["loaned", "loaned"],
  ["consumed", "consumed"],
  ["returned", "returned"],
];

/**
 * A ticket is as far as its slowest line that is not over; when all are over it is consumed if anything was used, else
 * returned. Undefined when nothing of it was used or handed out. Pure.
 */
export function stateOfLines(lines: readonly PartsLine[]): MovingState | undefined {
  return progress.find(([state]) => lines.some((line) => line.state === state))?.[1];
}

/** The events of an order on a parts ticket whose state allows it. Pure. */
export function partsResults(ticket: Ticket, order: PartsOrder): EventResult[] {
  const clocks = clocksOf("clocks" in order ? order : {});
  switch (order.type) {
    case "request-parts":
      throw refused(ticket, "it exists already");
    case "approve-parts":
      return [{ type: "parts-approved", reason: order.reason, ...clocks }];
    case "source-parts":
      return [{ type: "parts-sourcing" }];
    case "settle-parts":
      return [{ ...settled(ticket, order.lines), ...clocks }];
    case "commit-parts":
      return [{ type: "parts-committed", commitAt: order.commitAt, ...clocks }];
    case "hurry-parts":
      return [{ type: "parts-hurried", ...clocks }];
    case "move-parts":
      return [{ ...moved(ticket, order.step, order.lines), ...clocks }];
    case "close-parts":
      checkLines(ticket, order.lines);
      return [{ type: "closed", note: order.note, lines: [...order.lines], ...clocks }];
    case "cancel-parts":
      checkLines(ticket, order.lines);
      return [{ type: "cancelled", reason: order.reason, lines: [...order.lines], ...clocks }];
  }
}

const clocksOf = ({ clocks }: Clocked) => (clocks?.length ? { clocks: [...clocks] } : {});

const refused = ({ ticketId, state }: Ticket, why: string) =>
  new CodedError("TICKET_TRANSITION", `${ticketId} is ${state}: ${why}`);

function settled(ticket: Ticket, lines: readonly PartsLine[]): EventResult {
  checkLines(ticket, lines);
  const isMissing = lines.some(({ state }) => state === "backordered" || state === "requested");
  return { type: isMissing ? "parts-backordered" : "parts-reserved", lines: [...lines] };
}

function moved(ticket: Ticket, step: PartsStep, lines: readonly PartsLine[]): EventResult {
  checkLines(ticket, lines);
  const state = stateOfLines(lines);
  if (state === undefined) throw refused(ticket, "nothing of it is left");
  return { type: step, lines: [...lines], state };
}

/** @throws CodedError TICKET_TRANSITION when a line goes where it cannot */
function checkLines(ticket: Ticket, lines: readonly PartsLine[]): void {
  for (const line of lines) {
    const before = ticket.parts.find((one) => askedPartNo(one) === askedPartNo(line));
    const isLegal =
      before && (before.state === line.state || nextOfLine[before.state].includes(line.state));
    if (!isLegal)
      throw refused(
        ticket,
        `${line.partNo} cannot go from ${before?.state ?? "nowhere"} to ${line.state}`,
      );
  }
}

/** The events that open a parts ticket. Pure. */
export const requestResults = (
  order: Extract<PartsOrder, { type: "request-parts" }>,
): EventResult[] => [
  { type: "opened", ...order.facts },
  {
    type: "parts-requested",
    lines: [...order.lines],
    ...(order.demand ? { demand: order.demand } : {}),
    ...clocksOf(order),
  },
];

/** What a parts event changes; undefined for events that are not of parts. Pure. */
export function partsChange(ticket: Ticket, event: TicketEvent): Partial<Ticket> | undefined {
  switch (event.type) {
    case "parts-requested":
      return { parts: event.lines, ...(event.demand ? { demand: event.demand } : {}) };
    case "parts-approved":
      return { state: "approved" };
    case "parts-sourcing":
      return { state: "sourcing" };
    case "parts-reserved":
      return { state: "reserved", parts: event.lines };
    case "parts-backordered":
      return { state: "backordered", parts: event.lines };
    case "parts-committed":
      return ticket.demand ? { demand: { ...ticket.demand, commitAt: event.commitAt } } : {};
    case "parts-sent":
    case "parts-received":
    case "parts-ready":
    case "parts-loaned":
    case "parts-used":
    case "parts-returned":
    case "parts-preempted":
    case "parts-lost":
    case "parts-released":
    case "old-part-returned":
      return { state: event.state, parts: event.lines };
    default:
      return undefined;
  }
}
