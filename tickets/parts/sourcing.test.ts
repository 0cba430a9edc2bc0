import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priorities } from "../vocabulary.ts";
import type { Claim } from "./contention.ts";
import type { LocationKind, StockLocation } from "./location.ts";
import { type Part, type Tier, tiers } from "./part.ts";
import { partsConfig } from "./parts-config.ts";
import { rankSources, type SourcingRequest, type SourcingSnapshot } from "./sourcing.ts";
import { available, type StockItem } from "./stock-item.ts";

const nowMs = Date.parse("2026-03-02T00:00:00.000Z");
const after = (hours: number) => new Date(nowMs + hours * 3_600_000).toISOString();
const name = { en: "x", "zh-CN": "x" };

/** On one meridian: a degree is 111 km, 145 km of road, 2.4 h and 2 h of handling. */
const location = (
  locationId: string,
  kind: LocationKind,
  lat: number,
  facts: Partial<StockLocation> = {},
): StockLocation => ({
  locationId,
  kind,
  name,
  regionId: "central",
  point: { lat, lon: 112 },
  ...facts,
});

const locations = [
  location("home", "station", 28, { parentId: "centre" }),
  location("near", "station", 29, { parentId: "centre" }),
  location("far", "station", 31, { regionId: "southwest" }),
  location("centre", "regional_centre", 30),
  location("centre-2", "regional_centre", 34, { regionId: "north" }),
  location("hq", "hq", 35, { regionId: "" }),
  location("van", "vehicle", 28, { engineerId: "E-1", stationId: "home" }),
];

const item = (locationId: string, onHand: number, facts: Partial<StockItem> = {}): StockItem => ({
  partNo: "P",
  locationId,
  bin: "A-1",
  onHand,
  reserved: 0,
  inTransitIn: 0,
  ringFenced: { exceed: 0, above: 0, meet: 0 },
  plannedQty: 0,
  min: 0,
  target: 0,
  max: 0,
  ...facts,
});

const part = (facts: Partial<Part> = {}): Part => ({
  partNo: "P",
  name,
  category: "component",
  unitPriceFen: 100,
  leadTimeDays: 7,
  ...facts,
});

const claim = (facts: Partial<Claim> = {}): Claim => ({
  tier: "above",
  priority: "general",
  isKeyCustomer: false,
  createdAt: after(0),
  ...facts,
});

const request = (facts: Partial<SourcingRequest> = {}): SourcingRequest => ({
  partNo: "P",
  quantity: 1,
  destinationId: "home",
  claim: claim(),
  nowMs,
  ...facts,
});

const snapshot = (
  items: readonly StockItem[],
  facts: Partial<SourcingSnapshot> = {},
): SourcingSnapshot => ({
  parts: new Map([["P", part()]]),
  locations,
  items,
  reservations: [],
  ...facts,
});

const order = (...args: Parameters<typeof rankSources>) =>
  rankSources(...args).ranked.map(({ locationId = "supplier" }) => locationId);

