import { listPlans, loadPlan, planRef } from "@firebreak/plans/load-plans.ts";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ChannelTables } from "../channels/channels-tables.ts";
import type { Notice } from "../channels/notice.ts";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { MachineFile } from "../organisation/machine-file.ts";
import {
  createOrganisationDesk,
  type OrganisationDesk,
} from "../organisation/organisation-desk.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { Ticket } from "../ticket.ts";
import { dispatcher as actor } from "../tickets.fixture.ts";
import { expectConsistent, openWorld, type World } from "../world.fixture.ts";
import { loadHandled } from "./load-planned.ts";
import { planOfFile } from "./machine-usage.ts";
import { runPlanner } from "./run-planner.ts";

const plans = new Map(listPlans().map((id) => [id, loadPlan(id)]));
const planner = { kind: "system", id: "planner" } as const;
const DAY_MS = 86_400_000;

const machineFile = (changes: Partial<MachineFile>): MachineFile => ({
  machineId: "NEW-1",
  serialNumber: "SN-NEW-1",
  productType: "concrete_pump_truck",
  state: "in_service",
  regionId: "hunan",
  stationId: "changsha",
  handoverAt: "2026-02-20",
  demonstrationSite: false,
  peakPeriods: [],
  ...changes,
});

describeEachDatabase("planner", (open) => {
  let world: World;
  let desk: OrganisationDesk;
  beforeEach(async () => {
    world = await openWorld(await open());
    desk = createOrganisationDesk({ db: world.db, clock: world.clock });
    // Only the machines of the test: those of the demonstration would mix in.
    await world.db.transaction((tx) =>
      tx
        .tables<OrganisationTables>()
        .updateTable("machine_files")
        .set({ state: "retired" })
        .execute(),
    );
  });
  afterEach(() => world.close());

  const register = (changes: Partial<MachineFile> = {}) =>
    desk.write("machines", { actor, file: machineFile(changes) });

  const run = () =>
    runPlanner({
      db: world.db,
      begin: (tx) => world.service.begin(tx, planner),
      planOf: (machine) => planOfFile(machine, plans),
      clock: world.clock,
      batchSize: 2,
    });

  /** Every so many days at the same hour until a date: the planner, then the tickets' own turn. */
  async function daily(until: string, days = 1): Promise<void> {
    while (world.clock.nowMs() < Date.parse(until)) {
      await run();
      await world.service.tick();
      world.clock.advance(days * DAY_MS);
    }
  }

  /** Days on which nothing is expected are passed over. */
  const jump = (to: string) =>
    world.clock.advance(Math.floor((Date.parse(to) - world.clock.nowMs()) / DAY_MS) * DAY_MS);

  async function ticketsOf(machine: string): Promise<Ticket[]> {
    const { items } = await world.service.page({ machine, limit: 200 });
    const tickets = await Promise.all(items.map(({ ticketId }) => world.service.get(ticketId)));
    return tickets.toSorted((a, b) => (a.createdAt < b.createdAt ? -1 : 1));
  }

  test("AS-4: a machine handed over is inspected at month 1 and at the points of its plan, each once", async () => {
    await register();
    await daily("2027-03-01T00:00:00.000Z", 5);
    const tickets = (await ticketsOf("NEW-1")).filter(({ kind }) => kind === "inspection");
    expect(tickets.map(({ dedupeKey }) => dedupeKey)).toEqual([
      "NEW-1:calendar:m1:inspection",
      "NEW-1:calendar:m3:inspection",
      "NEW-1:service:service-500h:m1:inspection",
      "NEW-1:calendar:s-valve-wear:inspection",
      "NEW-1:calendar:m12:inspection",
    ]);
    // Month 6 falls on the half-yearly service, and is done with it.
    const [first, , service] = tickets;
    const points = await loadHandled(world.db, ["NEW-1"]);
    expect(points.get("NEW-1")).toContainEqual(
      expect.objectContaining({
        dedupeKey: "NEW-1:calendar:m6",
        ticketId: service?.ticketId,
        trigger: "calendar",
      }),
    );
    expect(first).toMatchObject({
      kind: "inspection",
      serviceType: "preventive",
      planRef: planRef(loadPlan("concrete-pump-truck")),
      productType: "concrete_pump_truck",
      tier: "exceed",
      stationId: "changsha",
      job: { standardHours: 1.9 },
      about: { en: "Handed over on 2026-02-20; due on 2026-03-20, 1 months later." },
    });
    await expectConsistent(world.db);
  });

  test("O-31: the inspection of month 1 that was not done by handover + 1 month is overdue at the next turn", async () => {
    await register();
    jump("2026-03-18T12:00:00.000Z");
    await daily("2026-03-20T12:00:00.000Z");
    const [before] = await ticketsOf("NEW-1");
    expect(before).toMatchObject({ priority: "planned", state: "new" });
    expect(before?.sla.map(({ kind, dueAt }) => [kind, dueAt])).toEqual([
      ["due_window", "2026-03-20T16:00:00.000Z"],
    ]);
    await daily("2026-03-22T00:00:00.000Z");
    const [after] = await ticketsOf("NEW-1");
    expect(after).toMatchObject({ priority: "general" });
    expect(after?.sla.map(({ kind, status }) => [kind, status])).toEqual([
      ["due_window", "breached"],
    ]);
  });

  test("run again, or twice at once, it opens nothing more", async () => {
    await register({ meter: meterOf(490) });
    await register({ machineId: "NEW-2", serialNumber: "SN-NEW-2" });
    await register({ machineId: "NEW-3", serialNumber: "SN-NEW-3", handoverAt: "2026-02-10" });
    world.clock.advance(8 * DAY_MS);
    const reports = await Promise.all([run(), run()]);
    expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
    expect(reports.map(({ machines }) => machines)).toEqual([3, 3]);
    expect(await run()).toEqual({ machines: 3, opened: 0, covered: 0, raised: 0, failed: [] });
    const keys: string[] = [];
    for (const machine of ["NEW-1", "NEW-2", "NEW-3"])
      keys.push(
        ...(await ticketsOf(machine))
          .filter(({ kind }) => kind === "inspection")
          .map(({ dedupeKey }) => dedupeKey.replace(":inspection", "")),
      );
    expect(keys.toSorted()).toEqual([
      "NEW-1:service:service-500h:1",
      "NEW-2:calendar:m1",
      "NEW-3:calendar:m1",
    ]);
    await expectConsistent(world.db);
  });

  const meterOf = (readingHours: number): NonNullable<MachineFile["meter"]> => ({
    readingHours,
    offsetHours: 0,
    at: "2026-03-01T00:00:00.000Z",
    replacements: [],
  });

  test("a service comes with its kit and takes a calendar point near it along", async () => {
    await register({ meter: meterOf(485), handoverAt: "2026-02-10" });
    expect(await run()).toMatchObject({ opened: 1, covered: 1 });
    const [service, parts] = (await ticketsOf("NEW-1")).toSorted((a, b) =>
      a.kind < b.kind ? -1 : 1,
    );
    expect(service).toMatchObject({ trigger: "service_hours", childIds: [parts?.ticketId] });
    expect(parts).toMatchObject({
      kind: "parts",
      parts: [{ partNo: "FB-CP-OF-01", quantity: 1 }],
    });
    await daily("2026-03-20T00:00:00.000Z");
    expect((await ticketsOf("NEW-1")).filter(({ trigger }) => trigger === "calendar")).toHaveLength(
      0,
    );
  });

  test("a replaced meter triggers no service again", async () => {
    await register({ meter: meterOf(485), handoverAt: "2025-02-10" });
    await run();
    await desk.replaceMeter({
      actor,
      machineId: "NEW-1",
      lastHours: 490,
      firstHours: 0,
      reason: "display broken",
    });
    expect(await run()).toMatchObject({ opened: 0 });
    await desk.recordHours({ actor, machineId: "NEW-1", readingHours: 100 });
    expect(await run()).toMatchObject({ opened: 0, failed: [] });
  });

  test("AS-5: a peak period surveyed brings an inspection with wear parts before it and one after it", async () => {
    await register({
      handoverAt: "2024-01-01",
      peakPeriods: [{ from: "2026-06-01", to: "2026-07-31" }],
    });
    jump("2026-05-10T12:00:00.000Z");
    await daily("2026-05-20T00:00:00.000Z");
    jump("2026-07-29T12:00:00.000Z");
    await daily("2026-08-04T00:00:00.000Z");
    const peak = (await ticketsOf("NEW-1")).filter(({ trigger }) => trigger === "peak_season");
    expect(peak.map(({ dedupeKey, createdAt }) => [dedupeKey, createdAt.slice(0, 10)])).toEqual([
      ["NEW-1:peak:before:2026-06-01:inspection", "2026-05-18"],
      ["NEW-1:peak:after:2026-07-31:inspection", "2026-08-01"],
    ]);
    const child = await world.service.get(peak[0]?.childIds[0] ?? "");
    expect(child.parts.map(({ partNo, quantity }) => [partNo, quantity])).toEqual([
      ["FB-CP-PST-01", 2],
      ["FB-CP-ELB-01", 1],
    ]);
  });

  test("O-09: a part near its end is told of 30 days ahead, with the part, and becomes major when it is near", async () => {
    await register({ handoverAt: "2024-01-01", customerId: "C-001" });
    // 24 months by the plan: the end is 2026-06-10.
    await desk.installPart({
      actor,
      machineId: "NEW-1",
      part: {
        position: "s-valve-accumulator",
        partNo: "FB-CP-BLD-01",
        installedAt: "2024-06-10T00:00:00.000Z",
        installedAtHours: 0,
        source: "default",
      },
    });
    jump("2026-05-05T12:00:00.000Z");
    await daily("2026-05-14T00:00:00.000Z");
    const predicted = async () =>
      (await ticketsOf("NEW-1")).filter(({ trigger }) => trigger === "predicted_failure");
    const [ticket] = await predicted();
    expect(ticket).toMatchObject({
      priority: "general",
      component: "s-valve-accumulator",
      predictedParts: [{ partNo: "FB-CP-BLD-01", qty: 1 }],
    });
    expect(ticket && ticket.createdAt <= "2026-05-11T23:59:59.999Z").toBe(true);
    expect(ticket?.sla.map(({ kind }) => kind).toSorted()).toEqual(["due_window", "response"]);
    const notices = await world.db
      .tables<ChannelTables>()
      .selectFrom("notices")
      .select("body")
      .execute();
    const told = notices.map(({ body }) => JSON.parse(body) as Notice);
    expect(told.filter(({ kind }) => kind === "failure-predicted")).toEqual([
      expect.objectContaining({
        audience: { to: "customer", customerId: "C-001", ticketId: ticket?.ticketId },
        facts: { dueAt: ticket?.dueWindow?.to },
      }),
    ]);
    jump("2026-05-28T12:00:00.000Z");
    await daily("2026-06-05T00:00:00.000Z");
    const after = await predicted();
    expect(after.map(({ ticketId, priority }) => [ticketId, priority])).toEqual([
      [ticket?.ticketId, "major"],
    ]);
    await expectConsistent(world.db);
  });

  test("a run that is told to stop ends after the machine it is at", async () => {
    await register();
    await register({ machineId: "NEW-2", serialNumber: "SN-NEW-2" });
    world.clock.advance(8 * DAY_MS);
    const stopping = new AbortController();
    const report = await runPlanner({
      db: world.db,
      begin: (tx) => {
        stopping.abort();
        return world.service.begin(tx, planner);
      },
      planOf: (machine) => planOfFile(machine, plans),
      clock: world.clock,
      signal: stopping.signal,
    });
    expect(report.opened).toBe(1);
    expect(await run()).toMatchObject({ opened: 1 });
  });

  test("one machine that fails keeps the others from nothing", async () => {
    await register();
    await register({ machineId: "NEW-2", serialNumber: "SN-NEW-2" });
    world.clock.advance(8 * DAY_MS);
    let calls = 0;
    const report = await runPlanner({
      db: world.db,
      begin: (tx) => {
        calls += 1;
        if (calls === 1) throw new Error("no memory");
        return world.service.begin(tx, planner);
      },
      planOf: (machine) => planOfFile(machine, plans),
      clock: world.clock,
    });
    expect(report).toMatchObject({ opened: 1, failed: [{ machineId: "NEW-1" }] });
    expect(await run()).toMatchObject({ opened: 1, failed: [] });
  });
});
