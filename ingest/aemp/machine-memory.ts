import type { TelemetryStore } from "../store/store.ts";
import { type AempSample, aempSignals } from "./machine-samples.ts";

/** Times are of makers' clocks; what lies further ahead of ours is no time. */
const maxAheadMs = 3_600_000;

/** What is new of a machine: a value with a time that was seen before, or an earlier one, is the same again. */
export interface MachineMemory {
  /** @throws whatever the store does */
  fresh(
    machineId: string,
    samples: readonly AempSample[],
    nowMs: number,
  ): Promise<{ readonly samples: readonly AempSample[]; readonly ahead: number }>;
  /** They are journalled. */
  note(machineId: string, samples: readonly AempSample[]): void;
}

/** Knows from the store what was read before the hub started. */
export function createMachineMemory(store: Pick<TelemetryStore, "signals">): MachineMemory {
  const newest = new Map<string, Map<number, number>>();
  const of = async (machineId: string): Promise<Map<number, number>> => {
    const known = newest.get(machineId);
    if (known) return known;
    const times = new Map<number, number>();
    for (const { name, t } of await store.signals(machineId)) {
      const signal = aempSignals.indexOf(name);
      if (signal >= 0) times.set(signal, Date.parse(t));
    }
    newest.set(machineId, times);
    return times;
  };
  return {
    async fresh(machineId, samples, nowMs) {
      const times = await of(machineId);
      const inTime = samples.filter(({ timeMs }) => timeMs <= nowMs + maxAheadMs);
      const fresh = inTime.filter(
        ({ signal, timeMs }) => timeMs > (times.get(signal) ?? Number.NEGATIVE_INFINITY),
      );
      return { samples: fresh, ahead: samples.length - inTime.length };
    },
    note(machineId, samples) {
      const times = newest.get(machineId);
      for (const { signal, timeMs } of samples)
        times?.set(signal, Math.max(timeMs, times.get(signal) ?? timeMs));
    },
  };
}
