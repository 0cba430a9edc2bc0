import { describe, expect, test } from "vitest";
import { type Edit, edited, good, goodOfMeet } from "./broken-plans.fixture.ts";
import type { RegionTree } from "./check-layers.ts";
import { checkPlan } from "./load-plans.ts";

const tree: RegionTree = new Map([
  ["south", ["south"]],
  ["central", ["central"]],
  ["hunan", ["central", "hunan"]],
]);
const regions = "    south: { calendarMonths: [2, 5], slaUplift: 1 }\n";
const railway = "    railway: { slaProfile: dealer_2h }\n";

const said = (text: string, known?: RegionTree) =>
  checkPlan(text, "test-pump/plan.yaml", known).map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );

describe("the layers of a plan", () => {
  test("a plan of regions that there are is good, with the tree and without it", () => {
    expect(said(good)).toEqual([]);
    expect(said(good, tree)).toEqual([]);
  });

  test.each<{ name: string; edit: Edit; says: string[]; of?: string }>([
    {
      name: "PL-5: a region that is not in the tree",
      edit: [regions, "    suoth: { slaUplift: 1 }\n    moon: { slaUplift: 1 }\n"],
      says: [
        '156:5 there is no region "suoth"; did you mean "south"?',
        '157:5 there is no region "moon"; there are south, central, hunan',
      ],
    },
    {
      name: "PL-5: a segment that no customer is of",
      edit: [railway, "    railways: { slaProfile: dealer_2h }\n"],
      says: ['158:5 there is no segment "railways"; did you mean "railway"?'],
    },
    {
      name: "PL-1: a region's time that is looser than the plan's profile",
      edit: [
        regions,
        "    south: { clocks: [{ clock: arrival, priority: major, targetMinutes: 1500 }] }\n",
      ],
      says: [
        "156:73 must be at most 1440, as profile tiered_3 promises for the arrival of major faults",
      ],
    },
    {
      name: "PL-1: a time that the region's own uplift makes pointless",
      edit: [
        regions,
        "    south: { slaUplift: 1, clocks: [{ clock: arrival, priority: major, targetMinutes: 900 }] }\n",
      ],
      says: [
        "156:87 must be at most 720, as profile tiered_3 promises for the arrival of major faults, served as emergency ones",
      ],
    },
    {
      name: "PL-1: a segment's time that is looser than what its region promises",
      edit: [
        `${regions}  segmentOverrides:\n${railway}`,
        "    south: { slaProfile: dealer_2h }\n  segmentOverrides:\n    railway: { clocks: [{ clock: arrival, priority: general, targetMinutes: 150 }] }\n",
      ],
      says: [
        "158:77 must be at most 120, as profile dealer_2h promises for the arrival of general faults",
      ],
    },
    {
      name: "PL-1: a leaf's time that is looser than what the region above promises",
      edit: [
        regions,
        "    hunan: { clocks: [{ clock: arrival, priority: general, targetMinutes: 150 }] }\n    central: { slaProfile: dealer_2h }\n",
      ],
      says: [
        "156:75 must be at most 120, as profile dealer_2h promises for the arrival of general faults",
      ],
    },
    {
      name: "PL-1: one time given twice in a segment",
      edit: [
        railway,
        "    railway: { clocks: [{ clock: response, targetMinutes: 30 }, { clock: response, targetMinutes: 20 }] }\n",
      ],
      says: ["158:65 the response of all faults has a time already"],
    },
    {
      name: "a month that a region lists twice",
      edit: [regions, "    south: { calendarMonths: [2, 5, 2] }\n"],
      says: ["156:37 is listed already"],
    },
    {
      name: "a stock factor that keeps nothing",
      edit: [regions, "    south: { stockFactor: 0 }\n"],
      says: ["156:27 must be a number from 0.1 to 10, not 0"],
    },
    {
      name: "PL-3: premium services of a segment",
      edit: [
        railway,
        "    railway: { premium: { operatorTraining: true, standbyMachine: false, assuranceMode: false } }\n",
      ],
      says: [
        '158:16 unknown key "premium"; allowed are calendarMonths, peak, frequencyMultiplier, slaProfile, slaUplift, clocks, staffing',
      ],
    },
  ])("$name", ({ edit, says }) => {
    expect(said(edited(good, edit), tree)).toEqual(says);
  });

  test("regions are not looked at while no tree says which there are", () => {
    expect(said(edited(good, [regions, "    moon: { slaUplift: 1 }\n"]))).toEqual([]);
  });

  test("PL-3: what a layer gives tier meet is told where the layer says it, all at once", () => {
    const bad = edited(goodOfMeet, [
      "    south: { slaUplift: 1 }\n",
      "    south: { frequencyMultiplier: 2, staffing: { minLevel: senior, dedicatedSpecialist: true } }\n    moon: { peak: { leadDays: 7, afterDays: 7 } }\n",
    ]);
    expect(said(bad, tree)).toEqual([
      "156:14 tier meet has no frequencyMultiplier; remove it",
      "156:89 tier meet has no specialist of its own",
      '157:5 there is no region "moon"; there are south, central, hunan',
      "157:13 tier meet has no peak; remove it",
    ]);
  });

  test("a mistake of the plan itself is told once, however many places there are", () => {
    const bad = edited(good, ["targetMinutes: 480", "targetMinutes: 1500"]);
    expect(said(bad, tree)).toEqual([
      "102:59 must be at most 1440, as profile tiered_3 promises for the arrival of major faults",
    ]);
  });

  test("a plan's own time may be longer than what a place promises besides", () => {
    const better = edited(good, [regions, "    south: { slaProfile: dealer_2h, slaUplift: 2 }\n"]);
    expect(said(better, tree)).toEqual([]);
  });
});
