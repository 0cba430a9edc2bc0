import { openDatabaseUrl } from "@firebreak/kit/database.ts";
import { expect, test } from "vitest";
import type { AuditTables } from "../audit/audit-tables.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { noteMoveOnTickets } from "../organisation/note-move.ts";
import { createTicketService } from "../ticket-service.ts";
import { dispatcher, finding, plan, signal } from "../tickets.fixture.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { createShelvingDesk, maxShelvesOfMachine } from "./shelving-desk.ts";

const hour = 3_600_000;
const low = finding({
  ruleId: "oil-pressure-low",
  failureMode: "oil-pressure-low",
  evidence: [signal()],
});
const later = (phase: "updated" | "cleared") =>
  ({ ...low, phase, at: "2026-03-01T08:30:00.000Z", isOnset: false }) as const;
const wanted = { machineId: "M-1", ruleId: "oil-pressure-low", hours: 8, reason: "gauge on order" };

/** A hub that was started anew has nothing but the database. */
const deskOf = ({ db, clock }: Pick<World, "db" | "clock">) => {
  const tickets = createTicketService({ db, clock, planOf: () => plan });
  return createShelvingDesk({ db, clock, tickets, planOf: () => plan });
};

describeEachDatabase("shelving", (open, { urlOf }) => {
  const begin = async () => {
    const world = await openWorld(await open());
    const tickets = async () => (await world.service.page({ limit: 50 })).items;
    const kinds = async () => (await tickets()).map(({ kind }) => kind).sort();
    const actions = async () =>
      (await world.db.tables<AuditTables>().selectFrom("audit_log").select("action").execute())
        .map(({ action }) => action)
        .filter((action) => action.startsWith("finding."))
        .sort();
    return { world, tickets, kinds, actions };
  };

  test("what lasts opens one ticket at the end, behind a restart, and only once", async () => {
    const { world, kinds, actions } = await begin();
    const shelf = await deskOf(world).shelve(wanted, dispatcher);
    await expect(deskOf(world).shelve(wanted, dispatcher)).rejects.toMatchObject({
      code: "SHELF_EXISTS",
    });
    await world.apply(low, later("updated"));
    world.clock.advance(8 * hour - 1);
    expect(await deskOf(world).tick()).toEqual([]);
    expect(await kinds()).toEqual([]);
    expect(await deskOf(world).list("M-1")).toEqual([shelf]);
    world.clock.advance(1);
    expect(await deskOf(world).tick()).toEqual([]);
    const after = await kinds();
    expect(after.filter((kind) => kind === "repair")).toHaveLength(1);
    expect(await deskOf(world).tick()).toEqual([]);
    await world.apply(low);
    expect(await kinds()).toEqual(after);
    expect(await deskOf(world).list("M-1")).toEqual([]);
    expect(await actions()).toEqual(["finding.shelf-expired", "finding.shelved"]);
  });

  test("of two who shelve the same at one instant the second is refused as a later one is", async () => {
    const { world } = await begin();
    // One process lets its transactions take turns: those of two meet in the database.
    const other = openDatabaseUrl(urlOf(world.db));
    const desks = [world.db, other].map((db) => deskOf({ db, clock: world.clock }));
    for (let round = 0; round < 10; round++) {
      const same = { ...wanted, machineId: `M-${round}` };
      const outcomes = await Promise.allSettled(desks.map((one) => one.shelve(same, dispatcher)));
      const refusals = outcomes.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
      expect(refusals).toMatchObject([{ code: "SHELF_EXISTS" }]);
      const kept = outcomes.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
      expect(await deskOf(world).list(same.machineId)).toEqual(kept);
    }
    await other.close();
  });

  test("what cleared meanwhile opens none, and what others find is not held", async () => {
    const { world, kinds } = await begin();
    await deskOf(world).shelve(wanted, dispatcher);
    await world.apply(low, later("cleared"));
    world.clock.advance(9 * hour);
    expect(await deskOf(world).tick()).toEqual([]);
    expect(await kinds()).toEqual([]);
    await deskOf(world).shelve(wanted, dispatcher);
    await world.apply({ ...low, findingId: "f-2", machineId: "M-2" });
    expect(await kinds()).toContain("repair");
  });

  test("a ticket that was open gets no line while it is shelved, and hears of the end afterwards", async () => {
    const { world, tickets, actions } = await begin();
    await world.apply(low);
    const [{ ticketId = "", version = 0 } = {}] = (await tickets()).filter(
      ({ kind }) => kind === "repair",
    );
    const { shelfId } = await deskOf(world).shelve(wanted, dispatcher);
    await world.apply(later("cleared"));
    expect((await world.service.get(ticketId)).version).toBe(version);
    await expect(deskOf(world).unshelve("M-2", shelfId, dispatcher)).rejects.toMatchObject({
      code: "SHELF_UNKNOWN",
    });
    await deskOf(world).unshelve("M-1", shelfId, dispatcher);
    expect((await world.service.get(ticketId)).activeFindings).toEqual([]);
    expect(await actions()).toEqual(["finding.shelved", "finding.unshelved"]);
  });

  test("a safety matter, an unknown rule, no failure mode and too many are refused", async () => {
    const { world } = await begin();
    const desk = deskOf(world);
    const codeOf = (more: object) =>
      desk.shelve({ ...wanted, ...more }, dispatcher).then(
        () => "shelved",
        (error) => error.code,
      );
    expect(await codeOf({ ruleId: "brake-slip" })).toBe("SHELF_SAFETY");
    expect(await codeOf({ ruleId: "active-codes", failureMode: "brakes" })).toBe("SHELF_SAFETY");
    expect(await codeOf({ ruleId: "no-such-rule" })).toBe("SHELF_RULE");
    expect(await codeOf({ ruleId: "active-codes" })).toBe("SHELF_FAILURE_MODE");
    expect(await codeOf({ failureMode: "oil-pump" })).toBe("SHELF_FAILURE_MODE");
    const codes = { ruleId: "active-codes", failureMode: "uncatalogued" };
    for (let spn = 0; spn < maxShelvesOfMachine; spn++)
      expect(await codeOf({ ...codes, subject: `0-${spn}-4` })).toBe("shelved");
    expect(await codeOf(wanted)).toBe("SHELVES_FULL");
  });

  test("a machine that moves takes no shelf along; one that is sold leaves what was held", async () => {
    const { world, kinds } = await begin();
    const move = (customerId: string) =>
      world.db.transaction((tx) =>
        noteMoveOnTickets(world.service.begin(tx, dispatcher), {
          machineId: "M-1",
          from: { customerId: "C-1", siteId: "S-1" },
          to: { customerId, siteId: "S-2" },
        }),
      );
    await deskOf(world).shelve(wanted, dispatcher);
    await world.apply(low);
    await move("C-2");
    expect([await deskOf(world).list("M-1"), await kinds()]).toEqual([[], []]);
    await deskOf(world).shelve(wanted, dispatcher);
    await world.apply({ ...low, findingId: "f-2" });
    await move("C-1");
    expect(await kinds()).toContain("repair");
  });
});
