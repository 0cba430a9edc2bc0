import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { eventually } from "../product.fixture.ts";
import { sharedData } from "../shared-data.ts";
import {
  type Caller,
  clockOf,
  fixed,
  goAndBegin,
  good,
  HOUR_MS,
  MINUTE_MS,
  openServiceHub,
  reportText,
  type ServiceHub,
  typesOf,
} from "./service-hub.fixture.ts";

const faulty = sharedData("can/jd5055e_LeftSensorUnplugged-CheckEngine-1of3.log") ?? "";
const healthy = sharedData("can/jd5055e_RunningControl.log") ?? "";
const machineId = "LOADER-001";
const faultCode = "engine-oil-pressure-sensor";
/** Five seconds each: a good minute of running. */
const aMinute = { repeat: 16 };
const march = "from=2026-03-01T00:00:00Z&to=2026-04-01T00:00:00Z";

let hub: ServiceHub;
let hq: Caller;
beforeEach(async () => {
  hub = await openServiceHub("2026-03-02T00:30:00.000Z");
  hq = hub.as("admin");
});
afterEach(() => hub.stop());

/** From the way there to the report: this cause was found, and these parts replaced. */
async function repair(engineer: Caller, ticketId: string, causeId: string, ...partNos: string[]) {
  const partsUsed = partNos.map((partNo) => ({ partNo, quantity: 1 }));
  await goAndBegin(engineer, ticketId);
  await engineer.order(ticketId, "finish", { attempts: [fixed], isMachineChecked: true });
  const report = { reportId: `R-${causeId}`, ...reportText, faultCode, causeId, partsUsed };
  return engineer.order(ticketId, "submit-report", report);
}

const reaches = (ticketId: string, state: string): Promise<Ticket> =>
  eventually(`the ticket is ${state}`, async () => {
    const ticket = await hub.ticket(ticketId);
    return ticket.state === state && ticket;
  });
const causes = async () =>
  good(await hq.get(`lessons/causes?plan=loader-tractor&faultCode=${faultCode}`)).items;
const rules = async () =>
  good(await hq.get("lessons/rules?plan=loader-tractor")).items.filter(
    ({ ruleId }: { ruleId: string }) => ruleId === "active-trouble-code",
  );

describe.skipIf(faulty === "" || healthy === "")("a repair that did not help", () => {
  test("AS-9: with the wrong part replaced verification fails, the ticket is reopened and no first-time fix, and rule and cause statistics know it", async () => {
    await hub.replay(machineId, faulty);
    const { ticketId } = await eventually("a ticket of the machine's own", async () => {
      const [found] = await hub.tickets(`machine=${machineId}&state=open&kind=repair`);
      return found;
    });
    expect(await hub.ticket(ticketId)).toMatchObject({ trigger: "dtc", faultCode });
    await hq.order(ticketId, "acknowledge");
    const { assignment } = await hq.order(ticketId, "assign");
    const engineer = hub.as("engineer", { engineerId: assignment?.engineerId });
    await engineer.order(ticketId, "accept");
    const first = await repair(engineer, ticketId, "sensor-broken", "FB-LT-OPS-01");
    expect(first).toMatchObject({ state: "verifying", outcome: "fixed" });
    expect(await causes()).toEqual([{ causeId: "sensor-broken", count: 1 }]);
    const firstArrival = clockOf(first, "arrival");

    // The symptom persists.
    await hub.pass(5 * MINUTE_MS);
    await hub.replay(machineId, faulty, aMinute);
    const again = await reaches(ticketId, "assigned");
    expect(again).toMatchObject({ reopenCount: 1, outcome: "not_fixed", trigger: "dtc" });
    expect(typesOf(again)).toContain("verification-failed");
    expect(again.visitLog.map(({ outcome }) => outcome)).toEqual(["not_fixed"]);
    expect(again.priority).toBe(first.priority);
    const arrivals = again.sla.filter(({ kind }) => kind === "arrival");
    expect(arrivals).toHaveLength(2);
    expect(arrivals[0]).toEqual(firstArrival);
    expect(arrivals[1]).toMatchObject({ status: "running" });
    const open = await hub.tickets(`machine=${machineId}&state=open&kind=work`);
    expect(open.map((one) => one.ticketId)).toEqual([ticketId]);
    // What was refuted counts for no cause, and for no rule.
    expect(await causes()).toEqual([]);
    expect(await rules()).toEqual([]);

    await engineer.order(ticketId, "accept");
    await hub.pass(HOUR_MS);
    await repair(engineer, ticketId, "plug-loose");
    await hub.pass(5 * MINUTE_MS);
    await hub.replay(machineId, healthy, aMinute);
    await reaches(ticketId, "follow_up");
    const { items: loans } = good(await hq.get("part-loans?open=true"));
    for (const { loanId } of loans) good(await hq.post(`part-loans/${loanId}/return-old-part`));
    const closed = await hq.order(ticketId, "follow-up-done", { note: "the customer is content" });
    expect(closed).toMatchObject({ state: "closed", outcome: "fixed", visits: 2, reopenCount: 1 });
    expect(closed.visitLog.map(({ outcome }) => outcome)).toEqual(["not_fixed", "fixed"]);
    expect(good(await hq.get(`kpis?${march}&kind=repair`)).total).toMatchObject({
      firstTimeFixRate: 0,
      resolutionRate: 1,
    });

    // The rule was right; the cause is the one that the second visit proved.
    expect(await causes()).toEqual([{ causeId: "plug-loose", count: 1 }]);
    const record = { judged: 1, precision: 1, counts: { true_positive: 1 } };
    expect(await rules()).toMatchObject([{ record }]);
  });
});
