import type { PartsPlan } from "@firebreak/tickets/forecast/parts-plan.ts";
import type { Ticket } from "@firebreak/tickets/ticket.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type Caller,
  fixed,
  goAndBegin,
  good,
  openServiceHub,
  reportText,
  type ServiceHub,
} from "./service-hub.fixture.ts";

/** The last day of May, 08:00 in Shanghai. */
const monthEnd = "2026-05-31T00:00:00.000Z";
const june = { from: "2026-05-31T16:00:00.000Z", to: "2026-06-30T16:00:00.000Z" };
const july = { from: june.to, to: "2026-07-31T16:00:00.000Z" };
/** An imported part is headquarters' to plan, whatever it costs; a piston is the region's. */
const [core, other] = ["FB-CP-BLD-01", "FB-CP-PST-01"];
const imported = `配件编号,中文名称,类别,单价（元）,采购周期（天）,进口\n${core},蓄能器皮囊,总成件,1280,12,是\n`;

let hub: ServiceHub;
let hq: Caller;
let region: Caller;
beforeEach(async () => {
  hub = await openServiceHub(monthEnd);
  hq = hub.as("hq_service");
  region = hub.as("region_manager", { regionId: "hunan" });
  expect(good(await hq.importList("parts", imported))).toMatchObject({ state: "done" });
});
afterEach(() => hub.stop());

const draft = async (by: Caller, planType: string, regionId: string, period: object) =>
  by.post("parts-plans", { planType, regionId, period });
const step = (by: Caller, { planId }: PartsPlan, name: string, body: object = {}) =>
  by.post(`parts-plans/${planId}/${name}`, body);
const lineOf = (plan: PartsPlan, partNo: string) =>
  plan.lines.find((line) => line.partNo === partNo && line.regionId === "hunan");
const demandOf = (plan: PartsPlan, partNo: string) => {
  const forecast = lineOf(plan, partNo)?.forecast;
  if (!forecast) throw new Error(`no forecast of ${partNo}`);
  return forecast;
};
const assumption = { name: "hours as in May", value: 1, source: "telemetry of May" };

/** What lies in all places of Hunan. */
async function stockOf(partNo: string) {
  const places = good(await hq.get("stock-locations")).items as {
    locationId: string;
    regionId?: string;
  }[];
  const own = new Set(
    places.filter(({ regionId }) => regionId === "hunan").map(({ locationId }) => locationId),
  );
  const { items } = good(await hq.get(`stock?part=${partNo}`));
  return items
    .filter(({ locationId }: { locationId: string }) => own.has(locationId))
    .reduce((sum: number, { onHand }: { onHand: number }) => sum + onHand, 0);
}

/** A repair in Hunan that uses so many pieces up. */
async function repairWith(partNo: string, quantity: number): Promise<void> {
  const wanted = { machineId: "PUMP-001", title: "Pressure falls", priority: "general" };
  const { ticketId }: Ticket = good(await hq.post("tickets", wanted));
  const lines = [{ partNo, quantity }];
  const asked: Ticket = good(await hq.post(`tickets/${ticketId}/parts/request`, { lines }));
  if (asked.state === "requested") good(await hq.post(`tickets/${asked.ticketId}/parts/approve`));
  await hq.order(ticketId, "acknowledge");
  await hq.order(ticketId, "assign", { engineerId: "E-001", reason: "he knows the machine" });
  const engineer = hub.as("engineer", { engineerId: "E-001" });
  await engineer.order(ticketId, "accept");
  good(await hq.post(`tickets/${asked.ticketId}/parts/hand-out`, { engineerId: "E-001" }));
  await goAndBegin(engineer, ticketId);
  await engineer.order(ticketId, "finish", { attempts: [fixed], isMachineChecked: true });
  const report = { reportId: "R", ...reportText, partsUsed: lines };
  await engineer.order(ticketId, "submit-report", report);
}

