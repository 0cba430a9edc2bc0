import type { FleetHours, TelemetryStore } from "@firebreak/ingest/store/store.ts";
import type { MachineHours, SignalHours } from "@firebreak/rules/history/hours.ts";

const nsPerHour = 3_600_000_000_000n;

/** Hours of several machines, by machine and signal; from an hour since the epoch to before another. */
export async function loadHours(
  store: Pick<TelemetryStore, "fleetHours">,
  {
    machineIds,
    signals,
    fromHour,
    toHour,
    abort,
  }: {
    readonly machineIds: readonly string[];
    readonly signals: readonly string[];
    readonly fromHour: number;
    readonly toHour: number;
    readonly abort: AbortSignal;
  },
): Promise<MachineHours[]> {
  const machines = machineIds.map(() => new Map<string, SignalHours>());
  for (const signal of signals) {
    const fleet = await store.fleetHours(
      {
        signal,
        machineIds,
        fromNs: BigInt(fromHour) * nsPerHour,
        toNs: BigInt(toHour) * nsPerHour,
      },
      { abort },
    );
    for (const [machine, hours] of byMachine(fleet)) machines[machine]?.set(signal, hours);
  }
  return machines;
}

/** Machines come one after the other, their hours in order. Hours without a good sample are left out. */
export function byMachine(fleet: FleetHours): Map<number, SignalHours> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < fleet.hour.length; row++) {
    if (!((fleet.count[row] ?? 0) > 0)) continue;
    const machine = fleet.machine[row] ?? 0;
    const ofMachine = rows.get(machine);
    if (ofMachine) ofMachine.push(row);
    else rows.set(machine, [row]);
  }
  const pick = (column: ArrayLike<number>, at: readonly number[]) =>
    Float64Array.from(at, (row) => column[row] ?? Number.NaN);
  return new Map(
    Array.from(rows, ([machine, at]): [number, SignalHours] => [
      machine,
      {
        hour: pick(fleet.hour, at),
        min: pick(fleet.min, at),
        mean: pick(fleet.mean, at),
        max: pick(fleet.max, at),
        count: pick(fleet.count, at),
      },
    ]),
  );
}
