import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluated, forecastPart, nextRegionFactor } from "./forecast.ts";
import { forecastDefaults } from "./forecast-config.ts";
import {
  demandOfParts,
  failureProbability,
  type InstalledPart,
  rankByConsumption,
  replacements,
  steadyDemand,
} from "./part-demand.ts";
import { demandQuantile, logGamma } from "./quantile.ts";
import { addMonths, endOfLife, endOfUsedLife, installedBase, latestWarning } from "./wear-life.ts";

const part = (facts: Partial<InstalledPart> = {}): InstalledPart => ({
  machineId: "M-1",
  position: "a",
  partNo: "KP-A",
  quantity: 1,
  life: 12,
  lifeUsed: 0,
  perMonth: 1,
  ...facts,
});

const input = (parts: readonly InstalledPart[], facts = {}) => ({
  forecastId: "f-1",
  partNo: "KP-A",
  regionId: "south",
  period: { from: "2026-06-01T00:00:00.000Z", to: "2026-07-01T00:00:00.000Z" },
  months: 1,
  installedBase: parts.length,
  parts,
  assumptions: [],
  ...facts,
});

describe("the concrete pump's parts A, B and C (O-10)", () => {
  const pumps = [
    { partNo: "A", priceYuan: 100_000, lifeMonths: 12, perMonth: 10, perYear: 120, wan: 1200 },
    { partNo: "B", priceYuan: 60_000, lifeMonths: 18, perMonth: 6.667, perYear: 80, wan: 480 },
    { partNo: "C", priceYuan: 50_000, lifeMonths: 10, perMonth: 12, perYear: 144, wan: 720 },
  ];
  const demand = (lifeMonths: number, months: number, machines = 120) =>
    steadyDemand({ machines, qtyPerMachine: 1, months, lifeMonths });

  test.each(pumps)("O-10: 120 pumps need $perMonth of $partNo a month, $perYear a year", (row) => {
    expect(demand(row.lifeMonths, 1)).toBeCloseTo(row.perMonth, 3);
    expect(demand(row.lifeMonths, 12)).toBeCloseTo(row.perYear, 9);
    expect(demand(row.lifeMonths, 12) * row.priceYuan).toBeCloseTo(row.wan * 10_000, 6);
  });

  test("O-10: 24.0 M yuan a year, shares 50, 20 and 30 %, ranked A, C, B", () => {
    const values = pumps.map(({ partNo, priceYuan, lifeMonths }) => ({
      partNo,
      valueFen: Math.round(demand(lifeMonths, 12) * priceYuan * 100),
    }));
    expect(values.reduce((sum, { valueFen }) => sum + valueFen, 0)).toBe(2_400_000_000);
    expect(rankByConsumption(values).map(({ partNo, share }) => [partNo, share])).toEqual([
      ["A", 0.5],
      ["C", 0.3],
      ["B", 0.2],
    ]);
    const ofOne = pumps.map(({ lifeMonths, priceYuan }) => demand(lifeMonths, 12, 1) * priceYuan);
    expect(ofOne.map(Math.round)).toEqual([100_000, 40_000, 60_000]);
  });

  test.each([
    { months: 24, expected: [2, 1, 2] },
    { months: 36, expected: [3, 2, 3] },
  ])("O-10: one cohort in $months months, one due at the end counted", ({ months, expected }) => {
    expect(pumps.map(({ lifeMonths }) => replacements(part({ life: lifeMonths }), months))).toEqual(
      expected,
    );
  });
});

describe("installedBase", () => {
  test("O-11: sold 500, scrapped 20, planned 30 are 480 in use and 510 projected", () => {
    expect(installedBase({ sold: 500, scrapped: 20, planned: 30 })).toEqual({
      current: 480,
      projected: 510,
    });
    expect(480 + 30).toBe(installedBase({ sold: 500, scrapped: 20, planned: 30 }).projected);
  });
});

