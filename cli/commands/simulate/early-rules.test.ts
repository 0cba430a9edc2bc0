import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { expect, test } from "vitest";
import { judgeRun } from "./judge-run.ts";

/** Weeks of machines: minutes. */
const isSoak = process.env.FIREBREAK_SOAK !== undefined;
const dayMs = 86_400_000;

interface Case {
  readonly type: string;
  readonly fault: string;
  readonly lifeHours: number;
  readonly seed: number;
  readonly rule: string;
  /** The rule that there would be without it; null: none. */
  readonly before: string | null;
}

const cases: readonly Case[] = [
  {
    ...{ type: "tower-crane", fault: "hoist-runs-heavily", lifeHours: 220, seed: 3 },
    ...{ rule: "hoist-runs-heavier", before: "hoist-overcurrent" },
  },
  {
    ...{ type: "concrete-pump-truck", fault: "oil-cooler-fouls", lifeHours: 150, seed: 3 },
    ...{ rule: "oil-cooler-clogged", before: "hydraulic-oil-hot" },
  },
  {
    ...{ type: "truck-crane", fault: "main-pump-wears", lifeHours: 250, seed: 3 },
    ...{ rule: "lifts-slow-down", before: null },
  },
];

function firstOf({ type: name, fault, lifeHours, seed }: Case): Map<string, number> {
  const type = machineTypes[name];
  if (!type) throw new TypeError(name);
  const startMs = Date.parse("2026-06-01T00:00:00+08:00");
  const faults = [{ fault, fromMs: startMs + 12 * dayMs, lifeHours }];
  const run = { type, seed, startMs, untilMs: startMs + 70 * dayMs, endsAtFailure: true };
  const first = new Map<string, number>();
  for (const { phase, mode, ruleId, at } of judgeRun({ ...run, faults }).findings)
    if (phase === "raised" && mode !== "shadow" && !first.has(ruleId))
      first.set(ruleId, Date.parse(at));
  return first;
}

test.runIf(isSoak).each(cases)("$rule finds $fault of a $type days before $before", (one) => {
  const first = firstOf(one);
  const found = first.get(one.rule) ?? Number.NaN;
  expect(found).toBeGreaterThan(0);
  const otherwise = one.before === null ? undefined : first.get(one.before);
  if (one.before === null) expect([...first.keys()]).toEqual([one.rule]);
  else expect((otherwise ?? Number.NaN) - found).toBeGreaterThan(3 * dayMs);
});

test.runIf(isSoak).each([
  { type: "tower-crane", start: "2026-12-01" },
  { type: "truck-crane", start: "2026-12-01" },
  { type: "concrete-pump-truck", start: "2026-12-01" },
  { type: "asphalt-paver", start: "2026-04-01" },
])("nothing is told of a sound $type in two months from $start", ({ type: name, start }) => {
  const type = machineTypes[name];
  if (!type) throw new TypeError(name);
  const startMs = Date.parse(`${start}T00:00:00+08:00`);
  const { findings } = judgeRun({ type, seed: 77, startMs, untilMs: startMs + 60 * dayMs });
  const told = findings.filter(({ mode, severity }) => mode !== "shadow" && severity !== "info");
  expect(told.map(({ ruleId }) => ruleId)).toEqual([]);
});
