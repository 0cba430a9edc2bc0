import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceLevel } from "@firebreak/plans/service-promises.ts";
import type { Calendar } from "../sla/calendar.ts";
import type { SlaClock } from "../sla/sla-clock.ts";
import { changedClocks } from "../sla/ticket-clocks.ts";
import type { Ticket } from "../ticket.ts";
import type { EventResult } from "../ticket-event.ts";
import type { Actor } from "../vocabulary.ts";
import type { WorkPolicy } from "./work-policy.ts";

/** What was promised for the machine, resolved: plan, segment, commitment and the calendar of its region. */
export interface ServiceTerms {
  readonly level: ServiceLevel;
  readonly calendar: Calendar;
}

/** What an order comes with besides its own facts. */
export interface Step {
  /** ISO instant of the hub's clock. */
  readonly at: string;
  readonly actor: Actor;
  /** Of the person who acts. */
  readonly role?: string;
  /** Absent: nothing is promised, no clock starts. */
  readonly terms?: ServiceTerms;
  readonly policy: WorkPolicy;
}

/** An event with the clocks that change with it; `clocks`: all of the ticket's as they are afterwards. */
export function withClocks(
  ticket: Pick<Ticket, "sla">,
  result: EventResult,
  clocks: readonly SlaClock[],
): EventResult {
  const changed = changedClocks(ticket.sla, clocks);
  return changed.length === 0 ? result : { ...result, clocks: changed };
}

export const notHere = (ticket: Pick<Ticket, "ticketId" | "state">, order: string): CodedError =>
  new CodedError(
    "TICKET_TRANSITION",
    `${order} is not possible: ${ticket.ticketId} is ${ticket.state}`,
  );

/** @throws CodedError TICKET_GUARD when what the step needs is not there */
export function guard(isThere: boolean, what: string): void {
  if (!isThere) throw new CodedError("TICKET_GUARD", what);
}

/** `{ note }` or nothing: an absent note is no property at all. */
export const noted = (note: string | undefined): { note?: string } =>
  note === undefined ? {} : { note };

export const plus = (at: string, ms: number): string => new Date(Date.parse(at) + ms).toISOString();

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** What an event changes; undefined takes a property away. */
export type TicketPatch = { readonly [Key in keyof Ticket]?: Ticket[Key] | undefined };
