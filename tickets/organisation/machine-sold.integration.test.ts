import { beforeEach, expect, test } from "vitest";
import { type CustomerWorld, openCustomers } from "../customers/customers.fixture.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { createJudgeStore } from "../registry/judge-store.ts";
import { finding } from "../tickets.fixture.ts";
import { takeEnded } from "../verification/proved-repairs.ts";
import { expectConsistent } from "../world.fixture.ts";
import { noteMoveOnTickets } from "./note-move.ts";
import { createOrganisationDesk, type OrganisationDesk } from "./organisation-desk.ts";

const machineId = "PUMP-001";
const serialNumber = "FBPT56-2024-0031";
const actor = { kind: "person", id: "user-1" } as const;
const at = (second: number): string =>
  new Date(Date.parse("2026-03-02T00:00:10Z") + second * 1000).toISOString();

describeEachDatabase("a machine that is sold while a ticket is open", (open) => {
  let world: CustomerWorld;
  let desk: OrganisationDesk;
  beforeEach(async () => {
    const db = await open();
    world = await openCustomers(db);
    const { clock } = world;
    desk = createOrganisationDesk({
      db,
      clock,
      onMoved: (work, move) => noteMoveOnTickets(world.service.begin(work.tx, work.actor), move),
    });
  });
  const apply = (more: Parameters<typeof finding>[0] = {}) =>
    world.db.transaction((tx) =>
      world.service.applyFindings(tx, [finding({ machineId, ...more })]),
    );
  const ticketsOf = async () =>
    (await world.service.page({ limit: 200 })).items.filter(({ kind }) => kind !== "parts");
  const sell = (customerId = "C-002", siteId = "S-003") =>
    desk.moveMachine({ actor, machineId, customerId, siteId });

  test("F9: its findings end with the sale as the cause, and the rules are told to begin afresh", async () => {
    await apply();
    const [ticket] = await ticketsOf();
    const found = ticket?.activeFindings;
    expect(found).toHaveLength(1);
    await sell();
    const { timeline, activeFindings, customerId } = await world.service.get(
      ticket?.ticketId ?? "",
    );
    expect([activeFindings, customerId]).toEqual([[], "C-001"]);
    expect(timeline.at(-1)).toMatchObject({ type: "finding-cleared", cause: "machine_moved" });
    expect(await world.db.transaction(takeEnded)).toMatchObject([
      { machineId, findingIds: found, cause: "machine_moved" },
    ]);
    await expectConsistent(world.db);
  });

  test("F9: what is true and has no open ticket any more ends too, and is found for the new owner", async () => {
    const lasting = finding({ machineId, findingId: "f-lasting" });
    const over = { ...finding({ machineId, findingId: "f-over" }), phase: "cleared" as const };
    const findings = [lasting, over];
    const commit = { offset: 1, states: [], findings };
    await world.db.transaction((tx) => createJudgeStore(world.db).commit(tx, commit));
    await sell();
    expect(await world.db.transaction(takeEnded)).toMatchObject([
      { machineId, findingIds: ["f-lasting"], cause: "machine_moved" },
    ]);
  });

  test("F9: another site of the same customer carries everything over", async () => {
    await apply();
    const [ticket] = await ticketsOf();
    await sell("C-001", "S-002");
    await apply({ phase: "updated", isOnset: true, at: at(60) });
    expect(await ticketsOf()).toMatchObject([
      { ticketId: ticket?.ticketId, occurrenceCount: 2, activeFindings: ticket?.activeFindings },
    ]);
  });

  test("F9: what comes afterwards is the new owner's: no evidence, report or words reach the old ticket", async () => {
    const words = { serialNumber, symptom: "Oil pressure low", failureMode: "oil-pressure-low" };
    await apply();
    const { report: first } = await world.report(words);
    const old = await world.service.get(first.ticketId ?? "");
    await sell();
    world.clock.advance(60_000);
    const left = await world.service.get(old.ticketId);
    await apply({ findingId: "f-new", at: at(120), since: at(118) });
    const { report: second } = await world.report(words);
    expect(second.reportId).not.toBe(first.reportId);
    expect(second).toMatchObject({ customerId: "C-002" });
    const fresh = await world.service.get(second.ticketId ?? "");
    expect(fresh.ticketId).not.toBe(old.ticketId);
    expect(fresh).toMatchObject({ customerId: "C-002", activeFindings: ["f-new"] });
    expect(fresh.recurrenceOf).toBeUndefined();
    expect(await world.service.get(old.ticketId)).toEqual(left);
    // Sold back: neither of them is taken up again.
    await sell("C-001", "S-001");
    await apply({ findingId: "f-back", at: at(240), since: at(238) });
    const open = (await ticketsOf()).filter(({ state }) => state === "new");
    expect(open.map(({ customerId }) => customerId).toSorted()).toEqual([
      "C-001",
      "C-001",
      "C-002",
    ]);
  });
});
