import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkPlan, planFileOf } from "./load-plans.ts";

const file = planFileOf("concrete-pump-truck");
const withSection = (section: string) =>
  checkPlan(`${readFileSync(file, "utf8")}\niso15143:\n${section}`, join(file)).map(
    ({ path, message }) => `${path}: ${message}`,
  );

test("a plan may say which signal tells what in ISO 15143-3", () => {
  const section =
    "  fuelTankLitres: 400\n  switches: [isPumping]\n  signals: { loadCount: strokeCount }\n";
  expect(withSection(section)).toEqual([]);
});

test("a signal that is none, or measures something else, is a mistake", () => {
  const section =
    "  switches: [isPumpin]\n  signals: { distance: strokeCount, idleHours: idleTime, range: isPumping }\n";
  expect(withSection(section)).toEqual([
    expect.stringContaining('there is no signal "isPumpin"; did you mean "isPumping"?'),
    expect.stringContaining('"strokeCount" is in count, which is no km'),
    expect.stringContaining('there is no signal "idleTime"'),
    expect.stringContaining("range"),
  ]);
});
