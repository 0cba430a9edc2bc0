import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "./each-database.fixture.ts";
import { days, leaking, type OrdersWorld, openOrdersWorld } from "./orders/orders.fixture.ts";
import { dtc } from "./tickets.fixture.ts";

const hour = 3_600_000;
const minute = 60_000;

describeEachDatabase("the scheduler's turn", (open) => {
  let world: OrdersWorld;
  beforeEach(async () => {
    world = await openOrdersWorld(await open());
  });
  const emergency = () => world.apply(leaking({ evidence: [dtc({ redStop: "on" })] }));
  const told = async (kind: string) =>
    (await world.notices())
      .filter((notice) => notice.kind === kind)
      .map(({ audience }) => audience);

  test("ES-1: station manager at 80 %, headquarters and customer at 100 %, its manager at 150 %, each once", async () => {
    const { ticketId } = await world.apply(leaking());
    await world.give(ticketId, { type: "acknowledge" });
    await world.pass(20 * hour);
    expect(await told("clock-warned")).toEqual([
      { to: "role", role: "station_manager", stationId: "changsha", regionId: "hunan" },
    ]);
    await world.pass(6 * hour);
    expect(
      (await told("clock-breached")).map((audience) => "role" in audience && audience.role),
    ).toEqual(expect.arrayContaining(["hq_service", "station_manager"]));
    expect(await told("service-late")).toEqual([{ to: "customer", customerId: "C-001", ticketId }]);
    await world.pass(12 * hour);
    expect(await told("clock-escalated")).toHaveLength(2);
    const before = (await world.notices()).length;
    await world.pass(days(2));
    expect((await world.notices()).length).toBe(before);
  });

  test("an emergency that nobody takes on is assigned, and goes on to the next who does not answer", async () => {
    const { ticketId } = await emergency();
    world.clock.advance(10 * minute);
    await world.service.tick();
    const first = await world.service.get(ticketId);
    expect(first).toMatchObject({ state: "assigned", assignment: { isAutomatic: true } });
    world.clock.advance(15 * minute);
    await world.service.tick();
    const second = await world.service.get(ticketId);
    expect(second.rejectedBy).toEqual([first.assignment?.engineerId]);
    expect(second.assignment?.engineerId).not.toBe(first.assignment?.engineerId);
    expect(await told("ticket-rejected")).toHaveLength(1);
  });

  test("ES-2: with nobody on duty the station manager hears of it, and it is tried again", async () => {
    await world.present("off_duty");
    const { ticketId } = await emergency();
    world.clock.advance(10 * minute);
    await world.service.tick();
    const ticket = await world.service.get(ticketId);
    expect(ticket.timeline.at(-1)).toMatchObject({ type: "nobody-found" });
    expect(await told("ticket-unassigned")).toHaveLength(2);
    await world.service.tick();
    expect((await world.service.get(ticketId)).version).toBe(ticket.version);
    await world.present("available");
    world.clock.advance(15 * minute);
    await world.service.tick();
    expect((await world.service.get(ticketId)).state).toBe("assigned");
  });

  test("a hub that was away for a week catches up with one word per clock, and once", async () => {
    const { ticketId } = await world.apply(leaking());
    const before = (await world.notices()).length;
    world.clock.advance(days(7));
    await world.service.tick();
    const ticket = await world.service.get(ticketId);
    const levels = ticket.timeline.flatMap((event) =>
      event.type === "clock-levels-reached" ? [event.levels] : [],
    );
    expect(levels).toEqual([
      ["warned", "breached", "escalated"],
      ["warned", "breached", "escalated"],
    ]);
    expect((await world.notices()).length - before).toBe(6);
    await world.service.tick();
    expect((await world.service.get(ticketId)).version).toBe(ticket.version);
  });

  test("a turn takes no more than it should, and says that more is left", async () => {
    for (let number = 0; number < 3; number++)
      await world.apply(leaking({ findingId: `f-${number}`, machineId: `PUMP-0${number}9` }));
    world.clock.advance(days(7));
    const { tickTickets } = await import("./tick-tickets.ts");
    const turn = () =>
      tickTickets(world.clock.nowMs(), {
        db: world.db,
        begin: (tx) => world.service.begin(tx, { kind: "system", id: "scheduler" }),
        limit: 2,
      });
    expect((await turn()).isMore).toBe(true);
    let turns = 1;
    while ((await turn()).done > 0) turns += 1;
    expect(turns).toBeLessThan(10);
  });

  test("one ticket that fails does not keep the others from their turn", async () => {
    const one = await world.apply(leaking());
    const two = await world.apply(leaking({ findingId: "f-2", machineId: "PUMP-002" }));
    await world.db.transaction(async (tx) => {
      const tables = tx.tables<import("./tables.ts").TicketTables>();
      await tables
        .updateTable("ticket_events")
        .set({ body: "{" })
        .where("ticket_id", "=", one.ticketId)
        .where("seq", "=", 1)
        .execute();
    });
    world.clock.advance(days(7));
    const { failed } = await world.service.tick();
    expect(failed.map(({ ticketId }) => ticketId)).toContain(one.ticketId);
    expect((await world.service.get(two.ticketId)).timeline.at(-1)?.type).toBe(
      "clock-levels-reached",
    );
    expect((await world.service.tick()).failed).toEqual([]);
  });
});
