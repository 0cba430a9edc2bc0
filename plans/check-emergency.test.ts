import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { looserThanBaseline } from "./check-emergency.ts";
import { checkPlan } from "./load-plans.ts";
import { slaProfileNames } from "./sla-profiles.ts";

const file = join(import.meta.dirname, "loader-tractor/plan.yaml");
const good = readFileSync(file, "utf8");
const section = "emergency: { slaProfile: tiered_3 }";

/** Mistakes of the plan with another emergency section, as `line:column message`. */
const mistakesOf = (emergency: string) => {
  expect(good).toContain(section);
  return checkPlan(good.replace(section, emergency), file).map(({ path, message }) => ({
    path,
    message,
  }));
};
const withClocks = (profile: string, clocks: string) =>
  mistakesOf(`emergency: { slaProfile: ${profile}, clocks: [${clocks}] }`);

describe("PL-1: the emergency service of a plan", () => {
  test("PL-1: every plan has one", () => {
    expect(mistakesOf("regionOverrides: {}").map(({ message }) => message)).toContain(
      '"emergency" is missing; add it',
    );
  });

  test.each(slaProfileNames)("PL-1: profile %s is not looser than the baseline", (name) => {
    expect(looserThanBaseline(name)).toEqual([]);
    expect(mistakesOf(`emergency: { slaProfile: ${name} }`)).toEqual([]);
  });

  test.each([
    {
      name: "the profile's own time of one priority",
      profile: "tiered_3",
      clock: "{ clock: arrival, priority: major, targetMinutes: 1441 }",
      says: "must be at most 1440, as profile tiered_3 promises for the arrival of major faults",
    },
    {
      name: "the shortest of all priorities when none is named",
      profile: "tiered_3",
      clock: "{ clock: response, targetMinutes: 61 }",
      says: "must be at most 60, as profile tiered_3 promises for the response of emergency faults",
    },
    {
      name: "the baseline, where the profile has no such clock",
      profile: "dealer_2h",
      clock: "{ clock: resolution, priority: general, targetMinutes: 2881 }",
      says: "must be at most 2880, as the baseline promises for the resolution of general faults",
    },
    {
      name: "the end of two clocks that follow each other",
      profile: "four_by_24",
      clock: "{ clock: resolution, priority: emergency, targetMinutes: 2881 }",
      says: "must be at most 2880, as profile four_by_24 promises for the resolution of emergency faults",
    },
  ])("PL-1: a clock is not looser than $name", ({ profile, clock, says }) => {
    expect(withClocks(profile, clock)).toEqual([
      { path: "service.emergency.clocks[0].targetMinutes", message: says },
    ]);
  });

  test("PL-1: a clock may be tighter, or as tight", () => {
    const clock = (minutes: number) => `{ clock: response, targetMinutes: ${minutes} }`;
    expect(withClocks("tiered_3", clock(60))).toEqual([]);
    expect(withClocks("tiered_3", clock(30))).toEqual([]);
  });
});
