import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { at, north, nowMs, site } from "./dispatch.fixture.ts";
import { type BundleTicket, proposeVisit } from "./visit-bundle.ts";

const home = north(-100);
const ticket = (
  ticketId: string,
  km: number,
  changes: Partial<BundleTicket> = {},
): BundleTicket => ({
  ticketId,
  machineId: `m-${ticketId}`,
  kind: "inspection",
  priority: "planned",
  state: "planned",
  place: north(km),
  standardHours: 2,
  productType: "crane",
  dueWindow: { from: at(24), to: at(24 * 14) },
  ...changes,
});
const propose = (tickets: readonly BundleTicket[], hoursLeft = 10) =>
  proposeVisit(
    {
      anchor: { ticketId: "T-1", machineId: "m-1", place: site },
      home,
      engineer: { productTypes: ["crane"], hoursLeft },
      radiusKm: 30,
      windowDays: 7,
      nowMs,
    },
    tickets,
  );
const stops = (tickets: readonly BundleTicket[], hoursLeft?: number) =>
  propose(tickets, hoursLeft)?.stops.map(({ ticketId }) => ticketId);

describe("proposeVisit", () => {
  test("MR-9, F-09: takes planned work near by along and says what it saves; tickets stay apart", () => {
    const given = [ticket("T-2", 20), ticket("T-3", 10)];
    const before = structuredClone(given);
    const visit = propose(given);
    expect(visit).toMatchObject({ anchorId: "T-1", standardHours: 4 });
    expect(visit?.stops.map(({ ticketId }) => ticketId)).toEqual(["T-3", "T-2"]);
    // As the crow flies: 100 + 10 + 10 + 120 against 2 · (100 + 110 + 120); by road 1.3 times that.
    expect(visit?.tourKm).toBeCloseTo(1.3 * 240, 0);
    expect(visit?.separateKm).toBeCloseTo(1.3 * 660, 0);
    expect(visit?.savedKm).toBeCloseTo(1.3 * 420, 0);
    expect(given).toEqual(before);
  });

  test.each([
    { name: "what lies farther than the radius", change: { place: north(31) } },
    {
      name: "what is due later than the window",
      change: { dueWindow: { from: at(24 * 8), to: at(999) } },
    },
    { name: "what is urgent and wants its own engineer", change: { priority: "major" as const } },
    { name: "what somebody works on", change: { state: "assigned" as const } },
    { name: "what has a visit already", change: { visitId: "V-1" } },
    { name: "parts", change: { kind: "parts" as const } },
    { name: "machines he is not trained for", change: { productType: "paver" } },
    { name: "the ticket itself", change: { ticketId: "T-1" } },
    { name: "more work than he has hours", change: { standardHours: 11 } },
  ])("leaves out $name", ({ change }) => {
    expect(propose([ticket("T-2", 10, change)])).toBeUndefined();
  });

  test("an open general ticket is taken without a window", () => {
    const open = { priority: "general", state: "new", dueWindow: undefined } as const;
    expect(stops([ticket("T-2", 10, open)])).toEqual(["T-2"]);
    expect(stops([ticket("T-2", 10, { ...open, priority: "planned" })])).toBeUndefined();
  });

  test("other work on the same machine costs no kilometre", () => {
    const visit = propose([ticket("T-2", 0, { machineId: "m-1" })]);
    expect(visit).toMatchObject({ savedKm: 0, stops: [{ ticketId: "T-2", km: 0 }] });
  });

  test("never costs kilometres, never more hours than he has, never a ticket twice", () => {
    const some = fc.array(
      fc.record({
        km: fc.integer({ min: -40, max: 40 }),
        east: fc.integer({ min: -40, max: 40 }),
        hours: fc.integer({ min: 1, max: 5 }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, fc.integer({ min: 0, max: 12 }), (rows, hoursLeft) => {
        const tickets = rows.map(({ km, east, hours }, index) =>
          ticket(`T-${index + 2}`, km, {
            place: { lat: north(km).lat, lon: site.lon + east / 96 },
            standardHours: hours,
          }),
        );
        const visit = propose(tickets, hoursLeft);
        if (visit === undefined) return;
        expect(visit.savedKm).toBeGreaterThanOrEqual(0);
        expect(visit.standardHours).toBeLessThanOrEqual(hoursLeft);
        expect(new Set(visit.stops.map(({ ticketId }) => ticketId)).size).toBe(visit.stops.length);
        for (const { km } of visit.stops) expect(km).toBeLessThanOrEqual(30 * 1.3 + 0.1);
      }),
      { numRuns: 150 },
    );
  });
});
