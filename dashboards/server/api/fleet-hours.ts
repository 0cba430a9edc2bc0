import type { FleetHours } from "@firebreak/ingest/store/store.ts";
import type { Pieces } from "./in-pieces.ts";
import type { FleetHoursRow } from "./schemas.ts";

/** So many entries at one go. */
const entriesAtOnce = 200;
const hourMs = 3_600_000;
const emptyRow = (machineId: string): FleetHoursRow => ({
  machineId,
  t: [],
  min: [],
  max: [],
  mean: [],
  count: [],
  errors: [],
});

/** Columns of each machine, one entry for each hour with samples. Pure. */
export function hoursOfMachines(
  machineIds: readonly string[],
  found: FleetHours,
): Pieces<FleetHoursRow[]> {
  return group(machineIds, found, (row, at) => push(row, found, at));
}

/** One entry for each machine, the start of its first hour as time. Pure. */
export function sumsOfMachines(
  machineIds: readonly string[],
  found: FleetHours,
): Pieces<FleetHoursRow[]> {
  return group(machineIds, found, (row, at) => {
    if (row.t.length === 0) return push(row, found, at);
    const [before = 0, more = 0] = [row.count[0], found.count[at]];
    row.errors[0] = (row.errors[0] ?? 0) + (found.errors[at] ?? 0);
    if (more === 0) return;
    const [min, max, mean] = [found.min, found.max, found.mean].map((column) => column[at] ?? 0);
    row.min[0] = Math.min(row.min[0] ?? Number.POSITIVE_INFINITY, min ?? 0);
    row.max[0] = Math.max(row.max[0] ?? Number.NEGATIVE_INFINITY, max ?? 0);
    row.mean[0] = ((row.mean[0] ?? 0) * before + (mean ?? 0) * more) / (before + more);
    row.count[0] = before + more;
  });
}

function* group(
  machineIds: readonly string[],
  { machine }: FleetHours,
  add: (row: FleetHoursRow, at: number) => void,
): Pieces<FleetHoursRow[]> {
  const rows: FleetHoursRow[] = [];
  let last: number | undefined;
  for (const [at, index] of machine.entries()) {
    if (at % entriesAtOnce === 0) yield;
    if (index !== last) rows.push(emptyRow(machineIds[index] ?? ""));
    last = index;
    const row = rows.at(-1);
    if (row) add(row, at);
  }
  return rows;
}

function push(row: FleetHoursRow, found: FleetHours, at: number): void {
  const isGood = (found.count[at] ?? 0) > 0;
  const orNull = (column: Float64Array) => (isGood ? (column[at] ?? null) : null);
  row.t.push(new Date((found.hour[at] ?? 0) * hourMs).toISOString());
  row.min.push(orNull(found.min));
  row.max.push(orNull(found.max));
  row.mean.push(orNull(found.mean));
  row.count.push(found.count[at] ?? 0);
  row.errors.push(found.errors[at] ?? 0);
}
