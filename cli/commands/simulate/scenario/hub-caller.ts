import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Ticket, TicketSummary } from "@firebreak/tickets/ticket.ts";

/** The public interface of a hub, asked with a token. @throws CodedError HUB_REFUSED */
export interface HubCaller {
  /** All tickets there are, each with its timeline, oldest first. */
  tickets(): Promise<readonly Ticket[]>;
  ledgerOf(machineId: string): Promise<Ledger>;
  /** Stamps of everything that is stored of a signal, in the order in which it is told. */
  stampsOf(machineId: string, signal: string, fromMs: number, toMs: number): Promise<string[]>;
  /** Any request under /api/v1; a refusal is an answer too. */
  ask(method: "get" | "post", path: string, body?: unknown): Promise<Answered>;
  /** Journal bytes that rules and store have still to read. */
  behindBytes(): Promise<number>;
}

export interface Ledger {
  readonly produced: number;
  readonly stored: number;
  readonly quarantined: number;
  readonly lost: number;
}

export interface Answered {
  readonly status: number;
  /** Parsed JSON; null for an empty one. */
  readonly answer: unknown;
}

/** At most 200 a page. */
const ticketsPerPage = 200;
const lagLine = /^firebreak_consumer_lag_bytes\{[^}]*\} (\S+)$/gm;

/** @param url asked anew each time: a hub that was killed may come back elsewhere */
export function createHubCaller(url: () => string, token: string): HubCaller {
  const text = async (path: string): Promise<string> => {
    const answer = await fetch(`${url()}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const body = await answer.text();
    if (answer.ok) return body;
    throw new CodedError("HUB_REFUSED", `GET ${path} was answered with ${answer.status}: ${body}`);
  };
  const get = async <Answer>(path: string): Promise<Answer> =>
    JSON.parse(await text(`/api/v1/${path}`)) as Answer;
  return {
    async tickets() {
      const summaries: TicketSummary[] = [];
      let cursor = "";
      do {
        const path = `tickets?limit=${ticketsPerPage}${cursor}`;
        const page = await get<{ items: TicketSummary[]; next: string | null }>(path);
        summaries.push(...page.items);
        cursor = page.next === null ? "" : `&cursor=${encodeURIComponent(page.next)}`;
      } while (cursor !== "");
      const tickets: Ticket[] = [];
      for (const { ticketId } of summaries.reverse())
        tickets.push(await get<Ticket>(`tickets/${ticketId}`));
      return tickets;
    },
    ledgerOf: (machineId) => get<Ledger>(`machines/${machineId}/ledger`),
    async stampsOf(machineId, signal, fromMs, toMs) {
      const query = `signal=${signal}&from=${fromMs}&to=${toMs}`;
      return (await get<{ t: string[] }>(`machines/${machineId}/series?${query}`)).t;
    },
    async ask(method, path, body) {
      const reply = await fetch(`${url()}/api/v1/${path}`, {
        method: method.toUpperCase(),
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(method === "post" ? { body: JSON.stringify(body ?? {}) } : {}),
      });
      const answer = await reply.text();
      return { status: reply.status, answer: answer === "" ? null : JSON.parse(answer) };
    },
    async behindBytes() {
      const lags = [...(await text("/metrics")).matchAll(lagLine)];
      return lags.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    },
  };
}