describe("parts plans, over HTTP", () => {
  test("AS-20: month end from the snapshot to the forecast, no approval without assumptions, lines by owner, and the errors in next month's forecast", async () => {
    // By owner: headquarters plans core parts for every region, a region the rest for itself.
    expect((await draft(region, "core", "", june)).status).toBe(403);
    expect((await draft(region, "non_core", "fujian", june)).status).toBe(403);
    const ours: PartsPlan = good(await draft(hq, "core", "", june));
    const theirs: PartsPlan = good(await draft(region, "non_core", "hunan", june));
    expect(new Set(ours.lines.map(({ partNo }) => partNo))).toEqual(new Set([core]));
    expect(new Set(ours.lines.map(({ regionId }) => regionId)).size).toBeGreaterThan(1);
    expect(theirs.lines.map(({ partNo }) => partNo)).toContain(other);
    expect(theirs.lines.map(({ partNo }) => partNo)).not.toContain(core);
    expect(new Set(theirs.lines.map(({ regionId }) => regionId))).toEqual(new Set(["hunan"]));

    // The snapshot is of the month's end, whatever comes in later.
    const atMonthEnd = await stockOf(core);
    expect(lineOf(ours, core)?.stock).toMatchObject({ onHand: atMonthEnd, reserved: 0 });
    good(await hq.post(`stock/${core}/changsha/receive`, { quantity: 5 }));
    const kept: PartsPlan = good(await hq.get(`parts-plans/${ours.planId}`));
    expect([lineOf(kept, core)?.stock.onHand, await stockOf(core)]).toEqual([
      atMonthEnd,
      atMonthEnd + 5,
    ]);
    const { expected, upper } = demandOf(ours, core);
    expect(expected).toBeGreaterThan(0);
    expect(lineOf(ours, core)?.quantity).toBe(Math.max(0, upper - atMonthEnd));

    for (const [plan, owner] of [
      [ours, hq],
      [theirs, region],
    ] as const) {
      // Handed in without a word of what it rests on: no approval, and the way back.
      good(await step(owner, plan, "review"));
      const blocked = await step(hq, plan, "approve");
      expect([blocked.status, blocked.body.code]).toEqual([409, "PLAN_ASSUMPTIONS"]);
      expect((await step(owner, plan, "assumptions", { assumption })).status).toBe(409);
      const back: PartsPlan = good(await step(hq, plan, "send-back", { note: "no assumption" }));
      expect(back.state).toBe("draft");
      good(await step(owner, plan, "assumptions", { assumption }));
      good(await step(owner, plan, "review"));
      expect((await step(region, plan, "approve")).status).toBe(403);
      expect(good(await step(hq, plan, "approve")).state).toBe("approved");
    }
    expect((await step(region, ours, "release")).status).toBe(403);
    expect(good(await step(hq, ours, "release")).state).toBe("released");
    expect(good(await step(region, theirs, "release")).state).toBe("released");
    expect((await step(hq, ours, "evaluate")).body.code).toBe("PLAN_TOO_EARLY");

    await hub.pass(Date.parse("2026-06-15T00:00:00Z") - hub.nowMs());
    await repairWith(core, 2);
    await hub.pass(Date.parse("2026-07-01T00:00:00Z") - hub.nowMs());
    const before: PartsPlan = good(await draft(hq, "core", "", july));
    const evaluated: PartsPlan = good(await step(hq, ours, "evaluate"));
    expect(lineOf(evaluated, core)).toMatchObject({ actual: 2, error: 2 - expected });
    const { items: log } = good(await hq.get("forecast/parameters/log"));
    const learned = log.find(
      (one: { partNo: string; regionId: string }) =>
        one.partNo === core && one.regionId === "hunan",
    );
    expect(learned).toMatchObject({ name: "region_factor", before: null });
    expect(learned.after).toBeGreaterThan(1);
    const next: PartsPlan = good(await draft(hq, "core", "", july));
    expect(demandOf(next, core).regionFactor).toBe(learned.after);
    expect(demandOf(next, core).expected / demandOf(before, core).expected).toBeCloseTo(
      learned.after,
      9,
    );
    expect(next.assumptions).toContainEqual({
      name: `region_factor hunan ${core}`,
      value: learned.after,
      source: expect.stringContaining(ours.planId),
    });
  });

  test("AS-17: before the rainy season the demand of the affected parts rises in its region, and the plan says why", async () => {
    const planned = async (period: object): Promise<PartsPlan> =>
      good(await draft(region, "non_core", "hunan", period));
    const dry = await planned(june);
    const rain = {
      name: "seasonal_factor",
      regionId: "hunan",
      partNo: other,
      months: [6],
      value: 1.5,
      source: "rainy seasons of the last three years",
    };
    expect((await region.post("forecast/parameters", rain)).status).toBe(204);
    const wet = await planned(june);
    expect(demandOf(wet, other).expected).toBeCloseTo(1.5 * demandOf(dry, other).expected, 9);
    expect(wet.assumptions).toContainEqual({
      name: `seasonal_factor hunan ${other}`,
      value: 1.5,
      source: rain.source,
    });
    // Other parts, and the month after the season, are as before.
    for (const { partNo, forecast } of dry.lines.filter(({ partNo }) => partNo !== other))
      expect(demandOf(wet, partNo).expected).toBe(forecast?.expected);
    expect((await planned(july)).assumptions).toEqual([]);
    const elsewhere: PartsPlan = good(await draft(hq, "non_core", "", june));
    const factors = elsewhere.lines
      .filter(({ partNo, regionId }) => partNo === other && regionId !== "hunan")
      .map(({ forecast }) => forecast?.seasonalFactor);
    expect(new Set(factors)).toEqual(new Set([1]));
  });
});
