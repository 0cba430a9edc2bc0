import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@firebreak/kit/clock.ts";
import { type Database, openDatabase } from "@firebreak/kit/database.ts";
import { copyTemplateFile } from "@firebreak/kit/template-database.fixture.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { Compile } from "typebox/compile";
import { expect } from "vitest";
import { ticketTables } from "./each-database.fixture.ts";
import { expectStockConsistent } from "./parts/stock.fixture.ts";
import { prepareTickets } from "./prepare-tickets.ts";
import type { TicketTables } from "./tables.ts";
import { Ticket } from "./ticket.ts";
import { fold } from "./ticket-lifecycle.ts";
import { createTicketService, type TicketService } from "./ticket-service.ts";
import { requireTicket } from "./ticket-work.ts";
import { plan } from "./tickets.fixture.ts";

export interface World {
  readonly path: string;
  readonly db: Database;
  readonly service: TicketService;
  readonly clock: Clock & { nowMs(): number; advance(ms: number): void };
  /** Findings in one transaction, as the judge does it. */
  apply(...findings: readonly Finding[]): ReturnType<TicketService["applyFindings"]>;
  close(): Promise<void>;
}

/** On a new database: a given one, whose end is the giver's, or a SQLite file of its own. */
export async function openWorld(given?: Database): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), "firebreak-tickets-"));
  const path = join(folder, "firebreak.sqlite");
  if (given === undefined) await copyTemplateFile(ticketTables, path);
  const db = given ?? openDatabase({ path });
  let nowMs = Date.parse("2026-03-01T08:01:00.000Z");
  const clock = {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    advance(ms: number) {
      nowMs += ms;
    },
  };
  await prepareTickets(db, { clock });
  const service = createTicketService({ db, clock, planOf: () => plan });
  return {
    path,
    db,
    service,
    clock,
    apply: (...findings) => db.transaction((tx) => service.applyFindings(tx, findings)),
    async close() {
      if (given === undefined) await db.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const validTicket = Compile(Ticket);

/** What must hold of every database at any time: TK-1, TK-2, the stock's, and that all JSON fits its schema. */
export const expectConsistent = (db: Database): Promise<void> =>
  // One view of it all: a server may still carry out the last words of a process that was killed.
  db.transaction(async (tx) => {
    const rows = await tx.tables<TicketTables>().selectFrom("tickets").selectAll().execute();
    const tickets = new Map<string, Ticket>();
    const openProblems: string[] = [];
    for (const row of rows) {
      const { ticket } = await requireTicket(tx, row.ticket_id);
      tickets.set(row.ticket_id, ticket);
      const problems = validTicket.Errors(ticket);
      expect(problems.map((error) => [error.instancePath, error.message])).toEqual([]);
      expect(fold(ticket.timeline)).toEqual(ticket);
      const { state, kind, version, timeline } = ticket;
      expect([row.state, row.kind, row.version]).toEqual([state, kind, version]);
      expect(timeline.map(({ seq }) => seq)).toEqual(timeline.map((_, at) => at + 1));
      if (row.is_open) openProblems.push(row.problem_key);
    }
    for (const { ticketId, childIds, parentId } of tickets.values()) {
      for (const childId of childIds) expect(tickets.get(childId)?.parentId).toBe(ticketId);
      if (parentId) expect(tickets.get(parentId)?.childIds).toContain(ticketId);
    }
    expect(new Set(openProblems).size).toBe(openProblems.length);
    await expectStockConsistent(tx);
  });
