import { describe, expect, test } from "vitest";
import type { EngineerLevel } from "../organisation/engineer.ts";
import { capacityZone, machinesPerEngineer } from "./capacity.ts";
import { finalScore, scoreLinesOf } from "./engineer-score.ts";
import { kpiDefaults } from "./kpi-config.ts";
import { noCounts } from "./kpi-counts.ts";
import {
  failureRate,
  kpiDelta,
  kpisOf,
  npsClassOf,
  npsOf,
  partsLossRate,
  quantilesOf,
  serviceCostRatio,
  stockTurnover,
} from "./kpi-formulas.ts";
import { consumptionCurve, heatMapOf, topOf } from "./rankings.ts";

const noDurations = {
  response: quantilesOf([]),
  arrival: quantilesOf([]),
  partsCycle: quantilesOf([]),
};
const kpis = (counts: Partial<typeof noCounts>, fleet?: { machines: number; years: number }) =>
  kpisOf({ ...noCounts, ...counts }, noDurations, fleet);

describe("npsOf", () => {
  test.each([
    { promoters: 25, passives: 35, detractors: 40, nps: -15 },
    { promoters: 60, passives: 22, detractors: 18, nps: 42 },
    { promoters: 0, passives: 0, detractors: 0, nps: null },
  ])("O-12: $promoters/$passives/$detractors is $nps", ({ nps, ...answers }) => {
    expect(npsOf(answers)).toBe(nps);
  });

  test("O-12: 6 is a detractor, 7 and 8 are passive, 9 is a promoter", () => {
    expect([0, 6, 7, 8, 9, 10].map(npsClassOf)).toEqual([
      "detractors",
      "detractors",
      "passives",
      "passives",
      "promoters",
      "promoters",
    ]);
  });
});

describe("kpiDelta", () => {
  test.each([
    { name: "arrival 48 to 10 h", before: 48, after: 10, relative: -0.792 },
    { name: "core-part cycle 7 to 2 d", before: 7, after: 2, relative: -0.714 },
    { name: "cost share 12 to 8 %", before: 12, after: 8, relative: -0.333 },
    { name: "O-22: failure rate 15 to 5 %", before: 15, after: 5, relative: -0.667 },
    { name: "O-23: failures per 1000 machines 50 to 30", before: 50, after: 30, relative: -0.4 },
  ])("O-13: $name is $relative", ({ before, after, relative }) => {
    expect(kpiDelta(before, after).relative).toBeCloseTo(relative, 3);
  });

  test("O-13: NPS +57 points, repurchase +23 and cost share -4 percentage points", () => {
    expect(kpiDelta(-15, 42).difference).toBe(57);
    expect(kpiDelta(55, 78).difference).toBe(23);
    expect(kpiDelta(12, 8).difference).toBe(-4);
  });

  test("O-13: stock turnover 1.35 times, downtime loss 0.40 times", () => {
    expect(kpiDelta(2, 2.7).ratio).toBeCloseTo(1.35, 12);
    expect(kpiDelta(100, 40).ratio).toBeCloseTo(0.4, 12);
    expect(kpiDelta(0, 40)).toMatchObject({ relative: null, ratio: null });
  });
});

describe("stock", () => {
  test("O-14: 24.0 M of consumption over 12.0 M of stock is 2.0; 2.7 needs 8.89 M", () => {
    expect(stockTurnover(2_400_000_000, 1_200_000_000)).toBe(2);
    expect(2 * 1.35).toBeCloseTo(2.7, 12);
    expect(stockTurnover(2_400_000_000, 888_888_889)).toBeCloseTo(2.7, 6);
    expect(stockTurnover(1, 0)).toBeNull();
  });

  test("what was written off, lost or is obsolete counts as loss", () => {
    const lost = { adjustedOutFen: 100, lostFen: 50, obsoleteFen: 50 };
    expect(partsLossRate(lost, 10_000)).toBe(0.02);
  });
});

