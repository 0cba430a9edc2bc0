import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket, TicketSummary } from "@firebreak/tickets/ticket.ts";
import type { HubCaller } from "../hub-caller.ts";

/** A list as the interface gives it. */
export interface Items<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** How people of a scenario speak with its hub: over the public interface, and what it refuses is counted. */
export class Counter {
  /** Orders that the hub did not take, by order and reason. */
  readonly refused = new Map<string, number>();
  readonly #caller: Pick<HubCaller, "ask">;

  constructor(caller: Pick<HubCaller, "ask">) {
    this.#caller = caller;
  }

  /** @throws CodedError HUB_REFUSED */
  async get<Answer>(path: string): Promise<Answer> {
    const { status, answer } = await this.#caller.ask("get", path);
    if (status >= 300)
      throw new CodedError("HUB_REFUSED", `GET ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer as Answer;
  }

  /** Every page of a list. */
  async all<Item>(path: string): Promise<readonly Item[]> {
    const items: Item[] = [];
    let cursor = "";
    for (;;) {
      const page = await this.get<Items<Item>>(`${path}${cursor}`);
      items.push(...page.items);
      if (page.next === null) return items;
      cursor = `&cursor=${encodeURIComponent(page.next)}`;
    }
  }

  /** Whether it was taken, and the answer. */
  async post(
    path: string,
    body: object = {},
  ): Promise<{ readonly isTaken: boolean; readonly answer: unknown }> {
    const { status, answer } = await this.#caller.ask("post", path, body);
    const isTaken = status < 300;
    if (!isTaken) {
      const code = String((answer as { code?: unknown } | null)?.code ?? status);
      const what = `${path.split("/").at(-1)} ${code}`;
      this.refused.set(what, (this.refused.get(what) ?? 0) + 1);
    }
    return { isTaken, answer };
  }

  /** @throws CodedError HUB_REFUSED: nothing can go on without it */
  async must(path: string, body: object): Promise<unknown> {
    const { status, answer } = await this.#caller.ask("post", path, body);
    if (status < 300) return answer;
    throw new CodedError("HUB_REFUSED", `POST ${path}: ${status} ${JSON.stringify(answer)}`);
  }

  ticket(ticketId: string): Promise<Ticket> {
    return this.get<Ticket>(`tickets/${ticketId}`);
  }

  openTickets(kind: "work" | "parts"): Promise<readonly TicketSummary[]> {
    return this.all<TicketSummary>(`tickets?state=open&kind=${kind}&limit=200`);
  }
}
