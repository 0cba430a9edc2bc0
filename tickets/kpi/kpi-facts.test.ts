import { describe, expect, test } from "vitest";
import { act, after, opening, openingWithout, orders, walk } from "../lifecycle/work.fixture.ts";
import type { Ticket } from "../ticket.ts";
import { kpiDefaults } from "./kpi-config.ts";
import { type KpiContext, kpiFactsOf } from "./kpi-facts.ts";

const MINUTE_MS = 60_000;
const onSite = ["acknowledge", "assign", "accept", "depart", "arrive", "start-work"] as const;
const toClosed = ["finish", "submit-report", "verification-passed", "follow-up-done"] as const;
const of = (ticket: Ticket, context: KpiContext = {}) => kpiFactsOf(ticket, context, kpiDefaults);
const counts = (ticket: Ticket, context?: KpiContext) => of(ticket, context).counts;

describe("kpiFactsOf", () => {
  const repaired = walk(opening(), ...onSite, ...toClosed);

  test("a repair done in one visit and confirmed is fixed the first time", () => {
    expect(of(repaired)).toMatchObject({
      product: "loader",
      engineerId: "E-1",
      faultCode: "oil-pressure-low",
      responseMs: 1 * MINUTE_MS,
      arrivalMs: 5 * MINUTE_MS,
      partsCycleMs: null,
      day: "2026-03-02",
      week: "2026-03-02",
      month: "2026-03",
    });
    expect(counts(repaired)).toMatchObject({
      tickets: 1,
      work_tickets: 1,
      proactive: 1,
      visits: 1,
      repairs: 1,
      closed_repairs: 1,
      visited_repairs: 1,
      resolved_repairs: 1,
      first_time_fixed: 1,
      remote_fixed: 0,
      restored: 1,
      restore_ms: 7 * MINUTE_MS,
      active_repair_ms: 1 * MINUTE_MS,
      blocked_repairs: 0,
      met_response: 1,
      met_arrival: 1,
      breached_response: 0,
    });
  });

  test("ES-6: an arrival told late counts from when it was, as its clock does", () => {
    const way = walk(opening(), "acknowledge", "assign", "accept", "depart");
    const late = act(way, { type: "arrive", distanceKm: 0.1, claimedAt: after(7) }, after(300));
    expect(of(late).arrivalMs).toBe(7 * MINUTE_MS);
  });

  test("AS-9: a repair that verification refutes is no first-time fix, and restored only later", () => {
    const ticket = walk(
      opening(),
      ...onSite,
      "finish",
      "submit-report",
      "verification-failed",
      "depart",
      "arrive",
      "start-work",
      ...toClosed,
    );
    expect(ticket).toMatchObject({ state: "closed", reopenCount: 1, visits: 2 });
    expect(counts(ticket)).toMatchObject({
      first_time_fixed: 0,
      visited_repairs: 1,
      resolved_repairs: 1,
      restored: 1,
      restore_ms: 13 * MINUTE_MS,
    });
  });

  test("AS-8: a repair that waited for a part counts as blocked, and not as fixed the first time", () => {
    const ticket = walk(opening(), ...onSite, "miss-parts");
    expect(counts(ticket)).toMatchObject({ repairs: 1, blocked_repairs: 1, restored: 0 });
    expect(counts(ticket).closed_repairs).toBe(0);
  });

  test("what comes back within thirty days was not fixed the first time", () => {
    expect(counts(repaired, { hasRecurred: true })).toMatchObject({
      first_time_fixed: 0,
      visited_repairs: 1,
    });
  });

  test("a remote repair counts as one, and not among the visited", () => {
    const ticket = walk(
      opening(),
      "acknowledge",
      "start-remote",
      "remote-fixed",
      "submit-report",
      "verification-passed",
      "follow-up-done",
    );
    expect(counts(ticket)).toMatchObject({
      remote_fixed: 1,
      visited_repairs: 0,
      closed_repairs: 1,
    });
  });

  test("cancelled and merged tickets count nowhere", () => {
    const cancelled = act(walk(opening()), { type: "cancel", reason: "double" }, after(1));
    const merged = walk(opening(), "merge");
    for (const ticket of [cancelled, merged])
      expect(Object.values(counts(ticket)).every((count) => count === 0)).toBe(true);
  });

  test("a machine that stands still is an unplanned stop, and its downtime begins with the report", () => {
    const stopped = opening({ priority: "emergency" });
    const ticket = walk(stopped, ...onSite, ...toClosed);
    expect(counts(ticket)).toMatchObject({ unplanned_stops: 1, downtime_ms: 7 * MINUTE_MS });
    expect(counts(repaired)).toMatchObject({ unplanned_stops: 0, downtime_ms: 1 * MINUTE_MS });
  });

  test("an inspection is done in its window, late, or due once the window is over", () => {
    const window = (from: number, to: number) => ({ from: after(from), to: after(to) });
    const planned = (to: number) =>
      openingWithout({
        kind: "inspection",
        trigger: "calendar",
        priority: "planned",
        dueWindow: window(0, to),
      });
    const steps = [
      "release",
      "assign",
      "accept",
      "depart",
      "arrive",
      "start-work",
      "finish",
    ] as const;
    expect(counts(walk(planned(60), ...steps))).toMatchObject({
      inspections_due: 1,
      inspections_done: 1,
      repairs: 0,
      proactive: 1,
    });
    expect(counts(walk(planned(3), ...steps))).toMatchObject({
      inspections_due: 1,
      inspections_done: 0,
    });
    const open = of(walk(planned(60)));
    expect([open.dueAt, open.counts.inspections_due]).toEqual([after(60), 0]);
  });

  test("costs count once the ticket is closed, at the configured rates", () => {
    const work = { labourHours: 1.5, travelKm: 80, partsFen: 12_345, transfers: 2 };
    const { rates } = kpiDefaults;
    expect(counts(repaired, { work })).toMatchObject({
      labour_fen: 1.5 * rates.labourFenPerHour,
      travel_fen: 80 * rates.travelFenPerKm,
      parts_fen: 12_345,
      logistics_fen: 2 * rates.logisticsFenPerTransfer,
      faults_judged: 0,
    });
    const open = walk(opening(), ...onSite);
    expect(counts(open, { work: { ...work, responsibility: "manufacturer" } })).toMatchObject({
      labour_fen: 0,
      faults_judged: 1,
      faults_of_maker: 1,
    });
  });

  test("lines on board at the first departure are counted against those needed", () => {
    const predictedParts = [
      { partNo: "P-1", qty: 1, probability: 0.9 },
      { partNo: "P-2", qty: 1, probability: 0.5 },
      { partNo: "P-3", qty: 1, probability: 0.2 },
    ];
    const ready = walk(opening({ predictedParts }), ...onSite);
    expect(counts(ready)).toMatchObject({ lines_needed: 2, lines_ready: 2 });
    const assigned = walk(opening({ predictedParts }), "acknowledge", "assign");
    const left = act(assigned, { ...orders.depart, missingParts: ["P-1"] }, after(9));
    expect(counts(left)).toMatchObject({ lines_needed: 2, lines_ready: 1 });
  });

  test("customers' answers count by their class", () => {
    const ratings = {
      micro: { nps: 10, csat: 5 },
      follow_up: { nps: 6, csat: 3 },
      quarterly: { nps: 7 },
    };
    expect(counts(repaired, { ratings })).toMatchObject({
      promoters: 1,
      passives: 1,
      detractors: 1,
      csat_answers: 2,
      csat_satisfied: 1,
    });
  });

  test("weeks begin on Monday and days at midnight in China", () => {
    const late = act(undefined, opening(), "2026-03-01T16:30:00.000Z");
    expect(of(late)).toMatchObject({ day: "2026-03-02", week: "2026-03-02", month: "2026-03" });
    const sunday = act(undefined, opening(), "2026-03-01T15:59:00.000Z");
    expect(of(sunday)).toMatchObject({ day: "2026-03-01", week: "2026-02-23" });
  });
});