describe("rankSources", () => {
  const everywhere = ["hq", "far", "centre-2", "centre", "near", "home", "van"].map((id) =>
    item(id, 5),
  );

  test("no transfer first, then by arrival, the supplier last", () => {
    const asked = request({ engineerId: "E-1" });
    expect(order(asked, snapshot(everywhere))).toEqual([
      "van",
      "home",
      "near",
      "centre",
      "far",
      "centre-2",
      "hq",
      "supplier",
    ]);
  });

  test("another engineer's vehicle is none", () => {
    expect(order(request({ engineerId: "E-2" }), snapshot([item("van", 5)]))).toEqual(["supplier"]);
  });

  test("O-21, AS-6: the centre with the earliest arrival that holds stock, then headquarters", () => {
    const claimed = claim({ priority: "emergency" });
    const asked = request({ claim: claimed, neededBy: after(24) });
    const stock = [item("hq", 3), item("centre", 1), item("centre-2", 0)];
    const { ranked, isRisk, isGreen } = rankSources(asked, snapshot(stock));
    expect(ranked.map(({ locationId }) => locationId)).toEqual(["centre", "hq", undefined]);
    expect(ranked[0]?.etaMs).toBeLessThanOrEqual(nowMs + 24 * 3_600_000);
    expect([isRisk, isGreen]).toEqual([false, true]);
    const gone = [item("hq", 3), item("centre", 1, { reserved: 1 }), item("centre-2", 0)];
    expect(order(asked, snapshot(gone))[0]).toBe("hq");
  });

  test("a C part comes from headquarters, unless it is needed sooner", () => {
    const parts = new Map([["P", part({ abcClass: "C" })]]);
    const stock = snapshot([item("hq", 3), item("centre", 1), item("home", 0)], { parts });
    expect(order(request(), stock)[0]).toBe("hq");
    expect(order(request({ neededBy: after(8) }), stock)[0]).toBe("centre");
    const own = snapshot([item("hq", 3), item("home", 1)], { parts });
    expect(order(request(), own)[0]).toBe("home");
  });

  test("when none is in time: the earliest, with the risk named", () => {
    const asked = request({ neededBy: after(1) });
    const { ranked, isRisk } = rankSources(asked, snapshot([item("hq", 3), item("centre", 1)]));
    expect([ranked[0]?.locationId, isRisk]).toEqual(["centre", true]);
  });

  test("the green channel is tried when it alone is in time", () => {
    const asked = request({ neededBy: after(3) });
    const { ranked, isGreen, isRisk } = rankSources(asked, snapshot([item("near", 1)]));
    expect([ranked[0]?.locationId, isGreen, isRisk]).toEqual(["near", true, false]);
  });

  test("an alternate only when the part itself is not there in time", () => {
    const parts = new Map([
      ["P", part({ alternates: ["Q"], leadTimeDays: 30 })],
      ["Q", part({ partNo: "Q" })],
    ]);
    const stock = [item("hq", 1), item("home", 1, { partNo: "Q" })];
    const first = (facts: Partial<SourcingRequest>) => {
      const [source] = rankSources(request(facts), snapshot(stock, { parts })).ranked;
      return [source?.partNo, source?.locationId];
    };
    expect(first({})).toEqual(["P", "hq"]);
    expect(first({ neededBy: after(2) })).toEqual(["Q", "home"]);
  });

  test("a part that is no longer made has no supplier", () => {
    const parts = new Map([["P", part({ discontinuedAt: after(-1) })]]);
    expect(order(request(), snapshot([], { parts }))).toEqual([]);
  });

  test("SK-6: a donor station never falls below its min, unless it is an emergency", () => {
    const stock = snapshot([item("near", 3, { min: 3 })]);
    expect(order(request(), stock)).toEqual(["supplier"]);
    expect(order(request({ claim: claim({ priority: "emergency" }) }), stock)[0]).toBe("near");
    const own = snapshot([item("home", 3, { min: 3 })]);
    expect(order(request(), own)[0]).toBe("home");
  });

  test("SK-5: what is fenced for a tier is invisible to the others", () => {
    const fenced = { exceed: 1, above: 0, meet: 0 };
    const stock = snapshot([item("home", 1, { ringFenced: fenced }), item("hq", 1)]);
    expect(order(request(), stock)[0]).toBe("hq");
    expect(order(request({ claim: claim({ tier: "exceed" }) }), stock)[0]).toBe("home");
  });

  test("AS-10: takes an unpicked reservation of a weaker claim where that saves a transfer", () => {
    const roller = {
      reservationId: "R-1",
      partNo: "P",
      locationId: "home",
      quantity: 1,
      claim: claim({ tier: "meet" }),
    };
    const stock = snapshot([item("home", 1, { reserved: 1 }), item("hq", 1)], {
      reservations: [roller],
    });
    const strong = rankSources(request({ claim: claim({ tier: "exceed" }) }), stock).ranked[0];
    expect(strong).toMatchObject({ locationId: "home", preempts: ["R-1"] });
    const equal = rankSources(request({ claim: claim({ tier: "meet" }) }), stock).ranked[0];
    expect(equal).toMatchObject({ locationId: "hq", preempts: [] });
  });

  test("stocking up asks centres and headquarters, never a station or itself", () => {
    const asked = request({ isReplenishment: true });
    expect(order(asked, snapshot(everywhere))).toEqual(["centre", "centre-2", "hq", "supplier"]);
  });
});

const levels = fc.record({
  onHand: fc.nat(6),
  reserved: fc.nat(6),
  min: fc.nat(4),
  exceed: fc.nat(3),
  above: fc.nat(3),
});

test("SK-5, SK-6: whatever the stock, a source without pre-emption has what is asked for", () => {
  const places = ["home", "near", "far", "centre", "centre-2", "hq", "van"];
  fc.assert(
    fc.property(
      fc.array(levels, { minLength: 7, maxLength: 7 }),
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom(...tiers),
      fc.constantFrom(...priorities),
      (all, quantity, tier: Tier, priority) => {
        const items = all.map(({ onHand, reserved, min, exceed, above }, index) =>
          item(places[index] ?? "", onHand, {
            reserved: Math.min(reserved, onHand),
            min,
            ringFenced: { exceed, above, meet: 0 },
          }),
        );
        const asked = request({ quantity, engineerId: "E-1", claim: claim({ tier, priority }) });
        for (const { kind, locationId } of rankSources(asked, snapshot(items)).ranked) {
          const found = items.find((one) => one.locationId === locationId);
          if (!found) continue;
          expect(available(found, tier)).toBeGreaterThanOrEqual(quantity);
          if (kind.endsWith("station") && kind !== "assigned_station" && priority !== "emergency")
            expect(found.onHand - found.reserved - quantity).toBeGreaterThanOrEqual(found.min);
        }
      },
    ),
  );
});

test("nearer never ranks behind, all else equal", () => {
  fc.assert(
    fc.property(fc.double({ min: 1, max: 9, noNaN: true }), (degrees) => {
      const moved = locations.map((one) =>
        one.locationId === "centre-2" ? { ...one, point: { lat: 28 + degrees, lon: 112 } } : one,
      );
      const stock = snapshot([item("centre", 1), item("centre-2", 1)], { locations: moved });
      expect(order(request(), stock)[0]).toBe(degrees < 2 ? "centre-2" : "centre");
    }),
  );
});

test("every figure of it is configuration", () => {
  const config = { ...partsConfig, travel: { ...partsConfig.travel, kmPerHour: 30 } };
  const stock = snapshot([item("centre", 1)]);
  const [slow] = rankSources(request(), stock, config).ranked;
  const [fast] = rankSources(request(), stock).ranked;
  expect((slow?.etaMs ?? 0) - nowMs).toBeGreaterThan((fast?.etaMs ?? 0) - nowMs);
});
