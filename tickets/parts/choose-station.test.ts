import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankStations } from "./choose-station.ts";

const at = (stationId: string, onHand: number, reserved = 0) => ({ stationId, onHand, reserved });

describe("rankStations", () => {
  test.each([
    { name: "the machine's own station first", stock: [at("b", 9), at("a", 1)], is: ["a", "b"] },
    { name: "then the one with most left", stock: [at("b", 9, 8), at("c", 2)], is: ["c", "b"] },
    { name: "then by id", stock: [at("c", 2), at("b", 2)], is: ["b", "c"] },
    { name: "none whose store is promised away", stock: [at("a", 1, 1), at("b", 1)], is: ["b"] },
    { name: "none that has none", stock: [at("a", 0), at("b", 0)], is: [] },
  ])("$name", ({ stock, is }) => {
    expect(rankStations(stock, 1, "a").map(({ stationId }) => stationId)).toEqual(is);
  });

  test("names every station that can give the whole quantity, and no other", () => {
    const level = fc.record({ onHand: fc.nat(5), reserved: fc.nat(5) });
    fc.assert(
      fc.property(fc.array(level), fc.integer({ min: 1, max: 5 }), (levels, quantity) => {
        const stock = levels.map((item, index) => ({ ...item, stationId: `s${index}` }));
        const ranked = rankStations(stock, quantity, "s0").map(({ stationId }) => stationId);
        const able = stock.filter(({ onHand, reserved }) => onHand - reserved >= quantity);
        expect(ranked.toSorted()).toEqual(able.map(({ stationId }) => stationId).toSorted());
      }),
    );
  });
});
