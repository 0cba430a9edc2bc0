import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Caller,
  DAY_MS,
  goAndBegin,
  good,
  lookedOver,
  newMachine,
  openServiceHub,
  reportText,
  type ServiceHub,
} from "./service-hub.fixture.ts";

const monday = "2026-03-02T00:00:00.000Z";

let commands = 0;
let hub: ServiceHub;
let hq: Caller;
beforeEach(async () => {
  hub = await openServiceHub(monday);
  hq = hub.as("admin");
});
afterEach(() => hub.stop());

const inspectionsOf = async (machineId: string): Promise<Ticket[]> => {
  const items = await hub.tickets(`machine=${machineId}&kind=inspection`);
  return items.sort((one, other) =>
    (one.dueWindow?.to ?? "").localeCompare(other.dueWindow?.to ?? ""),
  );
};
const dueDays = async (machineId: string) =>
  (await inspectionsOf(machineId)).map(({ trigger, dueWindow }) => [
    trigger,
    dueWindow?.to.slice(0, 10),
  ]);
/** Weeks pass one after the other, as they do for a hub that runs. */
const passWeeks = async (count: number) => {
  for (let week = 0; week < count; week++) await hub.pass(7 * DAY_MS);
};

const nothing = {
  workingTime: "",
  projectProgress: "",
  serviceOpinion: "",
  followOnProjects: "",
  productImpression: "",
  improvementSuggestions: "",
  otherBrandEquipment: "",
};
const survey = {
  ...nothing,
  equipmentTypes: [],
  equipmentCounts: [],
  operatorSkill: "basic",
  peakPeriods: [{ from: "2026-06-01", to: "2026-07-31" }],
};

/** Sends an engineer to an inspection, has it done with all that is asked, gives the ticket as it closed. */
async function inspect(ticketId: string): Promise<Ticket> {
  const found = await hub.ticket(ticketId);
  if (found.state === "planned") await hq.order(ticketId, "release");
  if ((await hub.ticket(ticketId)).state === "new") await hq.order(ticketId, "acknowledge");
  const { assignment } = await hq.order(ticketId, "assign");
  const engineer = hub.as("engineer", { engineerId: assignment?.engineerId });
  await engineer.order(ticketId, "accept");
  await goAndBegin(engineer, ticketId);
  const send = async (type: string, body: object) => {
    const command = { commandId: `c-${commands++}`, ticketId, type, body };
    const { answers } = good(await engineer.post("field/sync", { commands: [command] }));
    return answers[0];
  };
  const done = { attempts: [lookedOver], isMachineChecked: true };
  expect((await send("finish", done)).status).toBe("refused");
  const order = good(await engineer.get(`tickets/${ticketId}/work-order`));
  const answers = order.checklist.map(({ stepId }: { stepId: string }) => ({
    stepId,
    result: "passed",
  }));
  expect((await send("answer-checklist", { answers })).status).toBe("done");
  // The record is there, the survey is not.
  expect((await send("finish", { ...done, note: "no survey" })).status).toBe("refused");
  expect((await send("save-survey", { survey })).status).toBe("done");
  expect((await send("finish", { ...done, note: "all done" })).status).toBe("done");
  const unfinished = await hq.post(`tickets/${ticketId}/follow-up-done`, { note: "no report yet" });
  expect(unfinished.status).toBe(409);
  await engineer.order(ticketId, "submit-report", { reportId: ticketId, ...reportText });
  return hq.order(ticketId, "follow-up-done", { note: "the site was told" });
}

describe("planned work, over HTTP", () => {
  const truck = { productType: "concrete_pump_truck", planId: "concrete-pump-truck" };

  test("AS-4: a new machine is inspected at month 1 and at the points of its plan, and closed with record and survey only", async () => {
    await newMachine(hq, { machineId: "TRUCK-1", ...truck, handoverAt: "2026-03-01" });
    await passWeeks(4);
    const [first, ...others] = await inspectionsOf("TRUCK-1");
    expect(others).toEqual([]);
    expect(first).toMatchObject({ trigger: "calendar", stationId: "changsha" });
    expect(first?.dueWindow?.to.slice(0, 10)).toBe("2026-04-01");
    const closed = await inspect(first?.ticketId ?? "");
    expect(closed).toMatchObject({ state: "closed", stage: "done" });
    expect(closed.assignment?.engineerId).toMatch(/^E-/);
    await passWeeks(48);
    const months = (await dueDays("TRUCK-1")).filter(([trigger]) => trigger === "calendar");
    // Months 3, 9 (a hazard point) and 12; month 6 is done along with the half-yearly service.
    expect(months.map(([, day]) => day)).toEqual([
      "2026-04-01",
      "2026-06-01",
      "2026-12-01",
      "2027-03-01",
    ]);
    expect(await dueDays("TRUCK-1")).toContainEqual(["service_hours", "2026-09-01"]);
  });

  test("AS-5: a peak that a survey names brings an inspection with wear parts before it, and one after it", async () => {
    await newMachine(hq, { machineId: "TRUCK-2", ...truck, handoverAt: "2026-02-10" });
    await passWeeks(1);
    const [surveyed] = await inspectionsOf("TRUCK-2");
    await inspect(surveyed?.ticketId ?? "");
    const peaks = async () =>
      (await inspectionsOf("TRUCK-2")).filter(({ trigger }) => trigger === "peak_season");
    await passWeeks(12);
    const [before, ...early] = await peaks();
    expect(early).toEqual([]);
    expect(before?.dueWindow?.to.slice(0, 10)).toMatch(/^2026-0(5-3[01]|6-01)$/);
    const children = await Promise.all((before?.childIds ?? []).map(hub.ticket));
    const parts = children.flatMap((child) => child.parts.map(({ partNo }) => partNo));
    expect(parts).toContain("FB-CP-PST-01");
    await passWeeks(10);
    const after = (await peaks()).at(-1);
    expect((after?.dueWindow?.from ?? "") > "2026-07-31").toBe(true);
  });
});
