import { beforeEach, expect, test } from "vitest";
import { describeEachDatabase } from "../each-database.fixture.ts";
import type { Ticket } from "../ticket.ts";
import { dtc, finding } from "../tickets.fixture.ts";
import { expectConsistent } from "../world.fixture.ts";
import { type CustomerWorld, openCustomers, toFollowUp } from "./customers.fixture.ts";

const machineId = "PUMP-001";
const serialNumber = "FBPT56-2024-0031";
const day = 24 * 3_600_000;

describeEachDatabase("customers' reports by the rules of all new work", (open) => {
  let world: CustomerWorld;
  beforeEach(async () => {
    world = await openCustomers(await open());
  });
  const apply = (more: Parameters<typeof finding>[0] = {}) =>
    world.db.transaction((tx) =>
      world.service.applyFindings(tx, [finding({ machineId, ...more })]),
    );
  const ticketsOf = async () =>
    (await world.service.page({ limit: 200 })).items.filter(({ kind }) => kind !== "parts");
  const reportedTicket = async (failureMode: string) => {
    const { report } = await world.report({ serialNumber, failureMode, symptom: failureMode });
    return world.service.get(report.ticketId ?? "");
  };

  test("MR-2: the repair of a report takes in the inspection of its component, with its due times (MR-3)", async () => {
    await apply();
    const [inspection] = await ticketsOf();
    world.clock.advance(3_600_000);
    const repair = await reportedTicket("oil-pressure-low");
    expect(repair).toMatchObject({
      kind: "repair",
      state: "new",
      customerReported: true,
      faultCode: "oil-pressure-low",
      absorbedIds: [inspection?.ticketId],
    });
    expect(repair.evidence).toHaveLength(1);
    expect(await world.service.get(inspection?.ticketId ?? "")).toMatchObject({
      state: "merged",
      mergedInto: repair.ticketId,
    });
    const dueOf = (ticket: Pick<Ticket, "sla"> | undefined) =>
      ticket?.sla.find(({ kind }) => kind === "response")?.dueAt ?? "";
    expect(dueOf(inspection)).not.toBe("");
    expect(dueOf(repair) <= dueOf(inspection)).toBe(true);
    await expectConsistent(world.db);
  });

  test("MR-2: an inspection somebody has set out for is not taken away; the report joins it", async () => {
    await apply();
    const [inspection] = await ticketsOf();
    for (const order of toFollowUp.slice(0, 4))
      await world.order(inspection?.ticketId ?? "", order);
    expect(await reportedTicket("oil-pressure-low")).toMatchObject({
      ticketId: inspection?.ticketId,
      kind: "inspection",
      customerReported: true,
    });
  });

  test("MR-1: a report of a fault whose ticket was taken in joins the one that stays", async () => {
    const codes = Array.from({ length: 12 }, (_, number) => ({
      findingId: `f-${number}`,
      failureMode: number === 0 ? "brakes" : "uncatalogued",
      subject: number === 0 ? "" : `0/${number}/2`,
      evidence: [dtc({ amberWarning: "on" }, number)],
    }));
    for (const code of codes) await apply(code);
    const [storm, ...others] = (await ticketsOf()).filter(({ state }) => state !== "merged");
    expect(others).toEqual([]);
    expect(await reportedTicket("brakes")).toMatchObject({
      ticketId: storm?.ticketId,
      customerReported: true,
    });
  });

  test("MR-7: what is told of again after its proof is not solved; another fault is a ticket of its own", async () => {
    const first = await reportedTicket("oil-pressure-low");
    for (const order of toFollowUp) await world.order(first.ticketId, order);
    const other = await reportedTicket("oil-pump");
    expect(other.ticketId).not.toBe(first.ticketId);
    world.clock.advance(day);
    expect(await reportedTicket("oil-pressure-low")).toMatchObject({
      ticketId: first.ticketId,
      state: "assigned",
      reopenCount: 1,
    });
  });

  test("MR-7: after a week it is a new ticket that knows of the one before", async () => {
    const first = await reportedTicket("brakes");
    for (const order of toFollowUp) await world.order(first.ticketId, order);
    await world.order(first.ticketId, { type: "follow-up-done", note: "fine", blockers: [] });
    world.clock.advance(8 * day);
    expect(await reportedTicket("brakes")).toMatchObject({
      recurrenceOf: first.ticketId,
      state: "new",
      reopenCount: 0,
    });
  });

  test("MR-4: a report that makes a ticket more urgent makes its parts ticket so", async () => {
    const { childIds } = await reportedTicket("oil-pump");
    await world.report({ serialNumber, failureMode: "oil-pump", machineStopped: true });
    const part = await world.service.get(childIds[0] ?? "");
    expect(part).toMatchObject({ kind: "parts", priority: "emergency" });
  });
});
