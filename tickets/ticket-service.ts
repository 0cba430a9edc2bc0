import type { Transaction } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { Ticket } from "./ticket.ts";
import type { Actor, Outcome, TicketKind } from "./vocabulary.ts";

export interface TicketChange {
  readonly change: "opened" | "updated" | "ended";
  readonly ticket: Ticket;
}

/** A person's order. The same `commandId` again changes nothing and answers with the ticket as it is now. */
export interface TicketOrder {
  readonly ticketId: string;
  readonly actor: Actor;
  readonly commandId: string;
}

export interface TicketQuery {
  readonly machine?: string;
  /** Open is every state before closed, cancelled or merged. */
  readonly state?: "open" | "closed";
  readonly kind?: TicketKind;
  /** 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface TicketPage {
  readonly items: Ticket[];
  readonly next: string | null;
}

export interface TicketCounts {
  readonly open: number;
  readonly openByKind: Readonly<Record<TicketKind, number>>;
  /** Machines with at least one open inspection or repair. */
  readonly machines: number;
}

/**
 * Tickets, with their parts and stock. Errors: `TICKET_UNKNOWN` (404), `TICKET_TRANSITION` and
 * `TICKET_COMMAND_REUSED` (409), `TICKET_CURSOR` and `TICKET_PARTS` (400).
 */
export interface TicketService {
  /** Turns findings into tickets inside the caller's transaction. The same finding again changes nothing. */
  applyFindings(tx: Transaction, findings: readonly Finding[]): Promise<TicketChange[]>;
  acknowledge(order: TicketOrder & { readonly note?: string }): Promise<Ticket>;
  /**
   * Ends an acknowledged ticket, and its parts tickets with it: parts named in `partsUsed` leave the stock, all other
   * reservations are given back.
   */
  close(
    order: TicketOrder & {
      readonly outcome: Outcome;
      readonly note: string;
      readonly partsUsed?: readonly string[];
    },
  ): Promise<Ticket>;
  get(ticketId: string): Promise<Ticket>;
  /** Newest first. */
  page(query: TicketQuery): Promise<TicketPage>;
  counts(machine?: string): Promise<TicketCounts>;
  /** Tells every change after it is committed, in commit order; returns the way to stop. */
  onChange(listener: (change: TicketChange) => void): () => void;
}
