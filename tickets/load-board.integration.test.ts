import { expect, test } from "vitest";
import { describeEachDatabase } from "./each-database.fixture.ts";
import type { BoardQuery } from "./load-board.ts";
import { openOrdersWorld } from "./orders/orders.fixture.ts";
import type { TicketTables } from "./tables.ts";
import { dispatcher } from "./tickets.fixture.ts";

const early = "2026-03-02T01:00:00.000Z";
const late = "2026-03-02T09:00:00.000Z";

/** Due time, exposure and rank of the priority, in the order in which they should stand by due time. */
const byDue = [
  [early, 40, 0],
  [early, 40, 1],
  [early, 40, 1],
  [early, 10, 0],
  [late, 90, 2],
  [late, 10, 2],
] as const;
const byExposure = [4, 0, 1, 2, 3, 5];

describeEachDatabase("the board", (open) => {
  test("orders equal due times by what is at stake, then priority, and pages leave nothing out", async () => {
    const { db, service } = await openOrdersWorld(await open());
    const ids: string[] = [];
    for (const [index, [dueAt, exposure, rank]] of byDue.entries()) {
      const { ticketId } = await service.open({
        actor: dispatcher,
        commandId: `open-${index}`,
        wanted: { machineId: "PUMP-001", title: `Number ${index}` },
      });
      ids.push(ticketId);
      await db.transaction(async (tx) => {
        const row = { due_at: dueAt, exposure, priority_rank: rank };
        const tickets = tx.tables<TicketTables>().updateTable("tickets").set(row);
        await tickets.where("ticket_id", "=", ticketId).execute();
      });
    }
    const walk = async (sort: NonNullable<BoardQuery["sort"]>) => {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await service.board({ sort, limit: 1, ...(after ? { after } : {}) });
        seen.push(...page.items.map(({ ticketId }) => ticketId));
        after = page.next ?? undefined;
      } while (after !== undefined);
      return seen;
    };
    expect(await walk("due")).toEqual(ids);
    expect(await walk("exposure")).toEqual(byExposure.map((index) => ids[index]));
    await expect(service.board({ limit: 5, after: "bm9uc2Vuc2U" })).rejects.toMatchObject({
      code: "TICKET_CURSOR",
    });
    // It is 08:01 in Changsha, 00:01 in UTC: the first four are due in less than an hour.
    const some = { open: 6, unassigned: 6, dueWithinHour: 4, breached: 0, waitingParts: 0 };
    expect(await service.boardFigures({})).toEqual(some);
    expect(await service.boardFigures({ station: "nowhere" })).toMatchObject({ open: 0 });
  });
});
