import { beforeEach, describe, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { expectConsistent } from "../world.fixture.ts";
import {
  arrive,
  atWorkIn,
  days,
  finish,
  leaking,
  type OrdersWorld,
  openOrdersWorld,
  proveIn,
  pumpId,
  report,
  start,
} from "./orders.fixture.ts";

const guarded = { code: "TICKET_GUARD" };
const kinds = (ticket: Ticket) => ticket.timeline.map(({ type }) => type);

describeEachDatabase("orders", (open) => {
  let world: OrdersWorld;
  beforeEach(async () => {
    world = await openOrdersWorld(await open());
  });

  const opened = () => world.apply(leaking());
  const atWork = () => atWorkIn(world);
  const prove = (ticketId: string, order: Parameters<typeof proveIn>[2]) =>
    proveIn(world, ticketId, order);

  test("a ticket knows customer, site, region, station, tier and who pays", async () => {
    expect(await opened()).toMatchObject({
      customerId: "C-001",
      siteId: "S-001",
      regionId: "hunan",
      stationId: "changsha",
      productType: "concrete_pump_truck",
      billable: true,
      safetyRelated: false,
      job: { faultClass: "hydraulic", standardHours: 2.5 },
    });
  });

  test("AG-5: the assignment says why, who else and until when", async () => {
    const { ticketId } = await opened();
    const suggested = await world.service.suggestions(ticketId);
    const { assignment } = await world.give(ticketId, { type: "acknowledge" }, { type: "assign" });
    expect(assignment).toMatchObject({
      engineerId: suggested.chosen?.engineerId,
      reasons: expect.arrayContaining([{ code: "own_station" }]),
      fallbackLevel: "own_station",
      standardHours: 2.5,
      arrivalEstimateAt: expect.any(String),
      acceptBy: "2026-03-02T01:01:00.000Z",
    });
    expect(suggested.rejected.every(({ why }) => why.length > 0)).toBe(true);
    expect(suggested).not.toHaveProperty("candidates");
  });

  test("who did not call hears that somebody comes, when it was the machine that called", async () => {
    const { ticketId } = await opened();
    const audience = { to: "customer", customerId: "C-001", ticketId };
    await world.give(ticketId, { type: "acknowledge" }, { type: "assign" });
    const told = (await world.notices()).filter(({ audience: { to } }) => to === "customer");
    expect(told).toMatchObject([{ kind: "progress-code", audience, ticketId }]);
    await world.give(ticketId, { type: "accept" }, { type: "depart" });
    const after = (await world.notices()).filter(({ audience: { to } }) => to === "customer");
    expect(after).toHaveLength(1);
  });

  test("AG-5: somebody else than suggested needs a reason, and it is written down", async () => {
    const { ticketId } = await opened();
    const { ranked, chosen } = await world.service.suggestions(ticketId);
    const other = ranked.find(({ engineerId }) => engineerId !== chosen?.engineerId);
    const engineerId = other?.engineerId ?? "";
    await world.give(ticketId, { type: "acknowledge" });
    await expect(world.give(ticketId, { type: "assign", engineerId })).rejects.toMatchObject(
      guarded,
    );
    const reason = "knows the customer";
    const { assignment } = await world.give(ticketId, { type: "assign", engineerId, reason });
    expect(assignment?.overridden).toEqual({ suggestedEngineerId: chosen?.engineerId, reason });
    await expect(
      world.give(ticketId, { type: "assign", engineerId: "E-999", reason }),
    ).rejects.toMatchObject(guarded);
  });

  test("EN-1: load is the standard hours of open assignments, until the work is done", async () => {
    const failureMode = "hydraulic-oil-overheating";
    const other = await world.apply(leaking({ findingId: "f-9", failureMode }));
    const loadOf = async (engineerId: string | undefined) => {
      const { ranked } = await world.service.suggestions(other.ticketId);
      return ranked.find((one) => one.engineerId === engineerId)?.assignedHours;
    };
    const ticket = await atWork();
    expect(await loadOf(ticket.assignment?.engineerId)).toBe(2.5);
    await world.work(ticket.ticketId, finish);
    expect(await loadOf(ticket.assignment?.engineerId)).toBe(0);
  });

  describe("EN-3: one engineer works on one visit at a time", () => {
    const failureMode = "hydraulic-oil-overheating";
    const toSite = async (engineerId: string) => {
      const { ticketId } = await world.apply(leaking({ findingId: "f-9", failureMode }));
      await world.give(ticketId, { type: "acknowledge" });
      const { chosen } = await world.service.suggestions(ticketId);
      const reason = chosen?.engineerId === engineerId ? {} : { reason: "is there" };
      await world.give(ticketId, { type: "assign", engineerId, ...reason });
      return world.work(ticketId, { type: "accept" }, { type: "depart" }, arrive);
    };
    const two = async () => {
      const first = await atWork();
      const second = await toSite(first.assignment?.engineerId ?? "");
      return { first: first.ticketId, second: second.ticketId };
    };
    const working = async () => {
      const rows = await world.db
        .tables<TicketTables>()
        .selectFrom("tickets")
        .select("ticket_id")
        .where("state", "=", "in_progress")
        .execute();
      return rows.map(({ ticket_id }) => ticket_id).sort();
    };

    test("EN-3: work on a second ticket does not begin before the first is finished", async () => {
      const { first, second } = await two();
      await expect(world.work(second, start)).rejects.toMatchObject({
        code: "ENGINEER_BUSY",
        message: expect.stringContaining(`is at work on ${first}`),
      });
      await expect(world.give(second, start)).rejects.toMatchObject({ code: "ENGINEER_BUSY" });
      expect(await working()).toEqual([first]);
      await world.work(first, finish);
      await world.work(second, start);
      expect(await working()).toEqual([second]);
    });

    test("EN-3: of two that begin at once one begins", async () => {
      const { first, second } = await two();
      await world.give(first, { type: "hold", reason: "safety" });
      const answers = await Promise.allSettled([
        world.give(first, { type: "resume" }),
        world.give(second, start),
      ]);
      expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(answers.find(({ status }) => status === "rejected")).toMatchObject({
        reason: { code: "ENGINEER_BUSY" },
      });
      expect(await working()).toHaveLength(1);
    });

    test("EN-3: tickets that share a visit are one visit", async () => {
      const { first, second } = await two();
      await world.give(first, { type: "share-visit", ticketIds: [second] });
      await world.work(second, start);
      expect(await working()).toEqual([first, second].sort());
    });

    test("EN-3: whoever waits on site for parts is at work there until he leaves", async () => {
      const { first, second } = await two();
      await world.work(first, {
        type: "miss-parts",
        lines: [{ partNo: "FB-CP-ALT-01", quantity: 99 }],
        leavesSite: false,
      });
      await expect(world.work(second, start)).rejects.toMatchObject({ code: "ENGINEER_BUSY" });
      await world.work(first, { type: "leave-site" });
      await world.work(second, start);
      expect(await working()).toEqual([second]);
    });
  });

  test("an engineer acts on the own tickets alone", async () => {
    const { ticketId } = await opened();
    await world.give(ticketId, { type: "acknowledge" }, { type: "assign" });
    const stranger = {
      actor: { kind: "person", id: "E-777" } as const,
      role: "engineer",
      engineerId: "E-777",
    };
    const refused = { code: "TICKET_NOT_ALLOWED" };
    const order = (type: "accept" | "depart", commandId: string) =>
      world.service.order({ ...stranger, ticketId, commandId, order: { type } });
    await expect(order("accept", "x-1")).rejects.toMatchObject(refused);
    await expect(order("depart", "x-2")).rejects.toMatchObject(refused);
    await expect(world.work(ticketId, { type: "cancel", reason: "no" })).rejects.toMatchObject(
      refused,
    );
    expect((await world.work(ticketId, { type: "accept" })).assignment?.acceptedAt).toBeDefined();
  });

  test("the whole way: parts handed out, machine under repair, proved, in service, closed", async () => {
    const ticket = await atWork();
    const { ticketId, childIds } = ticket;
    const machine = async () => {
      const row = await world.db
        .tables<OrganisationTables>()
        .selectFrom("machine_files")
        .select("state")
        .where("id", "=", pumpId)
        .executeTakeFirst();
      return row?.state;
    };
    expect(await machine()).toBe("under_repair");
    expect((await world.service.get(childIds[0] ?? "")).state).toBe("loaned");
    await world.work(ticketId, finish);
    const used = { partNo: "FB-CP-BLD-01", quantity: 1 };
    await world.work(ticketId, { ...report("R-1"), partsUsed: [used] });
    await expect(
      world.give(ticketId, { type: "follow-up-done", note: "fine" }),
    ).rejects.toMatchObject({
      code: "TICKET_TRANSITION",
    });
    await prove(ticketId, "verification-passed");
    expect(await machine()).toBe("in_service");
    const closed = await world.give(ticketId, { type: "follow-up-done", note: "content" });
    expect(closed).toMatchObject({
      state: "closed",
      outcome: "fixed",
      visits: 1,
      leftWithoutFix: false,
    });
    expect((await world.service.get(childIds[0] ?? "")).state).toBe("closed");
    await expectConsistent(world.db);
  });

  test("TK-5: a part on loan keeps the ticket open; the scheduler says so once a day", async () => {
    const { ticketId } = await atWork();
    await world.work(ticketId, finish, report("R-1"));
    await prove(ticketId, "verification-passed");
    await expect(
      world.give(ticketId, { type: "follow-up-done", note: "fine" }),
    ).rejects.toMatchObject(guarded);
    await world.pass(days(8.5));
    const ticket = await world.service.get(ticketId);
    expect(ticket.state).toBe("follow_up");
    expect(kinds(ticket).filter((type) => type === "close-blocked")).toHaveLength(2);
  });

  test("a command is done once, and an id serves one order", async () => {
    const { ticketId } = await opened();
    const order = {
      actor: { kind: "person", id: "u" } as const,
      role: "dispatcher",
      ticketId,
      commandId: "same",
    };
    const first = await world.service.order({ ...order, order: { type: "acknowledge" } });
    expect(await world.service.order({ ...order, order: { type: "acknowledge" } })).toEqual(first);
    await expect(
      world.service.order({ ...order, order: { type: "assign" } }),
    ).rejects.toMatchObject({ code: "TICKET_COMMAND_REUSED" });
  });

  test("a ticket opened by hand twice with one id is one; with a known fault the plan fills it in", async () => {
    const open = (commandId: string) =>
      world.service.open({
        actor: { kind: "person", id: "u" },
        role: "back_office",
        commandId,
        wanted: {
          machineId: pumpId,
          title: "Pressure drops",
          faultCode: "accumulator-precharge-loss",
        },
      });
    const first = await open("m-1");
    expect(first).toMatchObject({
      trigger: "manual",
      kind: "repair",
      component: "s-valve-accumulator",
    });
    expect(first.childIds).toHaveLength(1);
    expect((await open("m-1")).version).toBe(first.version);
    expect((await open("m-2")).ticketId).toBe(first.ticketId);
  });
});
