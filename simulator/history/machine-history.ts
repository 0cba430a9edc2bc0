import type { DemoMachine } from "../fleet/demo-machines.ts";
import { machineTypes } from "../machine/registry.ts";
import { createSimulation } from "../run/simulation.ts";

/** Sums of the hours in which a signal was measured, ascending. */
export interface HourColumns {
  /** UTC, counted from the epoch. */
  readonly hour: Int32Array;
  readonly count: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly sum: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
}

export interface HistoryOrder {
  readonly machine: DemoMachine;
  /** Milliseconds since the epoch; whole hours. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly signals: readonly string[];
  /** What its plan calls its hour meter; it ends at the machine's hours. */
  readonly hourMeter: string | undefined;
}

/**
 * Coarse steps, ms: warmth and counters are as with fine ones, the cycles of the work are looked at now and then. Found by
 * comparing ranges and means with those of fine steps; the hoists of cranes need finer ones.
 */
const stepMsOf: Readonly<Record<string, number>> = { "tower-crane": 5_000, "truck-crane": 2_000 };
const usualStepMs = 10_000;
const lookMs = 120_000;
const weatherEveryMs = 30 * 60_000;
const hourMs = 3_600_000;

/**
 * Lets a machine live through months of shifts and weather, coarsely, and sums up what it measured, hour by hour.
 * Undefined for a type that nobody simulates.
 */
export function historyOf(
  order: HistoryOrder,
  onDay: () => void = () => {},
): ReadonlyMap<string, HourColumns> | undefined {
  const { machine, fromMs, toMs, signals } = order;
  const type = machineTypes[machine.machineType];
  if (!type) return undefined;
  const { seed, province } = machine;
  const simulation = createSimulation({
    ...{ type, seed, province, startMs: fromMs, weatherEveryMs },
    workingStepMs: stepMsOf[machine.machineType] ?? usualStepMs,
    hours: 0,
  });
  const hours = signals.map(() => new GrowingHours());
  for (let timeMs = fromMs + lookMs / 2, day = 0; timeMs < toMs; timeMs += lookMs) {
    simulation.advanceTo(timeMs);
    if (timeMs - fromMs >= (day + 1) * 24 * hourMs) {
      day++;
      onDay();
    }
    if (simulation.demand.activity === "off") continue;
    const measured = simulation.signals();
    const hour = Math.floor(timeMs / hourMs);
    for (let at = 0; at < signals.length; at++) {
      const value = measured[signals[at] ?? ""];
      if (typeof value === "number" && !Number.isNaN(value)) hours[at]?.add(hour, value);
    }
  }
  const columns = signals.map((name, at) => [name, hours[at]?.columns()] as const);
  const made = columns.flatMap(([name, one]) =>
    one && one.hour.length > 0 ? [[name, one] as const] : [],
  );
  return new Map(made.map(([name, one]) => [name, endingAt(order, name, one)]));
}

/** The meter of a history that began at 0 hours shows now what the machine's does. */
function endingAt({ hourMeter, machine }: HistoryOrder, name: string, one: HourColumns) {
  if (name !== hourMeter) return one;
  const by = machine.hours - (one.last.at(-1) ?? 0);
  const shifted = (values: Float64Array) => values.map((value) => value + by);
  return {
    ...one,
    min: shifted(one.min),
    max: shifted(one.max),
    first: shifted(one.first),
    last: shifted(one.last),
    sum: one.sum.map((sum, at) => sum + by * (one.count[at] ?? 0)),
  };
}

class GrowingHours {
  readonly #rows: [
    hour: number,
    count: number,
    min: number,
    max: number,
    sum: number,
    first: number,
    last: number,
  ][] = [];

  add(hour: number, value: number): void {
    const row = this.#rows.at(-1);
    if (row?.[0] !== hour) {
      this.#rows.push([hour, 1, value, value, value, value, value]);
      return;
    }
    row[1]++;
    if (value < row[2]) row[2] = value;
    if (value > row[3]) row[3] = value;
    row[4] += value;
    row[6] = value;
  }

  columns(): HourColumns {
    const column = (at: 1 | 2 | 3 | 4 | 5 | 6) => Float64Array.from(this.#rows, (row) => row[at]);
    return {
      hour: Int32Array.from(this.#rows, ([hour]) => hour),
      count: column(1),
      min: column(2),
      max: column(3),
      sum: column(4),
      first: column(5),
      last: column(6),
    };
  }
}
