import { serviceLevelOf } from "@firebreak/plans/service-promises.ts";
import { slaProfileNames, slaProfiles } from "@firebreak/plans/sla-profiles.ts";
import { describe, expect, test } from "vitest";
import { startClock, stopClock } from "./clock-actions.ts";
import { advanceClock, needsLoaner } from "./clock-levels.ts";
import { msAfter, plain, running, shanghai } from "./sla.fixture.ts";
import type { SlaClock } from "./sla-clock.ts";
import {
  flyingSquadTarget,
  partsDeliveryTarget,
  partsRequestTargets,
  reportUploadTarget,
  targetsOf,
  turnaroundTarget,
} from "./sla-targets.ts";
import { startTargets } from "./ticket-clocks.ts";

const created = shanghai("2026-03-02 08:00");

/** Due times by kind, as Shanghai's wall clock shows them. */
function dues(clocks: readonly SlaClock[]): Record<string, string> {
  return Object.fromEntries(clocks.map(({ kind, dueAt }) => [kind, wall(dueAt)]));
}

const wall = (at: string) =>
  new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");

const opened = (
  profile: Parameters<typeof targetsOf>[0],
  priority: Parameters<typeof targetsOf>[1],
  { at = created, trigger = "anomaly" } = {},
) =>
  startTargets([], targetsOf(profile, priority, trigger), { from: "opening", at, calendar: plain });

describe("targetsOf", () => {
  test.each([
    { priority: "emergency", response: "2026-03-02 09:00", arrival: "2026-03-02 20:00" },
    { priority: "major", response: "2026-03-02 12:00", arrival: "2026-03-03 08:00" },
    { priority: "general", response: "2026-03-02 16:00", arrival: "2026-03-04 08:00" },
  ] as const)("O-01: tiered_3 answers and reaches $priority in time", (row) => {
    const { priority, ...expected } = row;
    expect(dues(opened("tiered_3", priority))).toEqual(expected);
  });

  test("O-01: stopped exactly at due is met, a millisecond later breached", () => {
    const [response] = opened("tiered_3", "emergency");
    if (!response) throw new Error("no clock");
    expect(stopClock(response, response.dueAt).status).toBe("met");
    expect(stopClock(response, msAfter(response.dueAt, 1))).toMatchObject({
      status: "breached",
      overrunMs: 1,
    });
  });

  test.each([
    {
      priority: "emergency",
      expected: { response: "2026-03-02 10:00", arrival: "2026-03-03 08:00" },
    },
    { priority: "major", expected: { response: "2026-03-02 10:00", arrival: "2026-03-03 08:00" } },
    {
      priority: "general",
      expected: { response: "2026-03-02 16:00", resolution: "2026-03-04 08:00" },
    },
  ] as const)("O-02: standard, $priority", ({ priority, expected }) => {
    expect(dues(opened("standard", priority))).toEqual(expected);
  });

  test.each([
    { at: created, arrival: "2026-03-02 10:00" },
    { at: shanghai("2026-03-01 23:30"), arrival: "2026-03-02 01:30" },
  ])("O-03: dealer_2h runs nights, weekends and holidays: due $arrival", ({ at, arrival }) => {
    expect(dues(opened("dealer_2h", "general", { at }))).toEqual({ arrival });
  });

  test.each(slaProfileNames)("O-04: a customer's report is dispatched in 30 min in %s", (name) => {
    const clocks = opened(name, "general", { trigger: "customer_report" });
    expect(dues(clocks)).toMatchObject({ dispatch_confirmation: "2026-03-02 08:30" });
  });

  test("O-05: the report of work done at 15:10 is due at 17:10", () => {
    const clock = running(shanghai("2026-03-02 15:10"), reportUploadTarget, "report_upload");
    expect(wall(clock.dueAt)).toBe("2026-03-02 17:10");
  });

  test.each([
    { isWearListed: true, on: "2026-03-02", reply: "2026-03-02 09:30", supply: "2026-03-09 18:00" },
    {
      isWearListed: false,
      on: "2026-03-02",
      reply: "2026-03-03 18:00",
      supply: "2026-03-23 18:00",
    },
    { isWearListed: true, on: "2026-03-06", reply: "2026-03-06 09:30", supply: "2026-03-13 18:00" },
    {
      isWearListed: false,
      on: "2026-03-06",
      reply: "2026-03-09 18:00",
      supply: "2026-03-27 18:00",
    },
  ])("O-06: wear list $isWearListed, asked for on $on", ({ isWearListed, on, reply, supply }) => {
    const request = { isWearListed, priority: "general", isCentreCovered: true } as const;
    const clocks = partsRequestTargets(request).map(({ kind, target }) =>
      running(shanghai(`${on} 09:30`), target, kind),
    );
    expect(dues(clocks)).toEqual({ parts_reply: reply, parts_supply: supply });
  });

  test("exactly one of supply and delivery is promised", () => {
    const kinds = (priority: "emergency" | "general", isCentreCovered: boolean) =>
      partsRequestTargets({ isWearListed: false, priority, isCentreCovered }).map(
        ({ kind }) => kind,
      );
    expect(kinds("emergency", true)).toEqual(["parts_reply"]);
    expect(kinds("emergency", false)).toEqual(["parts_reply", "parts_supply"]);
    expect(kinds("general", true)).toEqual(["parts_reply", "parts_supply"]);
  });

  test("O-21: a delivery is due 24 h after its approval", () => {
    const clock = running(created, partsDeliveryTarget("major"), "parts_delivery");
    expect(wall(clock.dueAt)).toBe("2026-03-03 08:00");
  });

  test("O-20: a flying squad called at 08:00 is due at 11:00", () => {
    const clock = running(created, flyingSquadTarget, "flying_squad_response");
    expect(wall(clock.dueAt)).toBe("2026-03-02 11:00");
  });

  test.each([
    { isInWarranty: true, due: "2026-03-10 18:00", loaners: 1 },
    { isInWarranty: false, due: "2026-03-12 18:00", loaners: 0 },
  ])("O-07: in warranty $isInWarranty: due $due, loaner asked for $loaners times", (row) => {
    const { isInWarranty, due, loaners } = row;
    const target = turnaroundTarget(isInWarranty);
    let clock = startClock(
      { clockId: "t-1", kind: "repair_turnaround", at: shanghai("2026-03-05 10:00"), target },
      plain,
    );
    expect(wall(clock.dueAt)).toBe(due);
    let asked = 0;
    for (let hours = 0; hours < 400; hours += 1) {
      const next = advanceClock(clock, msAfter(clock.startedAt, hours * 3_600_000));
      if (needsLoaner(clock, next.reached, isInWarranty)) asked += 1;
      clock = next.clock;
    }
    expect(asked).toBe(loaners);
  });

  test.each(["service_hours", "calendar", "peak_season"])(
    "SL-6: planned work (%s) starts no clock, overdue or not",
    (trigger) => {
      expect(opened("tiered_3", "planned", { trigger })).toEqual([]);
      expect(opened("tiered_3", "general", { trigger })).toEqual([]);
    },
  );

  test("a predicted failure is answered, and arrived at within its window", () => {
    const clocks = opened("tiered_3", "major", { trigger: "predicted_failure" });
    expect(dues(clocks)).toEqual({ response: "2026-03-02 12:00" });
  });

  test("C-02: four_by_24 counts the resolution from the arrival, and says what it assumes", () => {
    const targets = targetsOf("four_by_24", "general", "anomaly");
    const atOpening = startTargets([], targets, { from: "opening", at: created, calendar: plain });
    expect(dues(atOpening)).toEqual({ arrival: "2026-03-03 08:00" });
    const at = shanghai("2026-03-02 20:00");
    const later = startTargets(atOpening, targets, { from: "arrival", at, calendar: plain });
    expect(dues(later)).toMatchObject({ resolution: "2026-03-03 20:00" });
    expect(slaProfiles.four_by_24.assumptions).not.toHaveLength(0);
  });
});

