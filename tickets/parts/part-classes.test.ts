import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AbcClass, abcClasses } from "./part.ts";
import { classifyAbc, planClass, planningPolicy, stockingEchelon } from "./part-classes.ts";
import { partsConfig } from "./parts-config.ts";

const part = (leadTimeDays: number, unitPriceFen: number, imported = false) => ({
  leadTimeDays,
  unitPriceFen,
  imported,
});

describe("planningPolicy", () => {
  test.each([
    { name: "long and high", is: part(16, 2_000_000), policy: "hq_central_with_margin" },
    { name: "long and low", is: part(16, 1_999_999), policy: "region_extra_stock" },
    { name: "short and high", is: part(15, 2_000_000), policy: "hq_regular_region_emergency" },
    { name: "short and low", is: part(15, 1_999_999), policy: "region_or_third_party" },
    { name: "imported, however cheap", is: part(1, 1, true), policy: "hq_central_with_margin" },
  ])("O-17: $name → $policy", ({ is, policy }) => {
    expect(planningPolicy(is)).toBe(policy);
  });

  test("C-05: the mapping is configuration", () => {
    const quadrants = {
      ...partsConfig.planning.quadrants,
      shortLow: "region_extra_stock",
    } as const;
    const config = { ...partsConfig, planning: { ...partsConfig.planning, quadrants } };
    expect(planningPolicy(part(1, 1), config)).toBe("region_extra_stock");
  });

  test("core is what headquarters plans", () => {
    expect(planClass(part(16, 2_000_000))).toBe("core");
    expect(planClass(part(3, 2_000_000))).toBe("core");
    expect(planClass(part(16, 100))).toBe("non_core");
    expect(planClass(part(3, 100))).toBe("non_core");
  });
});

describe("stockingEchelon", () => {
  test.each([
    ["A", "regional_centre"],
    ["B", "station"],
    ["C", "hq"],
  ] as const)("O-18: %s → %s", (abcClass, echelon) => {
    expect(stockingEchelon({ abcClass })).toBe(echelon);
  });

  test("O-18, C-04: another planning policy does not move the echelon", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...abcClasses),
        fc.nat(60),
        fc.nat(5_000_000),
        fc.boolean(),
        (abcClass, lead, price, imported) => {
          const one = { ...part(lead, price, imported), abcClass };
          const other = { ...part(60 - lead, 5_000_000 - price, !imported), abcClass };
          expect(stockingEchelon(one)).toBe(stockingEchelon(other));
        },
      ),
    );
  });
});

describe("classifyAbc", () => {
  const demand = (partNo: string, annualDemand: number, unitPriceYuan: number) => ({
    partNo,
    annualDemand,
    unitPriceFen: unitPriceYuan * 100,
  });

  test("ranks by consumption value, not by price: C 12.0 M, A 7.2 M, B 4.8 M of 24 M yuan", () => {
    // The first is 50 %, the first two 80 %, all three 100 %.
    const classes = classifyAbc([
      demand("A", 120, 60_000),
      demand("B", 80, 60_000),
      demand("C", 144, 83_333),
    ]);
    expect([...classes]).toEqual([
      ["C", "A"],
      ["A", "B"],
      ["B", "C"],
    ]);
  });

  test("a dear part that is seldom wanted is C", () => {
    const classes = classifyAbc([demand("boom", 3, 900_000), demand("filter", 3000, 200)]);
    expect(classes.get("boom")).toBe<AbcClass>("C");
  });

  test("the one part that is most of the value is A, and a part nobody wants is C", () => {
    const classes = classifyAbc([demand("pump", 100, 10_000), demand("idle", 0, 99_999)]);
    expect(classes.get("pump")).toBe("A");
    expect(classes.get("idle")).toBe("C");
  });

  test("names every part once", () => {
    const demands = fc.uniqueArray(
      fc.record({
        partNo: fc.string({ minLength: 1 }),
        annualDemand: fc.nat(1000),
        unitPriceFen: fc.nat(1_000_000),
      }),
      { selector: ({ partNo }) => partNo },
    );
    fc.assert(
      fc.property(demands, (all) => {
        expect([...classifyAbc(all).keys()].sort()).toEqual(all.map((one) => one.partNo).sort());
      }),
    );
  });
});
