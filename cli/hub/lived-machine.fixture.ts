import { loadPlan } from "@firebreak/plans/load-plans.ts";
import type { MachineHours, SignalHours } from "@firebreak/rules/history/hours.ts";
import { historySignals } from "@firebreak/rules/history/judge-history.ts";
import type { FaultOrder } from "@firebreak/simulator/machine/machine-model.ts";
import { machineTypes } from "@firebreak/simulator/machine/registry.ts";
import { createSimulation } from "@firebreak/simulator/run/simulation.ts";

export const startMs = Date.parse("2026-01-05T00:00:00+08:00");
export const msPerDay = 86_400_000;
const msPerHour = 3_600_000;

export interface Lived {
  readonly hours: MachineHours;
  readonly failedMs: number;
}

/** Hour sums of a machine that is looked at every two minutes; coarse steps keep warmth and wear as they are. */
export function live(
  typeName: string,
  seed: number,
  days: number,
  faults: readonly FaultOrder[],
): Lived {
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
