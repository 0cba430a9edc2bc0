import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generalChecklistHours } from "../field/general-checklist.ts";
import type { PlanOverride } from "../organisation/plan-override.ts";
import { calendarSource } from "./calendar-source.ts";
import { hoursSource } from "./hours-source.ts";
import { baseProgram, inspectionProgramOf, planServiceLevel } from "./inspection-program.ts";
import { overdueTickets } from "./overdue.ts";
import { peakSource } from "./peak-source.ts";
import { planMachine } from "./plan-machine.ts";
import {
  barePlan,
  machine,
  noon,
  part,
  planWith,
  pumpPlan,
  runDays,
  summary,
} from "./planner.fixture.ts";
import { surveyCampaignOf, surveyCampaigns, surveyKey, surveysDue } from "./survey-dates.ts";

const base = { regionIds: [] };
const monthsOf = (...given: Parameters<typeof inspectionProgramOf>) =>
  inspectionProgramOf(...given).months;
const preventive = pumpPlan.service.preventive;
if (!preventive) throw new Error("the plan has inspections");

describe("inspectionProgramOf", () => {
  test("O-08, AS-11: month 1 stays, whatever the plan or an override says", () => {
    const south = { regionOverrides: { south: { calendarMonths: [2, 5] } } };
    expect(monthsOf(planWith(south).service, { regionIds: ["south"] })).toEqual([1, 2, 5]);
    expect(monthsOf(pumpPlan.service, base)).toEqual([1, 3, 6, 12]);
    const own = planWith({ preventive: { ...preventive, calendarMonths: [3] } });
    expect(monthsOf(own.service, base)).toEqual([1, 3]);
  });

  test("C-03: 1, 3, 6, 12 are the template of plans without points of their own", () => {
    const { preventive: _, ...service } = pumpPlan.service;
    expect(monthsOf(service, base)).toEqual([1, 3, 6, 12]);
  });

  test("C-19: tier meet has the inspection of month 1 and nothing else", () => {
    const program = inspectionProgramOf(planWith({ tier: "meet" }).service, base);
    expect(program).toMatchObject({ months: [1], hazardPoints: [] });
    expect(program).not.toHaveProperty("peak");
  });

  test("PL-7: the leaf region is laid over the root, the segment over both", () => {
    const { service } = planWith({
      regionOverrides: {
        central: { calendarMonths: [4], slaProfile: "standard" },
        hunan: { calendarMonths: [5], slaUplift: 1 },
      },
      segmentOverrides: { railway: { calendarMonths: [6], slaUplift: 2 } },
    });
    const regionIds = ["central", "hunan"];
    expect(monthsOf(service, { regionIds })).toEqual([1, 5]);
    expect(monthsOf(service, { regionIds, segment: "railway" })).toEqual([1, 6]);
    expect(planServiceLevel(service, { regionIds, segment: "railway" })).toEqual({
      plan: { slaProfile: "tiered_3" },
      segment: { slaProfile: "standard", slaUplift: 2 },
    });
  });

  test("PL-7: headquarters' override of a place is laid over the plan's own for it; a commitment has the last word", () => {
    const { service } = planWith({
      regionOverrides: { hunan: { calendarMonths: [5] } },
      segmentOverrides: { railway: { calendarMonths: [6] } },
    });
    const override = (facts: Partial<PlanOverride>): PlanOverride => ({
      overrideId: "O",
      planId: "concrete-pump-truck",
      reason: "experience",
      ...facts,
    });
    const central = override({ regionId: "central", calendarMonths: [2], slaProfile: "standard" });
    const hunan = override({ regionId: "hunan", calendarMonths: [7] });
    const railway = override({ segment: "railway", calendarMonths: [8], slaUplift: 1 });
    const commitment = { inspectionMonths: [9, 4] };
    const regionIds = ["central", "hunan"];
    const all = { regionIds, segment: "railway", overrides: [railway, hunan, central] };
    // The root's is under the leaf's, whoever wrote it; of one place headquarters' is above the plan's.
    expect(monthsOf(service, { regionIds, overrides: [central] })).toEqual([1, 5]);
    expect(monthsOf(service, { regionIds, overrides: [hunan, central] })).toEqual([1, 7]);
    expect(monthsOf(service, { ...all, overrides: [hunan] })).toEqual([1, 6]);
    expect(monthsOf(service, all)).toEqual([1, 8]);
    expect(monthsOf(service, { ...all, commitment })).toEqual([1, 4, 9]);
    expect(monthsOf(service, { ...all, commitment: {} })).toEqual([1, 8]);
    expect(planServiceLevel(service, all).segment).toEqual({
      slaProfile: "standard",
      slaUplift: 1,
    });
    // Elsewhere nothing changes, and tier meet has month 1 only whoever promises more (C-19).
    const south = { ...all, regionIds: ["south"], segment: "water" };
    expect(monthsOf(service, south)).toEqual([1, 3, 6, 12]);
    const meet = planWith({ tier: "meet" }).service;
    expect(monthsOf(meet, { ...all, commitment })).toEqual([1]);
  });

  test("a type in its launch phase is inspected twice as often", () => {
    const launched = planWith({ lifecyclePhase: "new" });
    expect(monthsOf(launched.service, base)).toEqual([1, 2, 3, 5, 6, 9, 12]);
  });

  test("PL-2: month 1 is there for any layers", () => {
    const months = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(months, months, fc.integer({ min: 1, max: 4 }), (own, other, multiplier) => {
        const overrides = [
          { overrideId: "O", planId: "P", regionId: "south", calendarMonths: own, reason: "why" },
        ];
        const { service } = planWith({
          preventive: { ...preventive, calendarMonths: own, frequencyMultiplier: multiplier },
          regionOverrides: { south: { calendarMonths: other } },
        });
        for (const layers of [{}, { overrides }, { commitment: { inspectionMonths: other } }]) {
          const found = monthsOf(service, { regionIds: ["south"], ...layers });
          expect(found[0]).toBe(1);
          expect([...found].sort((a, b) => a - b)).toEqual(found);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("calendar", () => {
  const days = (handoverAt: string) =>
    runDays({
      from: handoverAt,
      to: "2027-06-30",
      machineOn: () =>
        machine({
          handoverAt,
          plan: planWith({ preventive: { ...preventive, hazardPoints: [] } }, barePlan),
        }),
    });

  test("O-08, AS-4: one inspection for each month, due at the end of shorter months", () => {
    const { opened } = days("2026-01-31");
    expect(summary(opened)).toEqual([
      ["2026-02-14", "calendar:m1"],
      ["2026-04-16", "calendar:m3"],
      ["2026-07-17", "calendar:m6"],
      ["2027-01-17", "calendar:m12"],
    ]);
    const due = opened.map(({ proposal }) => proposal.dueWindow.to);
    expect(due).toEqual(
      ["2026-02-28", "2026-04-30", "2026-07-31", "2027-01-31"].map((date) =>
        new Date(Date.parse(`${date}T00:00:00+08:00`) + 86_400_000).toISOString(),
      ),
    );
    expect(opened[0]?.proposal).toMatchObject({
      trigger: "calendar",
      priority: "planned",
      checklist: "general-inspection",
      standardHours: 1.9,
    });
  });

  test("C-19: without a plan month 1 is there all the same, says so, and is the only one", () => {
    const unplanned = { plan: undefined, program: baseProgram() };
    const { opened } = runDays({
      from: "2026-01-31",
      to: "2027-06-30",
      machineOn: () => machine({ ...unplanned, peaks: [{ from: "2026-06-01", to: "2026-07-31" }] }),
    });
    expect(summary(opened)).toEqual([["2026-02-14", "calendar:m1"]]);
    const [first] = opened.map(({ proposal }) => proposal);
    expect(first?.evidence.en).toContain("No service plan fits this machine");
    expect(first).not.toHaveProperty("checklist");
    expect(first?.standardHours).toBe(generalChecklistHours);
  });

  test("the same day again proposes the same; what is handled is never proposed again", () => {
    const ms = noon("2026-02-20");
    const first = planMachine(machine(), [], ms);
    expect(planMachine(machine(), [], ms)).toEqual(first);
    const handled = first.proposals.map(({ dedupeKey, trigger, dueWindow }) => ({
      dedupeKey,
      trigger,
      ticketId: "T-1",
      dueTo: dueWindow.to,
      isOpen: false,
    }));
    expect(planMachine(machine({ handled }), [], ms).proposals).toEqual([]);
  });

  test("an old machine that is new to us gets no tickets for its youth", () => {
    const old = machine({ handoverAt: "2020-05-01" });
    expect(calendarSource(old, noon("2026-03-01")).proposals).toEqual([]);
    const unknown = machine({ handoverAt: undefined });
    expect(calendarSource(unknown, noon("2026-03-01")).proposals).toEqual([]);
  });

  test("a hazard point by months is an inspection of its own, with its reason", () => {
    const { proposals } = calendarSource(machine(), noon("2026-10-25"));
    expect(proposals).toMatchObject([
      {
        dedupeKey: "m-1:calendar:s-valve-wear",
        evidence: { en: expect.stringMatching(/Spectacle/) },
      },
    ]);
  });

  test("the day is that of the machine's region", () => {
    const midnight = Date.parse("2026-02-13T16:30:00Z");
    expect(calendarSource(machine(), midnight).proposals).toHaveLength(1);
    const urumqi = machine({ zone: "Asia/Urumqi" });
    expect(calendarSource(urumqi, midnight).proposals).toHaveLength(0);
  });

  test("a point within 14 days of an open service by hours is done with it", () => {
    const plan = planWith({ parts: [], preventive: { ...preventive, hazardPoints: [] } });
    const { opened, covered } = runDays({
      from: "2026-01-31",
      to: "2026-03-31",
      openDays: 60,
      machineOn: (date) =>
        machine({
          plan,
          usage: { operatingHours: date < "2026-02-13" ? 300 : 485, hoursPerDay: 8 },
        }),
    });
    expect(summary(opened)).toEqual([["2026-02-13", "service:service-500h:1"]]);
    expect(covered).toEqual([
      {
        dedupeKey: "m-1:calendar:m1",
        machineId: "m-1",
        trigger: "calendar",
        dueTo: "2026-02-28T16:00:00.000Z",
        by: { ticketId: "T-m-1:service:service-500h:1" },
      },
    ]);
  });

  test("they are one ticket too when both come on the same day", () => {
    const plan = planWith({ parts: [] });
    const { proposals, covered } = planMachine(
      machine({ plan, usage: { operatingHours: 490, hoursPerDay: 8 } }),
      [],
      noon("2026-02-20"),
    );
    expect(proposals.map(({ trigger }) => trigger)).toEqual(["service_hours"]);
    expect(covered).toMatchObject([{ by: { dedupeKey: "m-1:service:service-500h:1" } }]);
  });
});

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

describe("peak season", () => {
  const peaks = [{ from: "2026-06-01", to: "2026-07-31" }];
  const handoverAt = "2024-01-01";
  const worn = [
    part({ position: "delivery-piston-1", remainingLifePct: 30, source: "measured" }),
    part({ position: "delivery-piston-2", remainingLifePct: 80, source: "measured" }),
    part({ position: "delivery-elbow", remainingLifePct: 90, source: "measured" }),
  ];
  const plan = planWith({ intervals: [] });

  test("AS-5: an inspection before the peak with wear parts put ready, and another after it", () => {
    const { opened } = runDays({
      from: "2026-04-01",
      to: "2026-10-31",
      machineOn: () => machine({ plan, handoverAt, peaks, installedParts: worn }),
    });
    expect(summary(opened)).toEqual([
      ["2026-05-18", "peak:before:2026-06-01"],
      ["2026-08-01", "peak:after:2026-07-31"],
    ]);
    const [before, after] = opened.map(({ proposal }) => proposal);
    expect(before?.dueWindow.to).toBe(new Date("2026-06-01T00:00:00+08:00").toISOString());
    expect(before?.parts).toEqual([
      { partNo: "FB-CP-PST-01", quantity: 1, neededBy: before?.dueWindow.to },
    ]);
    expect(after?.parts).toEqual([]);
  });

  test("wear parts of which nobody knows the wear are put ready too", () => {
    const [before] = peakSource(machine({ plan, handoverAt, peaks }), noon("2026-05-20"));
    expect(before?.parts.map(({ partNo, quantity }) => [partNo, quantity])).toEqual([
      ["FB-CP-PST-01", 2],
      ["FB-CP-ELB-01", 1],
    ]);
  });

  test("machine and site that tell of one season, or tell it anew, get one inspection", () => {
    const twice = [...peaks, { from: "2026-05-25", to: "2026-06-20" }];
    const { opened } = runDays({
      from: "2026-04-01",
      to: "2026-10-31",
      machineOn: (date) =>
        machine({ plan, handoverAt, peaks: date < "2026-05-15" ? twice : peaks }),
    });
    expect(summary(opened)).toEqual([
      ["2026-05-11", "peak:before:2026-05-25"],
      ["2026-08-01", "peak:after:2026-07-31"],
    ]);
  });

  test("a season that has begun already is too late for the first; tier meet has none", () => {
    expect(peakSource(machine({ plan, peaks }), noon("2026-06-01"))).toEqual([]);
    const meet = planWith({ tier: "meet", intervals: [] });
    expect(peakSource(machine({ plan: meet, peaks }), noon("2026-05-20"))).toEqual([]);
  });
});

describe("overdueTickets", () => {
  const ticket = {
    ticketId: "T-1",
    trigger: "calendar",
    state: "planned",
    priority: "planned",
    dueWindow: { to: "2026-02-28T16:00:00.000Z" },
  } as const;
  const dueMs = Date.parse(ticket.dueWindow.to);

  test("O-31: the inspection of month 1 is overdue at the first look after its last day", () => {
    expect(overdueTickets([ticket], dueMs)).toEqual([]);
    expect(overdueTickets([ticket], dueMs + 1)).toEqual([ticket]);
  });

  test.each([
    { ...ticket, state: "on_site" as const },
    { ...ticket, state: "closed" as const },
    { ...ticket, priority: "general" as const },
    { ...ticket, trigger: "dtc" },
    { ...ticket, dueWindow: undefined },
  ])("work that is begun, told of already or not planned is not: %j", (other) => {
    expect(overdueTickets([other], dueMs + 1)).toEqual([]);
  });
});

describe("surveys", () => {
  test("O-30: four campaigns a year, at the starts of the quarters", () => {
    expect(surveyCampaigns(2026)).toEqual([
      { campaignId: "2026-Q1", startsOn: "2026-01-01", endsOn: "2026-03-31" },
      { campaignId: "2026-Q2", startsOn: "2026-04-01", endsOn: "2026-06-30" },
      { campaignId: "2026-Q3", startsOn: "2026-07-01", endsOn: "2026-09-30" },
      { campaignId: "2026-Q4", startsOn: "2026-10-01", endsOn: "2026-12-31" },
    ]);
    expect(surveyCampaignOf("2026-06-30").campaignId).toBe("2026-Q2");
    expect(() => surveyCampaignOf("2026-13-01")).toThrow(RangeError);
  });

  test("O-30: each served customer gets one in a quarter, however often one asks", () => {
    const sent = new Set<string>();
    const got: string[] = [];
    for (let ms = noon("2026-01-01"); ms <= noon("2026-12-31"); ms += 86_400_000) {
      const today = new Date(ms).toISOString().slice(0, 10);
      for (const customerId of surveysDue(["c-1", "c-2", "c-1"], sent, today)) {
        sent.add(surveyKey(customerId, surveyCampaignOf(today)));
        got.push(`${today} ${customerId}`);
      }
    }
    expect(got).toEqual(
      ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"].flatMap((date) => [
        `${date} c-1`,
        `${date} c-2`,
      ]),
    );
  });
});
