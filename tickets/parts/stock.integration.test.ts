import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dispatcher, finding } from "../tickets.fixture.ts";
import { expectConsistent, openWorld } from "../world.fixture.ts";
import { loadPartsOnce, readPartsFiles } from "./load-parts.ts";
import type { PartsTables } from "./parts-tables.ts";

const soak = process.env.FIREBREAK_SOAK === "1";

/** One thing that may happen to one of a few machines; several at a time. */
const event = fc.record({
  machine: fc.nat(5),
  failureMode: fc.constantFrom("oil-pressure-sensor", "oil-pump", "exotic"),
  action: fc.constantFrom("fault", "fault", "close", "close-with-part"),
});
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

describe("reserving", () => {
  test("gives the last one to exactly one of 200 who want it at once (SK-9)", async () => {
    const world = await openWorld();
    const wanting = Array.from({ length: 200 }, (_, index) =>
      finding({ findingId: `f-${index}`, machineId: `M-${index}`, failureMode: "oil-pump" }),
    );
    await Promise.all(wanting.map((one) => world.apply(one)));
    const { items } = await world.service.page({ kind: "parts", limit: 200 });
    const states = items.map(({ state }) => state);
    expect(states.filter((state) => state === "reserved")).toHaveLength(1);
    expect(states.filter((state) => state === "backordered")).toHaveLength(199);
    await expectConsistent(world.db);
    await world.close();
  });

  test("never promises or gives away what is not there, whatever happens at once (SK-1, SK-2)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(event, { maxLength: 5 }), { maxLength: 12 }),
        async (rounds) => {
          const world = await openWorld();
          let number = 0;
          const happen = async ({ machine, failureMode, action }: Event) => {
            const machineId = `M-${machine}`;
            const own = ++number;
            const commandId = `c-${own}`;
            if (action === "fault") {
              await world.apply(finding({ findingId: `f-${own}`, machineId, failureMode }));
              return;
            }
            const { items } = await world.service.page({
              machine: machineId,
              state: "open",
              limit: 9,
            });
            const ticket = items.find(
              ({ kind, faultCode }) => kind !== "parts" && faultCode === failureMode,
            );
            if (!ticket) return;
            const { ticketId } = ticket;
            const parts = items.find(({ parentId }) => parentId === ticketId)?.parts ?? [];
            const partsUsed =
              action === "close-with-part"
                ? parts.filter(({ state }) => state === "reserved").map(({ partNo }) => partNo)
                : [];
            try {
              await world.service.acknowledge({
                ticketId,
                actor: dispatcher,
                commandId: `a-${own}`,
              });
              await world.service.close({
                ticketId,
                actor: dispatcher,
                commandId,
                outcome: "fixed",
                note: "done",
                partsUsed,
              });
            } catch (error) {
              // Somebody else was quicker.
              expect(error).toMatchObject({ code: "TICKET_TRANSITION" });
            }
          };
          for (const round of rounds) {
            await Promise.all(round.map(happen));
            await expectConsistent(world.db);
          }
          await world.close();
        },
      ),
      { numRuns: soak ? 300 : 20 },
    );
  });
});

describe("loadPartsOnce", () => {
  test("books the files at the first start only", async () => {
    const world = await openWorld();
    const again = await loadPartsOnce(world.db, readPartsFiles(), {
      at: "2026-03-02T00:00:00.000Z",
      newId: () => "again",
    });
    expect(again).toBe(false);
    const kinds = await world.db
      .tables<PartsTables>()
      .selectFrom("stock_ledger")
      .selectAll()
      .execute();
    expect(new Set(kinds.map(({ kind, actor }) => `${kind} ${actor}`))).toEqual(
      new Set(["receipt first-start"]),
    );
    await expectConsistent(world.db);
    await world.close();
  });
});
