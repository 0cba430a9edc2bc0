import { errorCode } from "@firebreak/kit/coded-error.ts";
import { type Database, openDatabaseUrl } from "@firebreak/kit/database.ts";
import { expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { createTicketIds } from "../ticket-ids.ts";
import { dispatcher } from "../tickets.fixture.ts";
import { openNetwork } from "./network.fixture.ts";
import { loadActive, reserve } from "./reservations.ts";
import { checkLedger } from "./stock-ledger.ts";

const WANTING = 200;
const at = "2026-03-02T00:00:00.000Z";
const nowMs = Date.parse(at);

describeEachDatabase("the last unit", (open, { kind, urlOf }) => {
  test(`SK-9: of ${WANTING} who want it at once exactly one gets it`, async () => {
    const db = await open();
    const net = await openNetwork(db, { home: "PUMP: { bin: A, quantity: 1 }" });
    // PostgreSQL serves several processes: half of them come from another one's connections.
    const other = kind === "postgres" ? openDatabaseUrl(urlOf(db)) : db;
    const ids = createTicketIds(() => nowMs);
    const want = (one: Database, index: number): Promise<string | undefined> =>
      one.transaction((tx) =>
        reserve(
          { tx, actor: dispatcher, nowMs, at, ids },
          {
            partNo: "PUMP",
            locationId: "home",
            quantity: 1,
            claim: {
              tier: "meet",
              priority: "general",
              isKeyCustomer: false,
              createdAt: new Date(nowMs + index).toISOString(),
            },
          },
        ),
      );
    /** Whoever is told to try again does. */
    const insist = async (one: Database, index: number): Promise<string | undefined> => {
      try {
        return await want(one, index);
      } catch (error) {
        if (!["DATABASE_BUSY", "DATABASE_CONFLICT"].includes(errorCode(error))) throw error;
        return insist(one, index);
      }
    };
    const answers = await Promise.all(
      Array.from({ length: WANTING }, (_, index) => insist(index % 2 ? other : db, index)),
    );
    expect(answers.filter((answer) => answer !== undefined)).toHaveLength(1);
    expect(await loadActive(db, ["PUMP"])).toHaveLength(1);
    expect(await net.levels("PUMP")).toEqual({ home: "1/1" });
    expect(await checkLedger(db)).toEqual([]);
    if (other !== db) await other.close();
  }, 120_000);

  test("SK-9: two parts tickets for the last one: one is reserved, the other backordered", async () => {
    const db = await open();
    const net = await openNetwork(db, { home: "PUMP: { bin: A, quantity: 1 }" });
    const jobs = [await net.job("meet-1"), await net.job("meet-2"), await net.job("meet-3")];
    const tickets = await Promise.all(jobs.map((job) => net.want(job, "PUMP")));
    const states = await Promise.all(
      tickets.map(async ({ ticketId }) => (await net.get(ticketId)).state),
    );
    expect(states.sort()).toEqual(["backordered", "backordered", "reserved"]);
  });
});
