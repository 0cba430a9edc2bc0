import type { TicketSummary } from "@firebreak/tickets/ticket.ts";
import { isMoreUrgent, isOpen } from "@firebreak/tickets/vocabulary.ts";
import type { OpenWork } from "../api/fleet.ts";
import type { TicketDesk, Unsubscribe } from "../ports.ts";

type Known = Pick<TicketSummary, "ticketId" | "title" | "priority" | "createdAt">;

/**
 * The open inspections and repairs of each machine, kept up by the ticket service's own changes, so that the list of
 * 10,000 machines asks no database. Parts tickets belong to one of these and are not counted.
 */
export class OpenTickets {
  readonly work = new Map<string, OpenWork>();
  readonly #ofMachine = new Map<string, Map<string, Known>>();
  readonly #desk: Pick<TicketDesk, "page" | "onChange">;
  #unsubscribe: Unsubscribe = () => {};

  constructor(desk: Pick<TicketDesk, "page" | "onChange">) {
    this.#desk = desk;
  }

  /** Resolves once every ticket open at the call is known; changes meanwhile win over what was read. */
  async start(): Promise<void> {
    const changed = new Set<string>();
    this.#unsubscribe = this.#desk.onChange(({ ticket }) => {
      changed.add(ticket.ticketId);
      this.#put(ticket);
    });
    let after: string | undefined;
    do {
      const query = { state: "open", limit: 200 } as const;
      const page = await this.#desk.page(after === undefined ? query : { ...query, after });
      for (const ticket of page.items) if (!changed.has(ticket.ticketId)) this.#put(ticket);
      after = page.next ?? undefined;
    } while (after !== undefined);
    changed.clear();
  }

  stop(): void {
    this.#unsubscribe();
  }

  /** A ticket stays with its machine for ever. */
  #put({ ticketId, kind, state, machineId, title, priority, createdAt }: TicketSummary): void {
    if (kind === "parts" || machineId === undefined) return;
    const known = this.#ofMachine.get(machineId) ?? new Map<string, Known>();
    if (isOpen(state)) known.set(ticketId, { ticketId, title, priority, createdAt });
    else known.delete(ticketId);
    const top = [...known.values()].reduce<Known | undefined>(moreUrgent, undefined);
    if (top === undefined) {
      this.#ofMachine.delete(machineId);
      this.work.delete(machineId);
      return;
    }
    this.#ofMachine.set(machineId, known);
    const { ticketId: topId, title: topTitle } = top;
    this.work.set(machineId, { count: known.size, top: { ticketId: topId, title: topTitle } });
  }
}

function moreUrgent(one: Known | undefined, other: Known): Known {
  if (one === undefined || isMoreUrgent(other.priority, one.priority)) return other;
  if (isMoreUrgent(one.priority, other.priority)) return one;
  return other.createdAt < one.createdAt ? other : one;
}
