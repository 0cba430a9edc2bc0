import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { episodeFactors } from "./episode-factors.ts";
import { type HealthFactor, healthCauses, healthOf, indexOf } from "./machine-health.ts";
import { hearingFactors, historyFactors, isStillKnown, overdueFactor } from "./standing-factors.ts";

const names = ["pump", "valve", "engine"] as const;
const anyFactor = fc.record({
  cause: fc.constantFrom(...healthCauses),
  component: fc.constantFrom("", ...names),
  about: fc.constantFrom("a", "b"),
  cost: fc.double({ min: 0, max: 100, noNaN: true }),
  since: fc.constant(null),
});
const factors = fc.array(anyFactor, { maxLength: 20 });
const components = new Map(names.map((name) => [name, true]));
const heard = { isHeard: true, components };

const at = "2026-05-01T00:00:00.000Z";
const finding = (more: object = {}) => ({
  ...{ findingId: "f", phase: "raised" as const, machineId: "m", ruleId: "r", planRef: "p@1" },
  ...{ failureMode: "worn", subject: "", severity: "warning" as const, since: at, at },
  ...{ isOnset: true, isHistory: false, evidence: [] },
  ...more,
});

describe("health of a machine", () => {
  test("HP-1: every index is within 0 and 100", () => {
    fc.assert(
      fc.property(factors, (all) => {
        const { index, components: each } = healthOf(all, heard);
        for (const one of [index, ...each.map((part) => part.index)]) {
          expect(one).toBeGreaterThanOrEqual(0);
          expect(one).toBeLessThanOrEqual(100);
        }
      }),
    );
  });

  test("HP-2: one thing more against a machine raises no index, neither its own nor a component's", () => {
    fc.assert(
      fc.property(factors, anyFactor, (all, more) => {
        const before = healthOf(all, heard);
        const after = healthOf([...all, more], heard);
        expect(after.index).toBeLessThanOrEqual((before.index ?? -1) + 1e-9);
        for (const { component, index } of before.components)
          expect(
            after.components.find((one) => one.component === component)?.index,
          ).toBeLessThanOrEqual((index ?? -1) + 1e-9);
      }),
    );
  });

  test("HP-2: no active episode is left out of what lowers the index", () => {
    const found = [finding(), finding({ failureMode: "hot", severity: "critical" })];
    expect(healthOf(episodeFactors({ findings: found, codes: [] }), heard).factors).toMatchObject([
      { about: "hot", lowersBy: 60, since: at },
      { about: "worn", lowersBy: 12.5, since: at },
    ]);
  });

  test("HP-3: without data machine and components are unknown, whatever else is known", () => {
    fc.assert(
      fc.property(factors, (all) => {
        const { index, components: each } = healthOf(all, { isHeard: false, components });
        expect(index).toBeNull();
        for (const one of each) expect(one.index).toBeNull();
      }),
    );
  });

  test("HP-3: a component that nothing looks at is unknown, until something speaks against it", () => {
    const blind = { isHeard: true, components: new Map([["pump", false]]) };
    expect(healthOf([], blind).components).toEqual([{ component: "pump", index: null }]);
    const worn = episodeFactors({ findings: [finding()], codes: [] });
    const against = worn.map((one): HealthFactor => ({ ...one, component: "pump" }));
    expect(healthOf(against, blind).components).toEqual([{ component: "pump", index: 75 }]);
  });

  test("a machine is never better than its worst component", () => {
    fc.assert(
      fc.property(factors, (all) => {
        const { index, components: each } = healthOf(all, heard);
        for (const one of each) expect(index).toBeLessThanOrEqual((one.index ?? 100) + 1e-9);
      }),
    );
  });
});

describe("episodes", () => {
  test.each([
    { name: "an active rule", more: {}, advisory: false, index: 75 },
    { name: "an advisory rule counts half", more: {}, advisory: true, index: 87.5 },
    {
      name: "a rule on trial counts nothing",
      more: { mode: "shadow" },
      advisory: false,
      index: 100,
    },
  ])("$name: $index", ({ more, advisory, index }) => {
    const all = episodeFactors({ findings: [finding(more)], codes: [] }, undefined, () => advisory);
    expect(indexOf(all.map(({ cost }) => cost))).toBe(index);
  });
});

describe("what else counts", () => {
  const day = 86_400_000;
  const nowMs = Date.parse("2026-06-30T00:00:00Z");
  const ago = (days: number) => new Date(nowMs - days * day).toISOString();

  test.each([
    { days: -1, cost: undefined },
    { days: 30, cost: 17.5 },
    { days: 600, cost: 25 },
  ])("service $days days over its window takes $cost", ({ days, cost }) =>
    expect(overdueFactor({ ticketId: "T", dueTo: ago(days) }, nowMs)[0]?.cost).toBe(cost),
  );

  test("repairs count from the second of one component within half a year on", () => {
    const repair = (component: string, days: number) => ({ component, closedAt: ago(days) });
    expect(historyFactors([repair("pump", 10), repair("valve", 20)], nowMs)).toEqual([]);
    expect(historyFactors([repair("pump", 10), repair("pump", 200)], nowMs)).toEqual([]);
    expect(historyFactors([repair("pump", 10), repair("pump", 90)], nowMs)).toEqual([
      { cause: "fault-history", component: "pump", about: "2", cost: 5, since: ago(90) },
    ]);
  });

  test("a silence that is usual costs nothing; after a week of listening nothing is known any more", () => {
    const silence = {
      status: "offline",
      cause: "power-cut",
      sinceMs: nowMs,
      isUsual: false,
    } as const;
    const hearing = (heardDays: number, isUsual: boolean) => ({
      silence: { ...silence, heardMs: heardDays * day, isUsual },
      isGatewayDegraded: false,
    });
    expect(hearingFactors(hearing(2, false))).toMatchObject([{ about: "power-cut", cost: 15 }]);
    expect(hearingFactors(hearing(2, true))).toEqual([]);
    expect([isStillKnown(hearing(2, false)), isStillKnown(hearing(8, true))]).toEqual([
      true,
      false,
    ]);
    expect(hearingFactors({ isGatewayDegraded: true })).toMatchObject([
      { about: "gateway", cost: 5 },
    ]);
  });
});