describe("serviceLevelOf", () => {
  const plan = { slaProfile: "standard" } as const;
  const minutes = (sources: Parameters<typeof serviceLevelOf>[0], priority = "general" as const) =>
    Object.fromEntries(
      targetsOf(serviceLevelOf(sources), priority, "anomaly").map(({ kind, target }) => [
        kind,
        target.minutes,
      ]),
    );

  test("C-01: nothing agreed is tiered_3; a segment's profile comes before the plan's", () => {
    expect(minutes({})).toEqual({ response: 480, arrival: 2880 });
    expect(minutes({ plan })).toEqual({ response: 480, resolution: 2880 });
    expect(minutes({ plan, segment: { slaProfile: "tiered_3" } })).toEqual({
      response: 480,
      arrival: 2880,
    });
  });

  test("C-01: the stricter of commitment and plan wins, time by time", () => {
    expect(minutes({ plan, commitment: { slaProfile: "dealer_2h" } })).toEqual({
      response: 480,
      arrival: 120,
      resolution: 2880,
    });
  });

  test("PL-7: a commitment's own times only tighten, for the priorities they are for", () => {
    const slaOverrides = [
      { clock: "response", priority: "general", targetMinutes: 60 },
      { clock: "arrival", targetMinutes: 9000 },
      { clock: "arrival", priority: "emergency", targetMinutes: 5 },
      { clock: "parts_delivery", targetMinutes: 600 },
    ] as const;
    expect(minutes({ commitment: { slaOverrides } })).toEqual({ response: 60, arrival: 2880 });
    const level = serviceLevelOf({ commitment: { slaOverrides } });
    expect(partsDeliveryTarget("major", level)).toEqual({ minutes: 600 });
    expect(partsDeliveryTarget("major")).toEqual({ minutes: 1440 });
  });

  test("a segment's uplift treats general as major, and emergency as emergency", () => {
    const segment = { slaUplift: 1 };
    expect(minutes({ segment })).toEqual({ response: 240, arrival: 1440 });
    const level = serviceLevelOf({ segment: { slaUplift: 9 } });
    expect(targetsOf(level, "emergency", "dtc").map(({ target }) => target.minutes)).toEqual([
      60, 720,
    ]);
  });
});
