import type { Clock } from "@firebreak/kit/clock.ts";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { applyFinding } from "./apply-finding.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import { loadMachineSetting, type MachineSetting } from "./machine-terms.ts";
import { endChildren } from "./parts/end-children.ts";
import type { HolidayTable } from "./sla/calendar.ts";
import { readHolidays } from "./sla/load-holidays.ts";
import type { Ticket } from "./ticket.ts";
import { countTickets } from "./ticket-counts.ts";
import { createTicketIds, type TicketIds } from "./ticket-ids.ts";
import type { TicketOrder as Order } from "./ticket-lifecycle.ts";
import { findCommand, loadPage, loadTicket, saveCommand } from "./ticket-store.ts";
import { carryOut, requireTicket, type TicketWork } from "./ticket-work.ts";
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
  /** Begins the work of one transaction: what it changes is told to listeners after the commit. */
  begin(tx: Transaction, actor: Actor, role?: string): TicketWork;
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

export interface TicketServiceOptions {
  readonly db: Database;
  /** The plan that judges a machine. */
  readonly planOf: (machineId: string) => Plan | undefined;
  readonly clock: Clock;
  readonly ids?: TicketIds;
  /** Of working days; absent: the file that comes with Firebreak. */
  readonly holidays?: HolidayTable;
  readonly policy?: WorkPolicy;
}

const system: Actor = { kind: "system", id: "rules" };

/** The tables must have been made, and the parts loaded, by `prepareTickets`. */
export function createTicketService(options: TicketServiceOptions): TicketService {
  const { db, planOf, clock, ids = createTicketIds(clock.nowMs) } = options;
  const { holidays = readHolidays(), policy = workPolicy } = options;
  const listeners = new Set<(change: TicketChange) => void>();

  const begin = (tx: Transaction, actor: Actor, role?: string): TicketWork => {
    const nowMs = clock.nowMs();
    const at = new Date(nowMs).toISOString();
    const settings = new Map<string, Promise<MachineSetting>>();
    const settingOf = (machineId: string) => {
      const known = settings.get(machineId);
      if (known) return known;
      const plan = planOf(machineId);
      const setting = loadMachineSetting(tx, machineId, { plan, nowMs, holidays });
      settings.set(machineId, setting);
      return setting;
    };
    const work: TicketWork = {
      tx,
      actor,
      role,
      nowMs,
      at,
      ids,
      policy,
      planOf,
      settingOf,
      changes: new Map(),
    };
    tx.afterCommit(() => {
      for (const change of work.changes.values())
        for (const listener of listeners) listener(change);
    });
    return work;
  };

  /** A person's order in a transaction of its own; `then` does what follows from it. */
  const obey = (
    { ticketId, actor, commandId: personsId }: TicketOrder,
    order: Order,
    then: (work: TicketWork, ticket: Ticket, commandId: string) => Promise<void> = async () => {},
  ): Promise<Ticket> =>
    db.transaction(async (tx) => {
      // A name space of its own: nobody can use up the command of a finding.
      const commandId = `order/${personsId}`;
      const earlier = await findCommand(tx, commandId);
      if (earlier && (earlier.ticketId !== ticketId || earlier.name !== order.type))
        throw new CodedError(
          "TICKET_COMMAND_REUSED",
          `command ${personsId} was ${earlier.name} of ${earlier.ticketId}`,
        );
      const { ticket, key } = await requireTicket(tx, ticketId);
      if (earlier) return ticket;
      const work = begin(tx, actor);
      const after = await carryOut(work, { ticket, key }, { ...order, commandId });
      await then(work, after, commandId);
      await saveCommand(tx, { commandId, ticketId, name: order.type });
      return after;
    });

  return {
    begin,
    async applyFindings(tx, findings) {
      const work = begin(tx, system);
      for (const finding of findings) await applyFinding(work, finding);
      return [...work.changes.values()];
    },
    acknowledge: ({ note, ...order }) =>
      obey(order, { type: "acknowledge", ...(note === undefined ? {} : { note }) }),
    close: ({ outcome, note, partsUsed = [], ...order }) =>
      obey(order, { type: "close", outcome, note }, (work, ticket, commandId) =>
        endChildren(work, ticket, { commandId, partsUsed }),
      ),
    async get(ticketId) {
      const found = await loadTicket(db, ticketId);
      if (!found) throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
      return found.ticket;
    },
    page: (query) => loadPage(db, query),
    counts: (machine) => countTickets(db, machine),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
