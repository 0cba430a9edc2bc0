import { describe, expect, test } from "vitest";
import { generalChecklistHours } from "../field/general-checklist.ts";
import { calendarSource } from "./calendar-source.ts";
import { baseProgram } from "./inspection-program.ts";
import { overdueTickets } from "./overdue.ts";
import { peakSource } from "./peak-source.ts";
import { planMachine } from "./plan-machine.ts";
import {
  barePlan,
  machine,
  noon,
  part,
  planWith,
  preventive,
  runDays,
  summary,
} from "./planner.fixture.ts";
import { surveyCampaignOf, surveyCampaigns, surveyKey, surveysDue } from "./survey-dates.ts";

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