describe("kpisOf", () => {
  test("O-22: formula of the failure rate: failures over machines and years", () => {
    expect(failureRate(150, { machines: 1000, years: 1 })).toBe(0.15);
    expect(failureRate(25, { machines: 1000, years: 0.5 })).toBe(0.05);
    expect(kpis({ unplanned_stops: 150 }, { machines: 1000, years: 1 }).failureRate).toBe(0.15);
    expect(kpis({ unplanned_stops: 150 }).failureRate).toBeNull();
    expect(failureRate(1, { machines: 10, years: 0 })).toBeNull();
  });

  test("O-26: formula of the share that waits for parts: 100 of 200 repairs are 0.5", () => {
    expect(kpis({ repairs: 200, blocked_repairs: 100 }).blockedByParts).toBe(0.5);
  });

  test("O-27: formula of the maker's share: 80 of 100 judged faults are 0.8", () => {
    expect(kpis({ faults_judged: 100, faults_of_maker: 80 }).makersShare).toBe(0.8);
  });

  test("compliance is met over met and breached, for the clocks that ended", () => {
    expect(kpis({ met_response: 3, breached_response: 1, met_arrival: 2 }).slaCompliance).toEqual({
      response: 0.75,
      arrival: 1,
    });
  });

  test("the cost of a service holds labour, journeys, parts and transport", () => {
    const costs = { labour_fen: 100, travel_fen: 200, parts_fen: 300, logistics_fen: 400 };
    expect(kpis({ ...costs, closed_tickets: 4 }).costPerServiceFen).toBe(250);
    expect(serviceCostRatio(12, 100)).toBe(0.12);
    expect(serviceCostRatio(12, undefined)).toBeNull();
  });

  test("nothing is null, not zero", () => {
    const { tickets, downtimeMs, unplannedStops, ...rates } = kpis({});
    expect([tickets, downtimeMs, unplannedStops]).toEqual([0, 0, 0]);
    const { slaCompliance, response, arrival, partsCycle, ...numbers } = rates;
    expect(slaCompliance).toEqual({});
    expect([response, arrival, partsCycle].map(({ medianMs }) => medianMs)).toEqual([
      null,
      null,
      null,
    ]);
    expect(new Set(Object.values(numbers))).toEqual(new Set([null]));
  });
});

describe("quantilesOf", () => {
  test.each([
    { values: [5], medianMs: 5, p90Ms: 5 },
    { values: [4, 1], medianMs: 2.5, p90Ms: 4 },
    { values: [3, 1, 2], medianMs: 2, p90Ms: 3 },
    { values: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], medianMs: 5.5, p90Ms: 9 },
  ])("of $values: $medianMs and $p90Ms", ({ values, medianMs, p90Ms }) => {
    expect(quantilesOf(values)).toEqual({ count: values.length, medianMs, p90Ms });
  });
});

describe("capacityZone", () => {
  const limits = { optimalHours: 100, maxHours: 130 };
  test.each([
    { load: 69, zone: "excess" },
    { load: 70, zone: "balanced" },
    { load: 100, zone: "balanced" },
    { load: 101, zone: "above_optimal" },
    { load: 130, zone: "above_optimal" },
    { load: 131, zone: "overload" },
  ])("$load hours: $zone", ({ load, zone }) => {
    expect(capacityZone(load, limits, kpiDefaults)).toBe(zone);
  });

  test("machines per engineer", () => {
    expect(machinesPerEngineer(120, 8)).toBe(15);
    expect(machinesPerEngineer(120, 0)).toBeNull();
  });
});

const at = (minute: number) => `2026-03-01T08:${String(minute).padStart(2, "0")}:00.000Z`;
const timeline = (...events: { type: string; [fact: string]: unknown }[]) =>
  events.map((event, index) => ({ seq: index + 1, at: at(index), ...event })) as never;
const assigned = (engineerId: string) => ({ type: "assigned", assignment: { engineerId } });

