import type { Ticket } from "../ticket.ts";
import type { TicketEvent } from "../ticket-event.ts";
import { fold } from "../ticket-lifecycle.ts";
import type { TicketState } from "../vocabulary.ts";

/** A stretch of time in which a ticket was in one state; the last one has no end. */
export interface StateSpan {
  readonly state: TicketState;
  readonly fromMs: number;
  readonly toMs?: number;
}

/** What never changes a state or a figure; a machine that keeps reporting adds many of them. */
export const silentEvents: readonly TicketEvent["type"][] = [
  "evidence-added",
  "finding-cleared",
  "returned-to-normal",
  "flapping-noted",
  "child-linked",
  "note-added",
];

/** The states a ticket went through, oldest first; states that follow one another differ. */
export function stateSpans(timeline: readonly TicketEvent[]): StateSpan[] {
  const spans: StateSpan[] = [];
  let ticket: Ticket | undefined;
  for (const event of timeline) {
    if (silentEvents.includes(event.type)) continue;
    ticket = fold([event], ticket);
    const last = spans.at(-1);
    if (last?.state === ticket.state) continue;
    const atMs = Date.parse(event.at);
    if (last) spans[spans.length - 1] = { ...last, toMs: atMs };
    spans.push({ state: ticket.state, fromMs: atMs });
  }
  return spans;
}

/** Milliseconds spent in a state; one that lasts yet counts to `untilMs`. */
export const timeIn = (spans: readonly StateSpan[], state: TicketState, untilMs: number): number =>
  spans
    .filter((span) => span.state === state)
    .reduce((sum, { fromMs, toMs = untilMs }) => sum + Math.max(0, toMs - fromMs), 0);

export const firstIn = (
  spans: readonly StateSpan[],
  states: readonly TicketState[],
): number | undefined => spans.find(({ state }) => states.includes(state))?.fromMs;
