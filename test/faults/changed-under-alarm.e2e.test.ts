import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, expect, test } from "vitest";
import { activeCode, coolant, recordingOf, running } from "../constructed.fixture.ts";
import { folderWithPlan } from "../edited-plan.fixture.ts";
import { clockFrom, deliverAll, playFleet } from "../fleet-gateway.fixture.ts";
import { eventually, temporaryFolder } from "../product.fixture.ts";
import {
  good,
  MINUTE_MS,
  newMachine,
  openServiceHub,
  type ServiceHub,
} from "../scenarios/service-hub.fixture.ts";

const machineId = "LOADER-F9";
const serialNumber = `SN-${machineId}`;

let hub: ServiceHub;
afterEach(() => hub.stop());

/** 16 s with a coolant of 110 °C, whose limit is 108 °C, and an active trouble code. */
const alarmed = (): string =>
  recordingOf("alarmed", 160, (tenth) => [
    running,
    ...(tenth % 10 === 3 ? [activeCode(100, 4)] : []),
    ...(tenth % 10 === 7 ? [coolant(110)] : []),
  ]);

/** In the middle of a working day: no inspection by the calendar comes in between. */
const startMs = Date.parse("2030-03-05T02:00:00.000Z");
const clock = clockFrom(startMs);
const play = async (): Promise<void> => {
  const machines = new Map([[machineId, alarmed()]]);
  await deliverAll(await playFleet({ data: hub.data, machines, clock }));
};
const ticketsOf = async (faultCode: string): Promise<Ticket[]> => {
  const items = await hub.tickets(`machine=${machineId}`);
  const found = items.filter((one) => one.kind !== "parts" && one.faultCode === faultCode);
  return Promise.all(found.map(({ ticketId }) => hub.ticket(ticketId)));
};
const until = (what: string, faultCode: string, isSo: (tickets: Ticket[]) => boolean) =>
  eventually(what, async () => {
    const found = await ticketsOf(faultCode);
    return isSo(found) && found;
  });

/** The same rule with another limit, in a later version of the plan. */
const withHotterLimit = (): string =>
  folderWithPlan("loader-tractor", [
    [/\nversion: (\d+)/, "\nversion: 10$1"],
    [/(id: coolant-hot\n(?: +.*\n)*? +above:) 108/, "$1 115"],
  ]);

test("F9: a rule edited while its alarm is active: its episode ends with that cause, the others go on in their tickets", async () => {
  const data = temporaryFolder("edited");
  hub = await openServiceHub(clock.nowMs(), { data });
  await play();
  const hot = (tickets: Ticket[]) => tickets[0]?.activeFindings.length === 1;
  const [before] = await until("the overheating", "engine-overheating", hot);
  const [code] = await until("the code", "engine-oil-pressure-sensor", hot);
  await hub.stop();

  hub = await openServiceHub(clock.nowMs(), { data, plansFolder: withHotterLimit() });
  await play();
  const [after, ...others] = await until("the end of its episode", "engine-overheating", (found) =>
    found.every(({ activeFindings }) => activeFindings.length === 0),
  );
  expect(others).toEqual([]);
  expect(after?.ticketId).toBe(before?.ticketId);
  expect(after?.timeline.at(-1)).toMatchObject({ type: "finding-cleared", cause: "rule_changed" });
  expect(after?.sla.map(({ dueAt }) => dueAt)).toEqual(before?.sla.map(({ dueAt }) => dueAt));
  const [same, ...more] = await until(
    "the code to go on",
    "engine-oil-pressure-sensor",
    (found) => (found[0]?.occurrenceCount ?? 0) >= 2,
  );
  expect(more).toEqual([]);
  expect(same).toMatchObject({ ticketId: code?.ticketId, activeFindings: code?.activeFindings });
});

test("F9: a machine sold while its alarm is active: the ticket stays with the seller, the buyer's begins afresh and shows nothing of it", async () => {
  hub = await openServiceHub(clock.nowMs());
  const hq = hub.as("admin");
  const anybody = hub.as("anybody");
  await newMachine(hq, { machineId, productType: "loader_tractor", customerId: "C-001" });
  await play();
  await until("the overheating", "engine-overheating", ([one]) => one?.activeFindings.length === 1);
  const told = {
    serialNumber,
    symptom: "Too hot",
    failureMode: "engine-overheating",
    machineStopped: false,
  };
  const sellersCode: string = good(await anybody.post("public/reports", told)).progressCode;
  const [ticket] = await ticketsOf("engine-overheating");
  expect(ticket).toMatchObject({ customerId: "C-001", customerReported: true });

  good(
    await hq.post(`organisation/machines/${machineId}/move`, {
      customerId: "C-002",
      siteId: "S-003",
    }),
  );
  await hub.pass(MINUTE_MS);
  const left = await hub.ticket(ticket?.ticketId ?? "");
  expect(left).toMatchObject({ customerId: "C-001", activeFindings: [] });
  expect(left.timeline.slice(-2)).toMatchObject([
    {
      type: "note-added",
      note: expect.stringContaining("customer C-001, site S-002 -> customer C-002"),
    },
    { type: "finding-cleared", cause: "machine_moved" },
  ]);
  const { items: log } = good(await hq.get(`audit?limit=200`));
  expect(log).toContainEqual(
    expect.objectContaining({
      action: "machine.moved",
      facts: expect.objectContaining({ toCustomer: "C-002" }),
    }),
  );

  // Data go on: the rules hear of the sale with the first of them, and find the fault again for the buyer.
  await play();
  await play();
  const both = await until(
    "the buyer's own ticket",
    "engine-overheating",
    (found) => found.length > 1,
  );
  expect(both.map(({ customerId }) => customerId).toSorted()).toEqual(["C-001", "C-002"]);
  const bought = both.find(({ customerId }) => customerId === "C-002");
  expect(bought?.recurrenceOf).toBeUndefined();
  expect(bought?.evidence.some(({ findingId }) => ticket?.activeFindings.includes(findingId))).toBe(
    false,
  );
  const buyersCode: string = good(await anybody.post("public/reports", told)).progressCode;
  expect((await hub.ticket(bought?.ticketId ?? "")).customerReported).toBe(true);
  expect(await hub.ticket(left.ticketId)).toEqual(left);

  // Each sees the way of the own ticket, and that alone.
  await hq.order(left.ticketId, "acknowledge");
  await hq.order(left.ticketId, "assign", { engineerId: "E-001", reason: "knows the machine" });
  const [sellers, buyers] = await Promise.all(
    [sellersCode, buyersCode].map(async (code) =>
      good(await anybody.get(`public/progress/${code}`)),
    ),
  );
  expect(sellers.stage).not.toBe(buyers.stage);
  // No orphan: every open finding of the machine is in exactly one open ticket.
  const open = (await hub.tickets(`machine=${machineId}&state=open`)).flatMap(
    ({ activeFindings }) => activeFindings,
  );
  expect(new Set(open).size).toBe(open.length);
});
