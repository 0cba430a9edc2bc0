import { isOpen } from "@firebreak/tickets/vocabulary.ts";
import type { TicketDesk, Unsubscribe } from "../ports.ts";

/**
 * How many tickets are open per machine, kept up by the ticket service's own changes, so that the list of 10,000
 * machines asks no database.
 */
export class OpenTickets {
  readonly counts = new Map<string, number>();
  readonly #machineOf = new Map<string, string>();
  readonly #desk: Pick<TicketDesk, "page" | "onChange">;
  #unsubscribe: Unsubscribe = () => {};

  constructor(desk: Pick<TicketDesk, "page" | "onChange">) {
    this.#desk = desk;
  }

  /** Resolves once every ticket open at the call is counted; changes meanwhile win over what was read. */
  async start(): Promise<void> {
    const changed = new Set<string>();
    this.#unsubscribe = this.#desk.onChange(({ ticket }) => {
      changed.add(ticket.ticketId);
      this.#put(ticket.ticketId, isOpen(ticket.state) ? ticket.machineId : undefined);
    });
    let after: string | undefined;
    do {
      const query = { state: "open", limit: 200 } as const;
      const page = await this.#desk.page(after === undefined ? query : { ...query, after });
      for (const { ticketId, machineId } of page.items)
        if (!changed.has(ticketId)) this.#put(ticketId, machineId);
      after = page.next ?? undefined;
    } while (after !== undefined);
    changed.clear();
  }

  stop(): void {
    this.#unsubscribe();
  }

  #put(ticketId: string, machineId: string | undefined): void {
    const before = this.#machineOf.get(ticketId);
    if (before === machineId) return;
    if (before !== undefined) this.#add(before, -1);
    if (machineId === undefined) this.#machineOf.delete(ticketId);
    else {
      this.#machineOf.set(ticketId, machineId);
      this.#add(machineId, 1);
    }
  }

  #add(machineId: string, step: 1 | -1): void {
    const count = (this.counts.get(machineId) ?? 0) + step;
    if (count > 0) this.counts.set(machineId, count);
    else this.counts.delete(machineId);
  }
}
