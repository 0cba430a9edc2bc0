import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Caller,
  clockOf,
  DAY_MS,
  fixed,
  goAndBegin,
  good,
  HOUR_MS,
  newMachine,
  notFixed,
  openServiceHub,
  reportText,
  type ServiceHub,
  typesOf,
} from "./service-hub.fixture.ts";

/** Monday, 08:00 in Shanghai. */
const monday = "2026-03-02T00:00:00.000Z";

let hub: ServiceHub;
let hq: Caller;
beforeEach(async () => {
  hub = await openServiceHub(monday);
  hq = hub.as("admin");
});
afterEach(() => hub.stop());

const open = async (wanted: object): Promise<Ticket> => good(await hq.post("tickets", wanted));
const assign = async (ticketId: string, engineerId?: string): Promise<Caller> => {
  await hq.order(ticketId, "acknowledge");
  const reason = "he knows the machine";
  const { assignment } = await hq.order(
    ticketId,
    "assign",
    engineerId === undefined ? {} : { engineerId, reason },
  );
  const engineer = hub.as("engineer", { engineerId: assignment?.engineerId });
  await engineer.order(ticketId, "accept");
  return engineer;
};
const finish = (engineer: Caller, ticketId: string, attempts: object[] = [fixed]) =>
  engineer.order(ticketId, "finish", { attempts, isMachineChecked: true });
const march = "from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";
/** What ends the ticket after the work: the report, somebody who says that it works, the follow-up. */
const prove = async (engineer: Caller, ticketId: string, report: object = {}): Promise<Ticket> => {
  await engineer.order(ticketId, "submit-report", { reportId: "R", ...reportText, ...report });
  await hq.order(ticketId, "verification-confirmed", { detail: "asked by telephone" });
  return hq.order(ticketId, "follow-up-done", { note: "the customer is content" });
};