describe("scoreLinesOf", () => {
  const { score } = kpiDefaults;
  const lines = (events: never, rating?: number, sla: object[] = []) =>
    scoreLinesOf({ ticketId: "T-1", timeline: events, sla: sla as never }, rating, score);

  test("O-15: fixed, diagnosed and not fixed give strictly fewer points", () => {
    const points = (event: { type: string; [fact: string]: unknown }) =>
      lines(timeline(assigned("E-1"), event))[0]?.points ?? Number.NaN;
    const grades = [
      points({ type: "finished", outcome: "fixed" }),
      points({ type: "parts-missing" }),
      points({ type: "not-fixed" }),
    ];
    expect(grades).toEqual(grades.toSorted((a, b) => b - a));
    expect(new Set(grades).size).toBe(3);
  });

  test("O-15: the customer's rating weighs most", () => {
    const others = [...Object.values(score.outcome), ...Object.values(score.clock)];
    expect(score.bestRating).toBeGreaterThan(Math.max(...others));
    expect(score.bestRating).toBeGreaterThan(
      score.outcome.fixed + score.clock.arrival + score.clock.report_upload,
    );
  });

  test("O-15: the final score is the total times one and the level's bonus", () => {
    const all = [{ points: 10 }, { points: 5 }];
    for (const level of ["junior", "intermediate", "senior", "expert"] as EngineerLevel[])
      expect(finalScore(all, level, score)).toEqual({
        total: 15,
        final: 15 * (1 + score.levelBonus[level]),
      });
  });

  test("each line names the event it rests on, and the engineer who had the ticket then", () => {
    const events = timeline(
      assigned("E-1"),
      { type: "arrived" },
      { type: "parts-missing" },
      assigned("E-2"),
      { type: "finished", outcome: "fixed" },
      { type: "report-submitted" },
    );
    const sla = [
      { kind: "arrival", status: "met", stoppedAt: at(1) },
      { kind: "report_upload", status: "breached", stoppedAt: at(5) },
    ];
    expect(
      lines(events, 0.8, sla).map(({ engineerId, seq, kind, points }) => [
        engineerId,
        seq,
        kind,
        points,
      ]),
    ).toEqual([
      ["E-1", 3, "outcome", 5],
      ["E-2", 5, "outcome", 10],
      ["E-1", 2, "arrival_kept", 3],
      ["E-2", 5, "customer_rating", 16],
    ]);
  });

  test("AS-9: a repair that verification refutes is graded not fixed", () => {
    const failed = timeline(
      assigned("E-1"),
      { type: "finished", outcome: "fixed" },
      { type: "verification-failed" },
      { type: "finished", outcome: "fixed" },
    );
    expect(lines(failed).map(({ points }) => points)).toEqual([
      score.outcome.not_fixed,
      score.outcome.fixed,
    ]);
  });
});

describe("rankings", () => {
  test("the three most frequent faults, ties by name", () => {
    const counts = ["d", "b", "c", "a"].map((name, index) => ({ name, count: index < 2 ? 2 : 5 }));
    expect(topOf([...counts, { name: "", count: 99 }], 3).map(({ name }) => name)).toEqual([
      "a",
      "c",
      "b",
    ]);
  });

  test("the heat map counts by region and class", () => {
    const cell = (regionId: string, faultClass: string) => ({ regionId, faultClass, count: 1 });
    expect(
      heatMapOf([cell("south", "electrical"), cell("south", "electrical"), cell("north", "other")]),
    ).toEqual([
      { regionId: "south", faultClass: "electrical", count: 2 },
      { regionId: "north", faultClass: "other", count: 1 },
    ]);
  });

  test("the consumption curve shows weeks without any, beside their share of the forecast", () => {
    const forecast = {
      fromMs: Date.parse("2026-03-02"),
      toMs: Date.parse("2026-03-16"),
      expected: 10,
    };
    const weeks = new Map([["2026-03-02", 4]]);
    expect(
      consumptionCurve(weeks, [forecast], { fromWeek: "2026-02-23", toWeek: "2026-03-09" }),
    ).toEqual([
      { week: "2026-02-23", quantity: 0, forecast: null },
      { week: "2026-03-02", quantity: 4, forecast: 5 },
      { week: "2026-03-09", quantity: 0, forecast: 5 },
    ]);
  });
});
