import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { applyFinding } from "./apply-finding.ts";
import { type Acting, type BeginWork, beginWith, type WorkOptions } from "./begin-work.ts";
import { type BoardFigures, countBoard } from "./board-figures.ts";
import type { Ranking } from "./dispatch/rank-engineers.ts";
import type { VisitProposal } from "./dispatch/visit-bundle.ts";
import {
  type BoardItem,
  type BoardPage,
  type BoardQuery,
  loadBoard,
  loadWorkOf,
} from "./load-board.ts";
import { openWork } from "./open-work.ts";
import { rankingOf, rankNow } from "./orders/assign-ticket.ts";
import { bundleFor } from "./orders/bundle-visit.ts";
import { type CrewMember, loadCrew } from "./orders/crew.ts";
import { giveOrder } from "./orders/give-order.ts";
import { type ManualWork, manualWork } from "./orders/manual-work.ts";
import type { PersonOrder } from "./orders/order-bodies.ts";
import { once } from "./service-work.ts";
import { type TickReport, tickTickets } from "./tick-tickets.ts";
import type { Ticket, TicketSummary } from "./ticket.ts";
import { countTickets } from "./ticket-counts.ts";
import { type TicketFilter, withRegions } from "./ticket-filter.ts";
import { findCommand, loadPage, loadTicket, saveCommand } from "./ticket-store.ts";
import { requireTicket } from "./ticket-work.ts";
import type { Actor, Outcome, TicketKind } from "./vocabulary.ts";

export interface TicketChange {
  readonly change: "opened" | "updated" | "ended";
  readonly ticket: Ticket;
}

/** A person's order. The same `commandId` again changes nothing and answers with the ticket as it is now. */
export interface TicketOrder extends Acting {
  readonly ticketId: string;
  readonly commandId: string;
}

export interface TicketQuery extends TicketFilter {
  /** 1 to 200. */
  readonly limit: number;
  /** `next` of the page before. */
  readonly after?: string;
}

export interface TicketPage {
  readonly items: TicketSummary[];
  readonly next: string | null;
}

export interface TicketCounts {
  readonly open: number;
  readonly openByKind: Readonly<Record<TicketKind, number>>;
  /** Machines with at least one open inspection or repair. */
  readonly machines: number;
}

/**
 * Tickets, with their parts and stock. Errors: `TICKET_UNKNOWN` (404), `TICKET_TRANSITION`, `TICKET_GUARD` and
 * `TICKET_COMMAND_REUSED` (409), `TICKET_NOT_ALLOWED` (403), `TICKET_CURSOR` and `TICKET_PARTS` (400).
 */
export interface TicketService {
  /** Begins work inside a transaction; whoever changes tickets beside their own tables does it with this. */
  readonly begin: BeginWork;
  /** Turns findings into tickets inside the caller's transaction. The same finding again changes nothing. */
  applyFindings(tx: Transaction, findings: readonly Finding[]): Promise<TicketChange[]>;
  /** Carries out an order of a person, with all that follows from it. */
  order(order: TicketOrder & { readonly order: PersonOrder }): Promise<Ticket>;
  /** Opens a ticket by hand, or adds to the one that is open for the problem. */
  open(
    order: Acting & { readonly commandId: string; readonly wanted: ManualWork },
  ): Promise<Ticket>;
  /** Who could go, best first, and who could not and why. */
  suggestions(ticketId: string): Promise<Ranking>;
  /** All engineers, with the hours of open work each has. */
  crew(): Promise<CrewMember[]>;
  /** What else could be done on the same journey (MR-9). */
  bundle(ticketId: string, engineerId?: string): Promise<VisitProposal | undefined>;
  /** Does what tickets want done by themselves by now; `nowMs`: ms since the epoch. */
  tick(nowMs?: number): Promise<TickReport>;
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
  /** The queue of dispatch: what is due first, or what is most at stake. */
  board(query: BoardQuery): Promise<BoardPage>;
  /** The same queue in numbers; `state` and `kind` of the filter do not count. */
  boardFigures(filter: TicketFilter): Promise<BoardFigures>;
  /** The open work of an engineer, what is due first on top. */
  workOf(engineerId: string): Promise<readonly BoardItem[]>;
  /** Newest first, without timelines. */
  page(query: TicketQuery): Promise<TicketPage>;
  counts(machine?: string): Promise<TicketCounts>;
  /** Tells every change after it is committed, in commit order; returns the way to stop. */
  onChange(listener: (change: TicketChange) => void): () => void;
}

