import { describe, expect, test } from "vitest";
import { type Edit, edited, goodOfMeet, said } from "./broken-plans.fixture.ts";

describe("one mistake in a good plan of tier meet", () => {
  test.each<{ name: string; edit: Edit; says: string[] }>([
    {
      name: "PL-3: tier meet with a second inspection",
      edit: ["calendarMonths: [1]", "calendarMonths: [1, 6]"],
      says: ["109:5 tier meet has the inspection of month 1 only"],
    },
    {
      name: "PL-3: tier meet with inspections around the peak",
      edit: ["    leadDays: 14\n", "    leadDays: 14\n    peak: { leadDays: 7, afterDays: 7 }\n"],
      says: ["111:5 tier meet has no peak; remove it"],
    },
    {
      name: "PL-3: tier meet with a hazard point",
      edit: [
        "    leadDays: 14\n",
        "    leadDays: 14\n    hazardPoints: [{ id: oil, atHours: 50, reason: { en: Oil, zh-CN: 机油 } }]\n",
      ],
      says: ["111:5 tier meet has no hazardPoints; remove it"],
    },
    {
      name: "PL-3: tier meet inspected more often",
      edit: ["    leadDays: 14\n", "    leadDays: 14\n    frequencyMultiplier: 2\n"],
      says: ["111:5 tier meet has no frequencyMultiplier; remove it"],
    },
    {
      name: "PL-3: tier meet with a service by the calendar alone",
      edit: [
        "      everyHours: 500\n      everyMonths: 12\n      leadHours: 20\n",
        "      everyMonths: 12\n",
      ],
      says: ['119:7 tier meet has services by hours; give "everyHours", with the months beside it'],
    },
    {
      name: "PL-3: tier meet with premium services",
      edit: [
        "  hourMeter: hours\n",
        "  hourMeter: hours\n  premium: { operatorTraining: true, standbyMachine: false, assuranceMode: false }\n",
      ],
      says: ["105:3 tier meet has no premium services"],
    },
    {
      name: "PL-3: tier meet with premium services of a region",
      edit: [
        "south: { slaUplift: 1 }",
        "south: { premium: { operatorTraining: true, standbyMachine: false, assuranceMode: false } }",
      ],
      says: ["156:14 tier meet has no premium services"],
    },
    {
      name: "PL-3: tier meet with a specialist of its own",
      edit: ["dedicatedSpecialist: false", "dedicatedSpecialist: true"],
      says: ["105:60 tier meet has no specialist of its own"],
    },
    {
      name: "PL-4: tier meet with parts kept for it",
      edit: ["reserve: false", "reserve: true"],
      says: ["106:27 only tier exceed has parts reserved, not meet"],
    },
    {
      name: "PL-4: tier meet with a number of parts kept for it",
      edit: ["signal: strokeCount }\n", "signal: strokeCount }\n      reservePer100Machines: 5"],
      says: ["153:7 only tier exceed has parts reserved, not meet; remove it"],
    },
    {
      name: "PL-4: tier meet with a guaranteed time of supply",
      edit: ["supplyTimeGuarantee: false", "supplyTimeGuarantee: true"],
      says: ["106:55 tier meet is not guaranteed a time of supply"],
    },
    {
      name: "PL-7: a segment that adds inspections to tier meet",
      edit: ["railway: { slaProfile: dealer_2h }", "railway: { calendarMonths: [1, 3] }"],
      says: ["158:16 tier meet has the inspection of month 1 only"],
    },
  ])("$name", ({ edit, says }) => {
    expect(said(edited(goodOfMeet, edit))).toEqual(says);
  });
});
