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

/** Somebody in Changsha who may work on machines of that type. */
const engineerFor = async (productType: string) =>
  good(
    await hq.post("organisation/engineers", {
      engineerId: "E-101",
      stationId: "changsha",
      employment: "own",
      level: "senior",
      skills: {
        productTypes: [productType],
        faultClasses: ["mechanical", "hydraulic", "electrical"],
      },
      certifications: [{ productType, validUntil: "2030-12-31" }],
      flyingSquad: false,
      specialistFor: [],
      shift: { days: [1, 2, 3, 4, 5, 6, 7], from: "08:00", to: "18:00" },
      optimalLoadHours: 36,
      maxLoadHours: 48,
      person: { name: "周铺路", firstName: "铺路" },
    }),
  );

describe("planned work, over HTTP", () => {
  const truck = { productType: "concrete_pump_truck", planId: "concrete-pump-truck" };

  test("AS-4: a new paver is inspected at month 1 and at the points of its plan, by an engineer of its station, and closed with record and survey only", async () => {
    await engineerFor("paver");
    const paver = { productType: "paver", handoverAt: "2026-03-01" };
    await newMachine(hq, { machineId: "PAVER-1", ...paver });
    await passWeeks(4);
    const [first, ...others] = await inspectionsOf("PAVER-1");
    expect(others).toEqual([]);
    expect(first).toMatchObject({ trigger: "calendar", stationId: "changsha", tier: "exceed" });
    expect(first?.planRef).toMatch(/^asphalt-paver@/);
    expect(first?.dueWindow?.to.slice(0, 10)).toBe("2026-04-01");
    const closed = await inspect(first?.ticketId ?? "");
    expect(closed).toMatchObject({ state: "closed", stage: "done" });
    expect(closed.assignment).toMatchObject({ engineerId: "E-101" });
    expect(closed.assignment?.reasons).not.toEqual([]);
    await passWeeks(48);
    const calendar = (await dueDays("PAVER-1")).filter(([trigger]) => trigger === "calendar");
    // Months 1, 3 and 6, and month 9 of a hazard point; month 12 is done along with the yearly service.
    const days = ["2026-04-01", "2026-06-01", "2026-09-01", "2026-12-01"];
    expect(calendar.map(([, day]) => day)).toEqual(days);
    // Station to engineer: each is given to who may work on pavers, and closes in the same way.
    const open = await hub.tickets("machine=PAVER-1&trigger=calendar&state=open&engineer=none");
    expect(open).toHaveLength(days.length - 1);
    for (const { ticketId } of open) await inspect(ticketId);
    const his = "machine=PAVER-1&trigger=calendar&engineer=E-101&state=closed";
    expect(await hub.tickets(his)).toHaveLength(days.length);
  });

  test("AS-4, C-19: a machine without a plan has the inspection of month 1, by the general checklist, and no other", async () => {
    const productType = "snow_groomer";
    await engineerFor(productType);
    await newMachine(hq, { machineId: "GROOMER-1", productType, handoverAt: "2026-03-01" });
    await passWeeks(4);
    const [first] = await inspectionsOf("GROOMER-1");
    expect(first?.dueWindow?.to.slice(0, 10)).toBe("2026-04-01");
    const { ticketId = "" } = first ?? {};
    expect((await hub.ticket(ticketId)).about?.en).toContain("No service plan fits this machine");
    expect(await inspect(ticketId)).toMatchObject({ state: "closed", planRef: "none" });
    const { checklist } = good(await hq.get(`tickets/${ticketId}/work-order`));
    expect(checklist.map(({ stepId }: { stepId: string }) => stepId)).toContain("general-safety");
    await passWeeks(48);
    expect(await dueDays("GROOMER-1")).toEqual([["calendar", "2026-04-01"]]);
  });

  test("AS-11: an override that drops months 3, 6 and 12 leaves month 1, whether it is of a region, a segment or a customer", async () => {
    const planId = truck.planId;
    const put = (by: Caller, overrideId: string, of: object) =>
      by.post("organisation/overrides", { overrideId, planId, reason: "field experience", ...of });
    const months = { calendarMonths: [2] };
    const hunan = { regionId: "hunan", ...months };
    // What a plan promises is for headquarters to change, and only of a plan that is there.
    const region = hub.as("region_manager", { regionId: "hunan" });
    expect((await put(region, "O-1", hunan)).status).toBe(403);
    expect((await put(hq, "O-1", { ...hunan, planId: "no-such" })).status).toBe(400);
    good(await put(hq, "O-1", hunan));
    expect((await put(hq, "O-2", hunan)).status).toBe(400);
    // Of water engineers 5 instead, over the region; a customer was promised 4, over all.
    good(await put(hq, "O-3", { segment: "water", calendarMonths: [5] }));
    const customer = { customerId: "C-004", siteId: "S-005" };
    const handoverAt = "2026-03-01";
    await newMachine(hq, { machineId: "HUNAN-1", ...truck, handoverAt });
    await newMachine(hq, { machineId: "WATER-1", ...truck, handoverAt, ...customer });
    await newMachine(hq, { machineId: "PROMISED-1", ...truck, handoverAt, ...customer });
    await newMachine(hq, {
      machineId: "SOUTHWEST-1",
      ...truck,
      handoverAt,
      customerId: "C-002",
      siteId: "S-003",
      regionId: "southwest",
      stationId: "chengdu",
    });
    good(
      await hq.post("organisation/commitments", {
        commitmentId: "SC-9",
        customerId: "C-004",
        machineIds: ["PROMISED-1"],
        state: "active",
        slaOverrides: [],
        inspectionMonths: [4],
        standbyMachine: false,
        validFrom: "2026-01-01",
        validTo: "2030-12-31",
      }),
    );
    await passWeeks(52);
    const calendarOf = async (machineId: string) =>
      (await inspectionsOf(machineId))
        .map(({ dedupeKey }) => /:calendar:m(\d+):/.exec(dedupeKey)?.[1])
        .filter((month) => month !== undefined);
    expect(await calendarOf("HUNAN-1")).toEqual(["1", "2"]);
    expect(await calendarOf("WATER-1")).toEqual(["1", "5"]);
    expect(await calendarOf("PROMISED-1")).toEqual(["1", "4"]);
    // Month 6 is done along with the half-yearly service.
    expect(await calendarOf("SOUTHWEST-1")).toEqual(["1", "3", "12"]);
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