export interface TicketServiceOptions extends WorkOptions {
  readonly db: Database;
  /** Who hears of changes; two services on one database that share them are as one. */
  readonly listeners?: Set<(change: TicketChange) => void>;
}

const rules: Actor = { kind: "system", id: "rules" };
const scheduler: Actor = { kind: "system", id: "scheduler" };

/** The tables must have been made, and the parts loaded, by `prepareTickets`. */
export function createTicketService({
  db,
  listeners = new Set(),
  ...options
}: TicketServiceOptions): TicketService {
  const begin = beginWith(options, (change) => {
    for (const listener of listeners) listener(change);
  });

  const beginBy = (tx: Transaction, { actor, role, engineerId }: Acting) =>
    begin(tx, actor, role, engineerId);

  /** A person's order in a transaction of its own. */
  const order: TicketService["order"] = ({ ticketId, commandId: personsId, order, ...by }) =>
    db.transaction(async (tx) => {
      // A name space of its own: nobody can use up the command of a finding.
      const commandId = `order/${personsId}`;
      const earlier = await findCommand(tx, commandId);
      if (earlier && (earlier.ticketId !== ticketId || earlier.name !== order.type))
        throw new CodedError(
          "TICKET_COMMAND_REUSED",
          `command ${personsId} was ${earlier.name} of ${earlier.ticketId}`,
        );
      if (earlier) return (await requireTicket(tx, ticketId)).ticket;
      const after = await giveOrder(beginBy(tx, by), ticketId, order, commandId);
      await saveCommand(tx, { commandId, ticketId, name: order.type });
      return after;
    });

  return {
    begin,
    async applyFindings(tx, findings) {
      const work = begin(tx, rules);
      for (const finding of findings) await applyFinding(work, finding);
      return [...work.changes.values()];
    },
    order,
    open: ({ commandId, wanted, ...by }) =>
      db.transaction(async (tx) => {
        const work = beginBy(tx, by);
        const { machineId } = wanted;
        const command = { commandId, name: "ticket.open", subject: machineId };
        const ticketId = await once(work, command, async () => {
          const asked = manualWork(wanted, options.planOf(machineId), commandId);
          const { ticket } = await openWork(work, asked, `open/${commandId}`);
          return ticket.ticketId;
        });
        return (await requireTicket(tx, ticketId)).ticket;
      }),
    crew: () => loadCrew(db),
    suggestions: (ticketId) =>
      db.transaction(async (tx) => {
        const { ticket } = await requireTicket(tx, ticketId);
        return rankingOf(await rankNow(begin(tx, scheduler), ticket));
      }),
    bundle: (ticketId, engineerId) =>
      db.transaction(async (tx) => {
        const { ticket } = await requireTicket(tx, ticketId);
        return bundleFor(begin(tx, scheduler), ticket, engineerId);
      }),
    tick: (nowMs = options.clock.nowMs()) =>
      tickTickets(nowMs, {
        db,
        begin: (tx) => begin(tx, scheduler),
        ...(options.policy ? { policy: options.policy } : {}),
      }),
    acknowledge: ({ note, ...by }) =>
      order({ ...by, order: { type: "acknowledge", ...(note === undefined ? {} : { note }) } }),
    close: ({ outcome, note, partsUsed = [], ...by }) =>
      order({ ...by, order: { type: "close", outcome, note, partsUsed: [...partsUsed] } }),
    async get(ticketId) {
      const found = await loadTicket(db, ticketId);
      if (!found) throw new CodedError("TICKET_UNKNOWN", `there is no ticket ${ticketId}`);
      return found.ticket;
    },
    board: async (query) => loadBoard(db, await withRegions(db, query)),
    boardFigures: async (filter) =>
      countBoard(db, await withRegions(db, filter), options.clock.nowMs()),
    workOf: (engineerId) => loadWorkOf(db, engineerId),
    page: async (query) => loadPage(db, await withRegions(db, query)),
    counts: (machine) => countTickets(db, machine),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
