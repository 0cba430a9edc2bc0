import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import { loadPeople } from "../organisation/people.ts";
import { finding } from "../tickets.fixture.ts";
import { type CustomerWorld, openCustomers, toFollowUp } from "./customers.fixture.ts";
import { progressOf } from "./progress.ts";
import { loadReports, updateReport } from "./report-store.ts";
import { identify } from "./take-report.ts";

const hour = 3_600_000;
const day = 24 * hour;
const serialNumber = "FBPT56-2024-0031";

describeEachDatabase("takeReport", (open) => {
  let world: CustomerWorld;
  beforeEach(async () => {
    world = await openCustomers(await open());
  });
  const ticketsOf = async () =>
    (await world.service.page({ limit: 200 })).items.filter(({ kind }) => kind !== "parts");

  test("opens a repair with the clocks of a customer's report, for a machine without a gateway too", async () => {
    const { report, progressCode } = await world.report({
      serialNumber: " fbpt56 2024-OO3I",
      machineStopped: true,
      contact: { name: "王师傅", phone: "13812345678" },
    });
    expect(report).toMatchObject({
      state: "identified",
      machineId: "PUMP-001",
      customerId: "C-001",
      attached: false,
    });
    const ticket = await world.service.get(report.ticketId ?? "");
    expect(ticket).toMatchObject({
      kind: "repair",
      trigger: "customer_report",
      channel: "hotline",
      priority: "emergency",
      customerId: "C-001",
      stationId: "changsha",
      customerReported: true,
      billable: true,
    });
    const confirmation = ticket.sla.find(({ kind }) => kind === "dispatch_confirmation");
    expect(Date.parse(confirmation?.dueAt ?? "") - world.clock.nowMs()).toBe(hour / 2);
    expect(JSON.stringify(ticket)).not.toMatch(/王师傅|13812345678|noise/);
    const people = await loadPeople(world.db, [report.contactId ?? ""]);
    expect([...people.values()]).toMatchObject([{ name: "王师傅", phone: "13812345678" }]);
    expect(await progressOf(world.db, progressCode, world.clock.nowMs())).toEqual({
      stage: "report",
      since: ticket.createdAt,
    });
    expect(await world.notices("report-received")).toMatchObject([
      {
        audience: { to: "customer", customerId: "C-001", personId: report.contactId },
        facts: { path: `/p/${progressCode}` },
      },
    ]);
  });

  test("AS-12: joins the open ticket of an anomaly; no clock is reset, and the code tells nothing else", async () => {
    await world.db.transaction((tx) =>
      world.service.applyFindings(tx, [finding({ machineId: "PUMP-001" })]),
    );
    const [before] = await ticketsOf();
    world.clock.advance(hour / 4);
    const { report, progressCode } = await world.report({ serialNumber });
    expect(report).toMatchObject({ ticketId: before?.ticketId, attached: true });
    const [after, ...others] = await ticketsOf();
    expect(others).toEqual([]);
    expect(after?.customerReported).toBe(true);
    for (const clock of before?.sla ?? []) expect(after?.sla).toContainEqual(clock);
    const confirmation = after?.sla.find(({ kind }) => kind === "dispatch_confirmation");
    expect(Date.parse(confirmation?.dueAt ?? "") - world.clock.nowMs()).toBe(hour / 2);
    await world.order(after?.ticketId ?? "", { type: "acknowledge" });
    await world.order(after?.ticketId ?? "", {
      type: "assign",
      assignment: {
        engineerId: "E-001",
        score: 1,
        reasons: [],
        arrivalEstimateAt: "2026-03-02T02:00:00.000Z",
      },
    });
    expect(await progressOf(world.db, progressCode, world.clock.nowMs())).toEqual({
      stage: "handle",
      since: new Date(world.clock.nowMs()).toISOString(),
      arrivalAt: "2026-03-02T02:00:00.000Z",
      engineer: "国强",
    });
    expect(
      await progressOf(world.db, after?.progressCode ?? "", world.clock.nowMs()),
    ).toMatchObject({ stage: "handle" });
  });

  test("MR-4: a machine that has stopped makes the joined ticket more urgent, and its clocks tighter", async () => {
    await world.db.transaction((tx) =>
      world.service.applyFindings(tx, [finding({ machineId: "PUMP-001" })]),
    );
    const [before] = await ticketsOf();
    await world.report({ serialNumber, machineStopped: true });
    const [after] = await ticketsOf();
    expect([before?.priority, after?.priority]).toEqual(["major", "emergency"]);
    const dueOf = (ticket: typeof before) =>
      Date.parse(ticket?.sla.find(({ kind }) => kind === "response")?.dueAt ?? "");
    expect(dueOf(after)).toBeLessThan(dueOf(before));
  });

  test("tells two faults of one machine apart by what the customer says", async () => {
    const first = await world.report({ serialNumber, failureMode: "oil-pressure-low" });
    const second = await world.report({ serialNumber, failureMode: "brakes", symptom: "机油" });
    expect(first.report.ticketId).not.toBe(second.report.ticketId);
    const third = await world.report({ serialNumber, failureMode: "brakes", symptom: "又刹不住" });
    expect(third.report.ticketId).toBe(second.report.ticketId);
  });

  test("a machine nobody knows is a report all the same, with suggestions, until a person finds it", async () => {
    const { report, suggestions, progressCode } = await world.report({
      serialNumber: "FBPT56-2024-0032",
    });
    expect(report).toMatchObject({ state: "to_identify", repeats: 0 });
    expect(report.ticketId).toBeUndefined();
    expect(suggestions).toContainEqual({ machineId: "PUMP-001", serialNumber });
    expect(await world.notices("report-to-identify")).toHaveLength(1);
    expect(await progressOf(world.db, progressCode, world.clock.nowMs())).toEqual({
      stage: "report",
      since: report.at,
    });
    await world.work(async (work) => {
      const known = await identify(work, { report, machineId: "PUMP-001" }, world.intake);
      await updateReport(work.tx, known);
    });
    const { items } = await loadReports(world.db, { limit: 10 });
    expect(items).toMatchObject([{ state: "identified", machineId: "PUMP-001" }]);
    expect(await ticketsOf()).toHaveLength(1);
  });

  test("the same command again takes no second report", async () => {
    const one = await world.report({ serialNumber }, "same");
    const two = await world.report({ serialNumber }, "same");
    expect(two).toEqual(one);
    expect((await loadReports(world.db, { limit: 10 })).items).toHaveLength(1);
  });

  test("MR-7: a fault told of again within a week of closing opens its ticket again", async () => {
    const { report } = await world.report({ serialNumber, failureMode: "brakes" });
    const ticketId = report.ticketId ?? "";
    for (const order of toFollowUp) await world.order(ticketId, order);
    await world.order(ticketId, { type: "follow-up-done", note: "fine", blockers: [] });
    world.clock.advance(3 * day);
    const again = await world.report({ serialNumber, failureMode: "brakes" });
    expect(again.report.ticketId).toBe(ticketId);
    expect(await world.service.get(ticketId)).toMatchObject({ state: "assigned", reopenCount: 1 });
  });

  test("TK-8: the page ends ninety days after the ticket was closed, and no other code opens it", async () => {
    const { report, progressCode } = await world.report({ serialNumber, failureMode: "brakes" });
    const ticketId = report.ticketId ?? "";
    for (const order of toFollowUp) await world.order(ticketId, order);
    await world.order(ticketId, { type: "follow-up-done", note: "fine", blockers: [] });
    const nowMs = world.clock.nowMs();
    expect(await progressOf(world.db, progressCode, nowMs + 90 * day)).toMatchObject({
      stage: "done",
    });
    expect(await progressOf(world.db, progressCode, nowMs + 90 * day + 1)).toBeUndefined();
    for (const code of [
      "",
      "x",
      ticketId,
      progressCode.slice(1),
      `${progressCode}A`,
      "A".repeat(22),
    ])
      expect(await progressOf(world.db, code, nowMs)).toBeUndefined();
  });
});

describeEachDatabase("a day of one agent", (open) => {
  test("O-28: 400 reports a day are taken without loss, and what was told twice is one report", async () => {
    const world = await openCustomers(await open());
    const machines = ["FBPT56-2024-0031", "unknown-1", "unknown-2", "unknown-3"];
    const taken: string[] = [];
    for (let index = 0; index < 400; index++) {
      world.clock.advance(Math.floor((12 * hour) / 400));
      const number = Math.floor(index / 2);
      const { report } = await world.report({
        serialNumber: machines[number % machines.length] ?? "",
        symptom: `complaint number ${number}`,
      });
      taken.push(report.reportId);
    }
    const found: Awaited<ReturnType<typeof loadReports>>["items"] = [];
    for (let after: string | undefined; ; ) {
      const page = await loadReports(world.db, { limit: 90, ...(after ? { after } : {}) });
      found.push(...page.items);
      if (page.next === null) break;
      after = page.next;
    }
    expect(found).toHaveLength(200);
    expect(found.reduce((sum, { repeats }) => sum + 1 + repeats, 0)).toBe(400);
    expect(new Set(taken)).toEqual(new Set(found.map(({ reportId }) => reportId)));
  });
});
