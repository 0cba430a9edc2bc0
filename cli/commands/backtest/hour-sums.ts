import type { MachineHours, SignalHours } from "@firebreak/rules/history/hours.ts";

const hourMs = 3_600_000;

interface Columns extends SignalHours {
  readonly hour: number[];
  readonly min: number[];
  readonly mean: number[];
  readonly max: number[];
  readonly count: number[];
}

/** Hours of one machine, summed up from its good samples; they come in the order of their time. */
export class HourSums {
  readonly #signals = new Map<string, Columns>();

  add(signal: string, timeMs: number, value: number): void {
    let columns = this.#signals.get(signal);
    if (columns === undefined) {
      columns = { hour: [], min: [], mean: [], max: [], count: [] };
      this.#signals.set(signal, columns);
    }
    const hour = Math.floor(timeMs / hourMs);
    const last = columns.hour.length - 1;
    if (columns.hour[last] !== hour) {
      columns.hour.push(hour);
      columns.min.push(value);
      columns.mean.push(value);
      columns.max.push(value);
      columns.count.push(1);
      return;
    }
    const count = (columns.count[last] ?? 0) + 1;
    columns.count[last] = count;
    columns.min[last] = Math.min(columns.min[last] ?? value, value);
    columns.max[last] = Math.max(columns.max[last] ?? value, value);
    const mean = columns.mean[last] ?? value;
    columns.mean[last] = mean + (value - mean) / count;
  }

  all(): MachineHours {
    return this.#signals;
  }
}
