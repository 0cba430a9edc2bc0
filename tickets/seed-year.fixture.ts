import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Database } from "@firebreak/kit/database.ts";
import { command, opening, orders, wayTo } from "./lifecycle/work.fixture.ts";
import type { TicketTables } from "./tables.ts";
import type { Ticket } from "./ticket.ts";
import { decide, fold, type TicketOrder } from "./ticket-lifecycle.ts";
import { loadTicket, saveTicket } from "./ticket-store.ts";
import { type Priority, priorities } from "./vocabulary.ts";

const YEAR_MS = 365 * 24 * 3_600_000;
const TICKETS_AT_ONCE = 250;
const OPEN_SHARE = 0.05;
const stations = ["changsha", "chengdu", "wuhan"] as const;
const regions = ["hunan", "southwest", "central"] as const;
const faults = [
  "oil-pressure-low",
  "main-pump-wear",
  "engine-overheating",
  "charging-fault",
] as const;
const unfinished = ["new", "acknowledged", "assigned", "in_progress", "waiting_parts", "verifying"];

export interface YearOptions {
  readonly tickets: number;
  readonly machines: number;
  /** The year ends here, ms since the epoch. */
  readonly endMs: number;
  readonly seed?: number;
  readonly onProgress?: (done: number) => void;
}

/** Reproducible numbers from 0 to below 1. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<Item>(items: readonly Item[], random: () => number): Item {
  const item = items[Math.floor(random() * items.length)];
  assert(item !== undefined);
  return item;
}

/** One ticket with the timeline that real orders give it: most go all the way, the newest are still open. */
function ticketOfYear(index: number, random: () => number, options: YearOptions): Ticket {
  const { endMs, machines, tickets } = options;
  const isOpen = index >= tickets * (1 - OPEN_SHARE);
  const place = Math.floor(random() * stations.length);
  const machineId = `M-${index % machines}`;
  const faultCode = pick(faults, random);
  const number = String(index).padStart(7, "0");
  const facts = {
    ticketId: `T-${number}`,
    machineId,
    faultCode,
    priority: pick<Priority>(priorities.slice(0, 3), random),
    stationId: stations[place] ?? "changsha",
    regionId: regions[place] ?? "hunan",
    dedupeKey: `${machineId}:${faultCode}:${number}`,
    progressCode: `seeded-progress-${number}`,
  };
  const way = wayTo[isOpen ? pick(unfinished, random) : "closed"] ?? [];
  let atMs = isOpen
    ? endMs - random() * 20 * 3_600_000
    : endMs - YEAR_MS + (index / tickets) * (YEAR_MS - 20 * 24 * 3_600_000);
  let ticket: Ticket | undefined;
  const give = (order: TicketOrder) => {
    const at = new Date(atMs).toISOString();
    const events = decide(ticket, command(order, at, { commandId: `${number}/${order.type}` }));
    ticket = fold(events, ticket);
    atMs += 60_000 + random() * 5_400_000;
  };
  give(opening(facts));
  for (const name of way) give(orders[name]);
  assert(ticket);
  return ticket;
}

/** Fills a prepared database with a year of tickets, many in one transaction. */
export async function seedYear(db: Database, options: YearOptions): Promise<void> {
  const random = randomFrom(options.seed ?? 1);
  for (let from = 0; from < options.tickets; from += TICKETS_AT_ONCE) {
    const to = Math.min(options.tickets, from + TICKETS_AT_ONCE);
    const batch = Array.from({ length: to - from }, (_, offset) =>
      ticketOfYear(from + offset, random, options),
    );
    await db.transaction(async (tx) => {
      for (const after of batch) await saveTicket(tx, { after, key: after.dedupeKey });
    });
    options.onProgress?.(to);
  }
}

/** Ids of tickets whose stored state is not the fold of their stored events (TK-2); `onProgress` after each. */
export async function ticketsThatDiffer(
  db: Database,
  onProgress: (done: number) => void = () => undefined,
): Promise<string[]> {
  const rows = await db
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .orderBy("ticket_id")
    .execute();
  const differ: string[] = [];
  for (const [index, row] of rows.entries()) {
    const found = await loadTicket(db, row.ticket_id);
    if (!found || !isDeepStrictEqual(fold(found.ticket.timeline), found.ticket))
      differ.push(row.ticket_id);
    onProgress(index + 1);
  }
  return differ;
}
