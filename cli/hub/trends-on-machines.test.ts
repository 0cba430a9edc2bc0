import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Finding } from "@firebreak/rules/finding.ts";
import type { MachineHours, SignalHours } from "@firebreak/rules/history/hours.ts";
import { historySignals, judgeHistory } from "@firebreak/rules/history/judge-history.ts";
import type { FaultOrder } from "@firebreak/simulator/machine/machine-model.ts";
import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { createSimulation } from "@firebreak/simulator/run/simulation.ts";
import { expect, test } from "vitest";

/** A year and more of machines: minutes. */
const isSoak = process.env.FIREBREAK_SOAK !== undefined;

const startMs = Date.parse("2026-01-05T00:00:00+08:00");
const msPerDay = 86_400_000;
const msPerHour = 3_600_000;

interface Lived {
  readonly hours: MachineHours;
  readonly failedMs: number;
}

/** Hour sums of a machine that is looked at every two minutes; coarse steps keep warmth and wear as they are. */
function live(typeName: string, seed: number, days: number, faults: readonly FaultOrder[]): Lived {
  const type = machineTypes[typeName];
  if (!type) throw new TypeError(typeName);
  const simulation = createSimulation({
    ...{ type, seed, startMs, faults, weatherEveryMs: 30 * 60_000 },
    workingStepMs: typeName === "tower-crane" ? 5_000 : 10_000,
  });
  const sums = new Map(
    historySignals(loadPlan(typeName)).map((name) => [name, new Map<number, number[]>()]),
  );
  for (let timeMs = startMs; timeMs < startMs + days * msPerDay; timeMs += 120_000) {
    simulation.advanceTo(timeMs);
    if (simulation.demand.activity === "off") continue;
    const measured = simulation.signals();
    const hour = Math.floor(timeMs / msPerHour);
    for (const [name, byHour] of sums) {
      const value = measured[name];
      if (typeof value !== "number" || Number.isNaN(value)) continue;
      const values = byHour.get(hour);
      if (values) values.push(value);
      else byHour.set(hour, [value]);
    }
  }
  const [fault] = simulation.truth().faults;
  return {
    hours: new Map([...sums].map(([name, byHour]) => [name, columnsOf(byHour)])),
    failedMs: Date.parse(fault?.failedAt ?? ""),
  };
}

function columnsOf(byHour: ReadonlyMap<number, readonly number[]>): SignalHours {
  const rows = [...byHour].sort(([one], [other]) => one - other);
  return {
    hour: rows.map(([hour]) => hour),
    count: rows.map(([, values]) => values.length),
    min: rows.map(([, values]) => Math.min(...values)),
    max: rows.map(([, values]) => Math.max(...values)),
    mean: rows.map(([, values]) => values.reduce((sum, value) => sum + value, 0) / values.length),
  };
}

/** What is raised, judged day by day as a hub does. */
function raisedOf(typeName: string, { hours }: Lived, days: number): Finding[] {
  const plan = loadPlan(typeName);
  const told = new Map<string, Finding>();
  const raised: Finding[] = [];
  const firstDay = Math.floor(startMs / msPerDay);
  for (let lastDay = firstDay + 10; lastDay < firstDay + days; lastDay++) {
    const settingOf = () => ({ horizonDays: 30, fromHour: Number.NEGATIVE_INFINITY });
    const known = { machineId: "M", plan, lastDay, told: [...told.values()], settingOf };
    const until = (lastDay + 1) * 24;
    const work = judgeHistory({ ...known, hours: cutAt(hours, until) });
    for (let next = work.next(); ; next = work.next()) {
      if (!next.done) continue;
      for (const finding of next.value.findings) {
        told.set(finding.findingId, finding);
        if (finding.phase === "raised") raised.push(finding);
      }
      break;
    }
  }
  return raised;
}

/** As they were known then. */
const cutAt = (hours: MachineHours, until: number): MachineHours =>
  new Map(
    [...hours].map(([name, own]) => {
      const end = Array.from(own.hour).findIndex((hour) => hour >= until);
      const cut = (column: ArrayLike<number>) =>
        Array.from(column).slice(0, end < 0 ? undefined : end);
      const { hour, count, min, mean, max } = own;
      return [
        name,
        { hour: cut(hour), count: cut(count), min: cut(min), mean: cut(mean), max: cut(max) },
      ];
    }),
  );

const slow = [
  {
    type: "concrete-pump-truck",
    fault: "main-pump-wears",
    lifeHours: 500,
    rule: "main-pump-wears",
  },
  {
    ...{ type: "concrete-pump-truck", fault: "return-filter-clogs" },
    ...{ lifeHours: 400, rule: "return-filter-fills" },
  },
  {
    ...{ type: "horizontal-directional-drill", fault: "return-filter-clogs" },
    ...{ lifeHours: 700, rule: "return-filter-fills" },
  },
  {
    ...{ type: "cold-milling-machine", fault: "air-filter-clogs" },
    ...{ lifeHours: 400, rule: "air-filter-fills" },
  },
] as const;

test.runIf(isSoak).each(slow)(
  "$fault of a $type is told 30 days before it fails, by its rule alone",
  ({ type, fault, lifeHours, rule }) => {
    for (const seed of [31, 32]) {
      const fromMs = startMs + 40 * msPerDay;
      const lived = live(type, seed, 200, [{ fault, fromMs, lifeHours }]);
      const raised = raisedOf(type, lived, 200);
      const inTime = raised.filter(({ at }) => Date.parse(at) < lived.failedMs);
      expect(new Set(inTime.map(({ ruleId }) => ruleId))).toEqual(new Set([rule]));
      const leadDays = (lived.failedMs - Date.parse(raised[0]?.at ?? "")) / msPerDay;
      expect(leadDays).toBeGreaterThanOrEqual(30);
    }
  },
  600_000,
);

test
  .runIf(isSoak)
  .each([
    "concrete-pump-truck",
    "horizontal-directional-drill",
    "cold-milling-machine",
    "tower-crane",
  ])(
  "nothing is told of a sound %s in months",
  (type) => {
    for (const seed of [41, 42, 43])
      expect(raisedOf(type, live(type, seed, 240, []), 240), `seed ${seed}`).toEqual([]);
  },
  600_000,
);
