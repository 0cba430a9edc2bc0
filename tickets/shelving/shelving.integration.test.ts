import { openDatabaseUrl } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import { expect, test } from "vitest";
import type { AuditTables } from "../audit/audit-tables.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { noteMoveOnTickets } from "../organisation/note-move.ts";
import { createJudgeStore } from "../registry/judge-store.ts";
import { createTicketService } from "../ticket-service.ts";
import { dispatcher, dtc, finding, plan, signal } from "../tickets.fixture.ts";
import { takeEnded } from "../verification/proved-repairs.ts";
import { openWorld, type World } from "../world.fixture.ts";
import { createShelvingDesk, maxShelvesOfMachine } from "./shelving-desk.ts";
import type { ShelvingTables } from "./shelving-tables.ts";

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
const deskOf = ({ db, clock }: Pick<World, "db" | "clock">, judging: Plan = plan) => {
  const planOf = () => judging;
  const tickets = createTicketService({ db, clock, planOf });
  return createShelvingDesk({ db, clock, tickets, planOf });
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

  const red = (spn: number, phase: Finding["phase"], redStop: "on" | "fast-flash" | "off") =>
    finding({
      ...{ ruleId: "active-codes", failureMode: "uncatalogued", subject: `SPN ${spn} FMI 4 SA 0` },
      ...{ findingId: `f-${spn}`, phase, isOnset: phase === "raised" },
      at: `2026-03-01T08:${phase === "raised" ? "00" : "20"}:00.000Z`,
      evidence: [dtc({ redStop, amberWarning: "on" })],
    });
  const shelveCode = (world: World, spn: number) => {
    const { ruleId, failureMode, subject } = red(spn, "raised", "off");
    return deskOf(world).shelve({ ...wanted, ruleId, failureMode, subject }, dispatcher);
  };

  test("an unknown code with the red stop lamp on is refused, until the lamp is off or the code is gone", async () => {
    const { world } = await begin();
    const find = (...findings: Finding[]) =>
      world.db.transaction((tx) => createJudgeStore(tx).commit(tx, { offset: 1, findings }));
    await find(red(1, "raised", "on"), red(2, "raised", "fast-flash"), red(3, "raised", "off"));
    const refused = { code: "SHELF_STOP_LAMP", message: expect.stringContaining("SPN 1 FMI") };
    await expect(shelveCode(world, 1)).rejects.toMatchObject(refused);
    await expect(shelveCode(world, 2)).rejects.toMatchObject({ code: "SHELF_STOP_LAMP" });
    await shelveCode(world, 3);
    await find(red(1, "updated", "off"), red(2, "cleared", "on"));
    await shelveCode(world, 1);
    await shelveCode(world, 2);
  });

  test("a stop lamp that is lit ends the shelf at once: one emergency, and no other when it is said again", async () => {
    const { world, tickets, actions } = await begin();
    await shelveCode(world, 1);
    await shelveCode(world, 2);
    await world.apply(red(1, "raised", "off"), red(2, "raised", "off"));
    expect(await tickets()).toEqual([]);
    await world.apply(red(1, "updated", "on"));
    const after = await tickets();
    expect(after).toMatchObject([{ priority: "emergency", activeFindings: ["f-1"] }]);
    await world.apply(red(1, "raised", "off"), red(1, "updated", "on"));
    expect(await tickets()).toEqual(after);
    expect(await deskOf(world).list("M-1")).toMatchObject([{ subject: "SPN 2 FMI 4 SA 0" }]);
    expect(await actions()).toContain("finding.shelf-overruled");
    const log = await world.db
      .tables<AuditTables>()
      .selectFrom("audit_log")
      .select("facts")
      .where("action", "=", "finding.shelf-overruled")
      .execute();
    expect(log.map(({ facts }) => JSON.parse(facts))).toMatchObject([
      { failureMode: "uncatalogued", subject: "SPN_1_FMI_4_SA_0" },
    ]);
  });

  test("a plan that makes it a safety matter ends the shelf when the hub starts with it", async () => {
    const { world, kinds } = await begin();
    await deskOf(world).shelve(wanted, dispatcher);
    await world.apply(low);
    const { service, ...rest } = plan;
    const { failureModes } = service;
    const mode = failureModes[wanted.ruleId];
    if (!mode) throw new TypeError("the plan has it");
    const stricter = { ...failureModes, [wanted.ruleId]: { ...mode, safetyRelated: true } };
    const edited = { ...rest, service: { ...service, failureModes: stricter } };
    expect(await deskOf(world, edited).tick()).toEqual([]);
    expect(await kinds()).toContain("repair");
    expect(await deskOf(world).list("M-1")).toEqual([]);
  });

  test("one that cannot be ended holds up no other, waits ever longer, and comes back once it can", async () => {
    const { world, kinds } = await begin();
    const desk = deskOf(world);
    const { shelfId } = await desk.shelve(wanted, dispatcher);
    await world.apply(low);
    await desk.shelve({ ...wanted, machineId: "M-2", hours: 9 }, dispatcher);
    const second = { ...low, findingId: "f-2", machineId: "M-2" };
    await world.apply(second);
    const hold = (body: string) =>
      world.db.transaction((tx) =>
        tx
          .tables<ShelvingTables>()
          .updateTable("held_findings")
          .set({ body })
          .where("shelf_id", "=", shelfId)
          .execute(),
      );
    await hold("{");
    world.clock.advance(9 * hour);
    const failed = await desk.tick();
    expect(failed).toMatchObject([{ shelfId }]);
    expect(await desk.list("M-2")).toEqual([]);
    expect((await kinds()).filter((kind) => kind === "repair")).toHaveLength(1);
    expect(failed[0]?.againInMs).toBeGreaterThan(5_000);
    world.clock.advance(5_000);
    expect(await desk.tick()).toEqual([]);
    expect(await desk.list("M-1")).toHaveLength(1);
    for (let again = 0; again < 20; again++) {
      world.clock.advance(600_000);
      expect(await desk.tick()).toMatchObject([{ shelfId }]);
    }
    await hold(JSON.stringify(low));
    world.clock.advance(600_000);
    expect(await desk.tick()).toEqual([]);
    expect((await kinds()).filter((kind) => kind === "repair")).toHaveLength(2);
  });

  test("a clock that was set back behind its begin ends it, one that was set back a little does not", async () => {
    const { world } = await begin();
    await deskOf(world).shelve(wanted, dispatcher);
    world.clock.advance(-60_000);
    await deskOf(world).tick();
    expect(await deskOf(world).list("M-1")).toHaveLength(1);
    world.clock.advance(-2 * hour);
    await deskOf(world).tick();
    expect(await deskOf(world).list("M-1")).toEqual([]);
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
    // The rules find anew for the new owner what no ticket has told them of.
    expect(await world.db.transaction(takeEnded)).toMatchObject([
      { machineId: "M-1", findingIds: ["f-1"], cause: "machine_moved" },
    ]);
    await world.apply(low);
    expect(await kinds()).toEqual([]);
    await deskOf(world).shelve(wanted, dispatcher);
    await world.apply({ ...low, findingId: "f-2" });
    await move("C-1");
    expect(await kinds()).toContain("repair");
  });
});