describe("the end of a life", () => {
  test.each([
    { name: "A", months: 12, end: "2027-01-01", warn: "2026-12-02" },
    { name: "B", months: 18, end: "2027-07-01", warn: "2027-06-01" },
    { name: "C", months: 10, end: "2026-11-01", warn: "2026-10-02" },
  ])("O-09: part $name ends on $end and is told by $warn", ({ months, end, warn }) => {
    const ends = endOfLife("2026-01-01T00:00:00.000Z", months);
    expect(ends).toBe(`${end}T00:00:00.000Z`);
    const near = { leadTimeDays: 5, transferDays: 1 };
    expect(latestWarning(ends, near, forecastDefaults)).toBe(`${warn}T00:00:00.000Z`);
  });

  test("O-09: a supplier that needs 45 days must be told 48 days before", () => {
    const supplier = { leadTimeDays: 45, transferDays: 0 };
    expect(latestWarning("2027-01-01T00:00:00.000Z", supplier, forecastDefaults)).toBe(
      "2026-11-14T00:00:00.000Z",
    );
  });

  test("follows the hours a machine really works", () => {
    const asOf = "2026-01-01T00:00:00.000Z";
    expect(endOfUsedLife(asOf, { life: 2000, lifeUsed: 1900, perDay: 10 })).toBe(
      "2026-01-11T00:00:00.000Z",
    );
    expect(endOfUsedLife(asOf, { life: 2000, lifeUsed: 2100, perDay: 10 })).toBe(asOf);
    expect(endOfUsedLife(asOf, { life: 2000, lifeUsed: 0, perDay: 0 })).toBeUndefined();
  });

  test("clamps to the last day of a short month", () => {
    expect(addMonths("2026-01-31T10:30:00.000Z", 1)).toBe("2026-02-28T10:30:00.000Z");
    expect(addMonths("2026-01-31T00:00:00.000Z", 12)).toBe("2027-01-31T00:00:00.000Z");
    expect(addMonths("1969-12-31T23:00:00.000Z", 1)).toBe("1970-01-31T23:00:00.000Z");
  });
});

describe("demandQuantile", () => {
  // Tables of the cumulative Poisson distribution: P(X <= 15 | 10) = 0.9513, P(X <= 14 | 10) = 0.9165, and so on.
  test.each([
    { mean: 0, probability: 0.95, count: 0 },
    { mean: 0.1, probability: 0.95, count: 1 },
    { mean: 1, probability: 0.95, count: 3 },
    { mean: 2, probability: 0.95, count: 5 },
    { mean: 5, probability: 0.95, count: 9 },
    { mean: 10, probability: 0.95, count: 15 },
    { mean: 10, probability: 0.99, count: 18 },
    { mean: 20, probability: 0.95, count: 28 },
  ])("Poisson, mean $mean, $probability: $count", ({ mean, probability, count }) => {
    expect(demandQuantile(mean, 1, probability)).toBe(count);
  });

  // Size 3 and probability 0.5 (mean 3, variance 6): P(X <= 7) = 0.9453, P(X <= 8) = 0.9673, by binomial coefficients.
  test.each([
    { mean: 3, varianceRatio: 2, probability: 0.94, count: 7 },
    { mean: 3, varianceRatio: 2, probability: 0.95, count: 8 },
    // Geometric with probability 0.2 (size 1): P(X <= k) = 1 - 0.8^(k+1).
    { mean: 4, varianceRatio: 5, probability: 0.95, count: 13 },
    { mean: 4, varianceRatio: 5, probability: 0.5, count: 3 },
  ])("negative binomial, mean $mean, ratio $varianceRatio, $probability: $count", (row) => {
    expect(demandQuantile(row.mean, row.varianceRatio, row.probability)).toBe(row.count);
  });

  test("of a great mean is near the normal one", () => {
    const count = demandQuantile(100_000, 1, 0.95);
    expect(Math.abs(count - (100_000 + 1.6449 * Math.sqrt(100_000)))).toBeLessThan(3);
  });

  test("logGamma gives factorials and the root of pi", () => {
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 10);
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 10);
    expect(logGamma(0.25)).toBeCloseTo(Math.log(3.625609908221908), 10);
  });
});

describe("failureProbability", () => {
  const life = { p10Days: 20, p50Days: 40, p90Days: 60 };
  test.each([
    { days: 0, share: 0 },
    { days: 10, share: 0.05 },
    { days: 20, share: 0.1 },
    { days: 40, share: 0.5 },
    { days: 60, share: 0.9 },
  ])("$days days: $share", ({ days, share }) => {
    expect(failureProbability(life, days)).toBeCloseTo(share, 12);
  });

  test("goes on rising towards one, and copes with percentiles that coincide", () => {
    expect(failureProbability(life, 61)).toBeGreaterThan(0.9);
    expect(failureProbability(life, 1000)).toBeLessThanOrEqual(1);
    expect(failureProbability({ p10Days: 0, p50Days: 0, p90Days: 0 }, 1)).toBeCloseTo(1, 9);
  });
});

