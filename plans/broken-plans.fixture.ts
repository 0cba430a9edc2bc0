import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { checkPlan } from "./load-plans.ts";

/** A plan without mistakes. */
export const good = readFileSync(join(import.meta.dirname, "broken-plans.fixture.yaml"), "utf8");

export type Edit = readonly [from: string, to: string];

/** The plan with edits, of which each must hit exactly one place. */
export const edited = (text: string, ...edits: readonly Edit[]): string =>
  edits.reduce((result, [from, to]) => {
    expect(result.split(from).length - 1, from).toBe(1);
    return result.replace(from, to);
  }, text);

/** The same plan of tier `meet`: what that tier is not entitled to is gone, line by line. */
export const goodOfMeet = edited(
  good,
  ["tier: exceed", "tier: meet"],
  ["dedicatedSpecialist: true", "dedicatedSpecialist: false"],
  ["reserve: true, supplyTimeGuarantee: true", "reserve: false, supplyTimeGuarantee: false"],
  ["  premium: { operatorTraining: true, standbyMachine: false, assuranceMode: false }", ""],
  ["calendarMonths: [1, 3, 6, 12]", "calendarMonths: [1]"],
  [
    `    hazardPoints:
      - { id: first-oil, atHours: 50, reason: { en: Running in, zh-CN: 磨合 } }
    peak: { leadDays: 14, afterDays: 14 }`,
    "\n\n",
  ],
  ["      reservePer100Machines: 20", ""],
  ["calendarMonths: [2, 5], slaUplift: 1", "slaUplift: 1"],
);

/** What `firebreak plan check` says of it, without the name of the file. */
export const said = (text: string): string[] =>
  checkPlan(text, "test-pump/plan.yaml").map(
    ({ line, column, message }) => `${line}:${column} ${message}`,
  );
