import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hoursSource } from "./hours-source.ts";
import {
  machine,
  noon,
  planWith,
  preventive,
  pumpPlan,
  runDays,
  summary,
} from "./planner.fixture.ts";

describe("service hours", () => {
  const plan = planWith({
    parts: [],
    preventive: { ...preventive, hazardPoints: [] },
    intervals: (pumpPlan.service.intervals ?? []).map(
      ({ everyMonths: _, ...interval }) => interval,
    ),
  });
  const at = (operatingHours: number, more: Parameters<typeof machine>[0] = {}) =>
    hoursSource(
      machine({ plan, usage: { operatingHours, hoursPerDay: 10 }, ...more }),
      noon("2026-06-01"),
    );

  test("opens 20 hours ahead, with the kit, for the day the hours will be reached", () => {
    expect(at(479)).toEqual([]);
    expect(at(480)).toMatchObject([
      {
        dedupeKey: "m-1:service:service-500h:1",
        parts: [{ partNo: "FB-CP-OF-01", quantity: 1 }],
        dueWindow: { to: new Date("2026-06-04T00:00:00+08:00").toISOString() },
        evidence: { en: "480 operating hours, due at 500; 10 h a day." },
      },
    ]);
  });

  test("says so when the use of the machine is assumed", () => {
    const [proposal] = hoursSource(
      machine({ plan, usage: { operatingHours: 490 } }),
      noon("2026-06-01"),
    );
    expect(proposal?.evidence).toEqual({
      en: "490 operating hours, due at 500; 6 h a day assumed.",
      "zh-CN": "已运行 490 小时，应于 500 小时保养；按每天 6 小时估算。",
    });
  });

  test("one for each index; a replaced meter, whose hours are added up, triggers nothing again", () => {
    const { opened } = runDays({
      from: "2026-02-01",
      to: "2026-12-31",
      machineOn: (date) => {
        const day = Math.round((noon(date) - noon("2026-02-01")) / 86_400_000);
        const shown = day * 5;
        // On day 120 the meter is replaced by one that shows 0; the offset keeps what the old one had counted.
        const [readingHours, offsetHours] = day < 120 ? [shown, 0] : [shown - 600, 600];
        return machine({
          handoverAt: undefined,
          plan,
          usage: { operatingHours: readingHours + offsetHours, hoursPerDay: 5 },
        });
      },
    });
    expect(summary(opened).map(([, key]) => key)).toEqual([
      "service:service-500h:1",
      "service:service-500h:2",
      "service:service-500h:3",
    ]);
  });

  test("after a long silence of the gateway the newest service is planned, not all that were missed", () => {
    const handled = [
      {
        dedupeKey: "m-1:service:service-500h:1",
        ticketId: "T-1",
        trigger: "service_hours" as const,
        dueTo: "2026-01-01T00:00:00.000Z",
        isOpen: false,
      },
    ];
    expect(at(1990, { handled }).map(({ dedupeKey }) => dedupeKey)).toEqual([
      "m-1:service:service-500h:4",
      "m-1:service:service-2000h:1",
    ]);
  });

  test("a machine that comes to us with thousands of hours waits for its next service", () => {
    expect(at(4450)).toEqual([]);
    expect(at(4495).map(({ dedupeKey }) => dedupeKey)).toEqual(["m-1:service:service-500h:9"]);
  });

  test("nothing is opened while the last service is still open", () => {
    const handled = [
      {
        dedupeKey: "m-1:service:service-500h:1",
        ticketId: "T-1",
        trigger: "service_hours" as const,
        dueTo: "2026-05-01T00:00:00.000Z",
        isOpen: true,
      },
    ];
    expect(at(1000, { handled })).toEqual([]);
  });

  test("a machine that hardly works is served by months", () => {
    const { opened } = runDays({
      from: "2026-02-01",
      to: "2027-03-31",
      machineOn: () =>
        machine({
          plan: planWith({ parts: [], preventive: { ...preventive, hazardPoints: [] } }),
          usage: { operatingHours: 30, hoursPerDay: 0.1 },
        }),
    });
    const services = summary(opened).filter(([, key]) => key?.startsWith("service"));
    expect(services).toEqual([
      ["2026-07-17", "service:service-500h:m1"],
      ["2027-01-17", "service:service-500h:m2"],
    ]);
  });

  test("a hazard point by hours comes once", () => {
    const hazard = machine({ usage: { operatingHours: 85 } });
    const found = hoursSource(hazard, noon("2026-03-01"));
    expect(found.map(({ dedupeKey }) => dedupeKey)).toEqual(["m-1:hazard:first-oil-change:1"]);
    expect(hoursSource(machine({ usage: { operatingHours: 300 } }), noon("2026-03-01"))).toEqual(
      [],
    );
  });

  test("for any course of the hours an interval's index is planned at most once", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 5, maxLength: 40 }),
        (steps) => {
          let hours = 0;
          const course = steps.map((step) => {
            hours += step;
            return hours;
          });
          const { opened } = runDays({
            from: "2026-02-01",
            to: "2026-03-12",
            openDays: 3,
            machineOn: (date) => {
              const day = Math.round((noon(date) - noon("2026-02-01")) / 86_400_000);
              const operatingHours = course[Math.min(day, course.length - 1)] ?? 0;
              return machine({ plan, handoverAt: undefined, usage: { operatingHours } });
            },
          });
          const keys = opened.map(({ proposal }) => proposal.dedupeKey);
          expect(new Set(keys).size).toBe(keys.length);
          for (const { proposal } of opened)
            expect(Date.parse(proposal.dueWindow.from)).toBeLessThan(
              Date.parse(proposal.dueWindow.to),
            );
        },
      ),
      { numRuns: 60 },
    );
  });
});
