import { describeEachDatabase } from "@firebreak/kit/each-database.fixture.ts";
import { expect, test } from "vitest";
import { prepareTickets } from "./prepare-tickets.ts";
import { seedYear, ticketsThatDiffer } from "./seed-year.fixture.ts";
import type { TicketTables } from "./tables.ts";

describeEachDatabase("a year of tickets", (open) => {
  test("TK-2: the events of every ticket give its stored state, and a tampered one is noticed", async () => {
    const db = await open();
    await prepareTickets(db);
    const endMs = Date.parse("2027-01-01T00:00:00.000Z");
    await seedYear(db, { tickets: 600, machines: 60, endMs });
    expect(await ticketsThatDiffer(db)).toEqual([]);

    await db.transaction(async (tx) => {
      const tables = tx.tables<TicketTables>();
      const row = await tables
        .selectFrom("tickets")
        .select("body")
        .where("ticket_id", "=", "T-0000007")
        .executeTakeFirstOrThrow();
      const body = JSON.stringify({ ...JSON.parse(row.body), visits: 99 });
      await tables
        .updateTable("tickets")
        .set({ body })
        .where("ticket_id", "=", "T-0000007")
        .execute();
    });
    expect(await ticketsThatDiffer(db)).toEqual(["T-0000007"]);
  });
});