const arbitraryPart = fc.record({
  machineId: fc.constant("M-1"),
  position: fc.constant("a"),
  partNo: fc.constant("P"),
  quantity: fc.integer({ min: 1, max: 4 }),
  life: fc.integer({ min: 1, max: 48 }),
  lifeUsed: fc.integer({ min: 0, max: 60 }),
  perMonth: fc.integer({ min: 0, max: 6 }),
});
const months = fc.integer({ min: 1, max: 24 });
const withLife = (one: InstalledPart, days: number): InstalledPart => ({
  ...one,
  remainingLife: { p10Days: days, p50Days: days + 10, p90Days: days + 30 },
});

describe("forecastPart", () => {
  const expectedOf = (parts: readonly InstalledPart[], of: number) =>
    forecastPart(input(parts, { months: of }), forecastDefaults).expected;

  test("PD-2: demand is never negative and never falls as machines or their use grow", () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryPart, { maxLength: 8 }),
        arbitraryPart,
        months,
        (all, one, of) => {
          const before = expectedOf(all, of);
          expect(before).toBeGreaterThanOrEqual(0);
          expect(expectedOf([...all, one], of)).toBeGreaterThanOrEqual(before);
          const busier = all.map((each) => ({ ...each, perMonth: each.perMonth + 1 }));
          expect(expectedOf(busier, of)).toBeGreaterThanOrEqual(before);
        },
      ),
    );
  });

  test("PD-2: demand never rises as parts live longer", () => {
    fc.assert(
      fc.property(fc.array(arbitraryPart, { maxLength: 8 }), months, (all, of) => {
        const sturdier = all.map((each) => ({ ...each, life: each.life + 1 }));
        expect(expectedOf(sturdier, of)).toBeLessThanOrEqual(expectedOf(all, of));
      }),
    );
  });

  test("a part counts either by its wear life or by its condition, never by both", () => {
    fc.assert(
      fc.property(arbitraryPart, months, fc.integer({ min: 1, max: 90 }), (one, of, days) => {
        const worn = demandOfParts([one], of);
        const watched = demandOfParts([withLife(one, days)], of);
        expect(worn.conditionDemand).toBe(0);
        expect(watched.baseDemand).toBe(0);
        expect(demandOfParts([one, withLife(one, days)], of)).toEqual({
          baseDemand: worn.baseDemand,
          conditionDemand: watched.conditionDemand,
        });
      }),
    );
  });

  test("adds sales at half the period, then multiplies by season and region", () => {
    const due = Array.from({ length: 10 }, () => part({ lifeUsed: 11.5 }));
    const facts = {
      sales: { plannedUnits: 30, qtyPerMachine: 2, newMachineWearRate: 0.1 },
      seasonalFactor: 1.5,
      regionFactor: 1.2,
    };
    const forecast = forecastPart(input(due, facts), forecastDefaults);
    expect(forecast).toMatchObject({ baseDemand: 10, conditionDemand: 0, state: "draft" });
    expect(forecast.salesAdjustment).toBeCloseTo(3, 12);
    expect(forecast.expected).toBeCloseTo(13 * 1.5 * 1.2, 12);
    expect(forecast.upper).toBeGreaterThan(forecast.expected);
  });

  test("PD-3: evaluation keeps actual and error, and the next factor moves half of the way", () => {
    const forecast = forecastPart(input([part({ lifeUsed: 11.5 })]), forecastDefaults);
    expect(evaluated(forecast, 3)).toMatchObject({ state: "evaluated", actual: 3, error: 2 });
    expect(nextRegionFactor({ regionFactor: 1, expected: 10 }, 14, forecastDefaults)).toBeCloseTo(
      1.2,
    );
    expect(nextRegionFactor({ regionFactor: 1, expected: 10 }, 100, forecastDefaults)).toBe(2);
    expect(nextRegionFactor({ regionFactor: 1, expected: 10 }, 0, forecastDefaults)).toBe(0.5);
    expect(nextRegionFactor({ regionFactor: 1.3, expected: 0 }, 5, forecastDefaults)).toBe(1.3);
  });
});
