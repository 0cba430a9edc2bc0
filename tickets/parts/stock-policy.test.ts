import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bandStatus, stockBand } from "./stock-policy.ts";

describe("stockBand", () => {
  test("covers lead and review time and a safety stock, and one order more", () => {
    // 1 a day over 9 + 7 days: 16, and 1.645 · √16 = 6.58 → 23; an order is 30.
    expect(stockBand({ dailyDemand: 1, leadTimeDays: 9 })).toEqual({
      min: 23,
      target: 38,
      max: 53,
    });
  });

  test("is empty where nothing is wanted", () => {
    expect(stockBand({ dailyDemand: 0, leadTimeDays: 9 })).toEqual({ min: 0, target: 0, max: 0 });
  });

  test("SK-8: min <= target <= max, and more demand or lead time never lowers min", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.double({ min: 0, max: 50, noNaN: true }),
        fc.nat(200),
        fc.nat(200),
        (demand, moreDemand, lead, moreLead) => {
          const band = stockBand({ dailyDemand: demand, leadTimeDays: lead });
          expect(band.min).toBeLessThanOrEqual(band.target);
          expect(band.target).toBeLessThanOrEqual(band.max);
          const bigger = stockBand({
            dailyDemand: demand + moreDemand,
            leadTimeDays: lead + moreLead,
          });
          expect(bigger.min).toBeGreaterThanOrEqual(band.min);
        },
      ),
    );
  });
});

describe("bandStatus", () => {
  const band = { min: 2, target: 4, max: 6 };
  test.each([
    [1, "below"],
    [2, "within"],
    [6, "within"],
    [7, "above"],
  ] as const)("SK-8: %i is %s [2, 6]", (onHand, status) => {
    expect(bandStatus(onHand, band)).toBe(status);
  });

  test("an item without a band is within", () => {
    expect(bandStatus(9, { min: 0, target: 0, max: 0 })).toBe("within");
  });
});