describe("repairs, over HTTP", () => {
  test("AS-7: nobody of the region can go: the flying squad is there within 3 h, with the part from the van", async () => {
    const van = { kind: "vehicle", name: { en: "Van", "zh-CN": "服务车" }, engineerId: "E-010" };
    const where = { regionId: "central", stationId: "wuhan" };
    expect((await hq.put("stock-locations/vehicle-e010", { ...van, ...where })).status).toBe(200);
    good(await hq.post("stock/FB-CP-CTS-01/vehicle-e010/receive", { quantity: 1 }));
    const presence = (engineerId: string, body: object) =>
      hq.post(`organisation/engineers/${engineerId}/presence`, body);
    for (const engineerId of ["E-001", "E-002", "E-003", "E-004"])
      good(await presence(engineerId, { state: "off_duty" }));
    const position = { lat: 28.9, lon: 113.1, at: monday };
    good(await presence("E-010", { position }));

    const stands = { title: "The pump stands still", priority: "emergency" };
    const { ticketId } = await open({ machineId: "PUMP-001", ...stands });
    // Nobody takes it on, so that after ten minutes somebody is sent.
    await hub.pass(11 * 60_000);
    const sent = await hub.ticket(ticketId);
    expect(sent).toMatchObject({
      state: "assigned",
      assignment: { engineerId: "E-010", fallbackLevel: "flying_squad" },
    });
    const etaMs = Date.parse(sent.assignment?.arrivalEstimateAt ?? "");
    expect(etaMs - Date.parse(sent.createdAt)).toBeLessThanOrEqual(3 * HOUR_MS);
    const engineer = hub.as("engineer", { engineerId: "E-010" });
    await engineer.order(ticketId, "accept");
    await engineer.order(ticketId, "depart");
    await hub.pass(etaMs - hub.nowMs());
    const there = await engineer.order(ticketId, "arrive", { reason: "no position" });
    expect(clockOf(there, "arrival")?.status).toBe("met");
    await engineer.order(ticketId, "start-work", { isSafetyChecked: true });
    await finish(engineer, ticketId);
    const partsUsed = [{ partNo: "FB-CP-CTS-01", quantity: 1 }];
    await prove(engineer, ticketId, { partsUsed });
    const { items } = good(await hq.get("stock?part=FB-CP-CTS-01&location=vehicle-e010"));
    expect(items).toMatchObject([{ onHand: 0 }]);
  });

  test("AS-8: not fixed and an expert asked, then a part is missing: green channel, another visit, no first-time fix", async () => {
    const { ticketId } = await open({
      machineId: "PUMP-001",
      title: "No pressure",
      priority: "major",
    });
    const engineer = await assign(ticketId);
    await goAndBegin(engineer, ticketId);
    const consult = { mode: "expert", question: "the pressure still falls" };
    const first = await engineer.order(ticketId, "not-fixed", { attempts: [notFixed], consult });
    expect(first).toMatchObject({ state: "assigned", outcome: "not_fixed", consultCount: 1 });
    await goAndBegin(engineer, ticketId);
    const lines = [{ partNo: "FB-CP-ELB-01", quantity: 1 }];
    good(await hq.post("stock/FB-CP-ELB-01/changsha/count", { counted: 0, reason: "broken" }));
    const second = await engineer.order(ticketId, "miss-parts", { lines, leavesSite: true });
    expect(second.visitLog.map(({ outcome }) => outcome)).toEqual([
      "not_fixed",
      "diagnosed_awaiting_parts",
    ]);
    const child = await hub.ticket(second.childIds.at(-1) ?? "");
    const [line] = child.parts;
    expect(line?.source).toMatchObject({ isGreen: true });
    for (const step of ["pick", "send", "receive"])
      good(await hq.post(`transfers/${line?.transferId}/${step}`));
    if ((await hub.ticket(ticketId)).state === "waiting_parts")
      await engineer.order(ticketId, "parts-ready");
    await goAndBegin(engineer, ticketId);
    await finish(engineer, ticketId);
    const partsUsed = [{ partNo: "FB-CP-ELB-01", quantity: 1 }];
    const closed = await prove(engineer, ticketId, { partsUsed });
    expect(closed).toMatchObject({ state: "closed", visits: 3, outcome: "fixed" });
    expect(good(await hq.get(`kpis?${march}&kind=repair`)).total).toMatchObject({
      firstTimeFixRate: 0,
      resolutionRate: 1,
      blockedByParts: 1,
    });
  });

  test("AS-13: warranty decides who pays, the days in the workshop, the old part and the loaner", async () => {
    const owned = { productType: "concrete_pump_truck", planId: "concrete-pump-truck" };
    await newMachine(hq, { machineId: "PUMP-W", ...owned, warrantyEndsAt: "2027-01-10" });
    const sentIn = async (machineId: string) => {
      const { ticketId } = await open({ machineId, title: "Sensor dead" });
      const lines = [{ partNo: "FB-CP-PS-01", quantity: 1 }];
      const path = `tickets/${ticketId}/parts/request`;
      const asked: Ticket = good(await hq.post(path, { lines }));
      if (asked.state === "requested")
        good(await hq.post(`tickets/${asked.ticketId}/parts/approve`));
      const engineer = await assign(ticketId, "E-001");
      await hq.order(ticketId, "receive-in-workshop");
      return { ticketId, childId: asked.ticketId, engineer };
    };
    const covered = await sentIn("PUMP-W");
    const paid = await sentIn("PUMP-001");
    const [one, two] = [await hub.ticket(covered.ticketId), await hub.ticket(paid.ticketId)];
    expect([one.billable, two.billable]).toEqual([false, true]);
    // Three and five working days from Monday; they end at 18:00.
    expect([one, two].map((ticket) => clockOf(ticket, "repair_turnaround")?.dueAt)).toEqual([
      "2026-03-05T10:00:00.000Z",
      "2026-03-09T10:00:00.000Z",
    ]);
    await hub.pass(8 * DAY_MS);
    await hub.pass(HOUR_MS);
    const loaners = async (ticketId: string) =>
      typesOf(await hub.ticket(ticketId)).filter((type) => type === "loaner-requested").length;
    expect([await loaners(covered.ticketId), await loaners(paid.ticketId)]).toEqual([1, 0]);

    for (const { ticketId, childId, engineer } of [covered, paid]) {
      good(await hq.post(`tickets/${childId}/parts/hand-out`, { engineerId: "E-001" }));
      await goAndBegin(engineer, ticketId);
      await finish(engineer, ticketId);
      const partsUsed = [{ partNo: "FB-CP-PS-01", quantity: 1 }];
      await engineer.order(ticketId, "submit-report", {
        reportId: ticketId,
        ...reportText,
        partsUsed,
      });
    }
    const { items } = good(await hq.get("part-loans?open=true"));
    expect(items).toMatchObject([
      { ticketId: covered.childId, used: 1, coreDueAt: "2026-03-25T01:00:00.000Z" },
    ]);
    good(await hq.post(`part-loans/${items[0].loanId}/return-old-part`));
    expect(good(await hq.get("part-loans?open=true")).items).toEqual([]);
  });
});
