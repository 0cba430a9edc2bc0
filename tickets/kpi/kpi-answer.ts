import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { installedBaseStates } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { type Region, regionPathOf } from "../organisation/region.ts";
import { addCounts, type Counts } from "./kpi-counts.ts";
import { type Durations, type Fleet, type Kpis, kpisOf, quantilesOf } from "./kpi-formulas.ts";
import {
  type CellKeys,
  type DurationRow,
  type KpiGrouping,
  type KpiSelection,
  loadDurations,
  sumCounts,
} from "./kpi-query.ts";

type Reader = Pick<Database | Transaction, "tables">;

export interface KpiOfGroup {
  readonly key: string;
  readonly kpis: Kpis;
}

const YEAR_MS = 365.25 * 24 * 3600 * 1000;

/** Figures of tickets and of their groups. */
export interface GroupedKpis {
  readonly total: Kpis;
  /** Every group that has a ticket, by key in rising order. */
  readonly groups: readonly KpiOfGroup[];
  /** Every span of time that has one, in its order; one for all where nothing is asked by time. */
  readonly trend: readonly KpiOfGroup[];
}

/** The figures of all selected tickets, by group and by time. `now`: an instant. */
export async function kpisByGroup(
  reader: Reader,
  selection: KpiSelection,
  grouping: KpiGrouping,
  now: string,
): Promise<GroupedKpis> {
  const cells = await sumCounts(reader, selection, grouping, now);
  const durations = await loadDurations(reader, selection, grouping);
  const machines = await countMachines(reader, selection, grouping);
  const years = (Date.parse(selection.to) - Date.parse(selection.from)) / YEAR_MS;
  const all = [...machines.byKey.values()].reduce((sum, each) => sum + each, 0);
  const fleetOf = (key: string) =>
    machines.areGrouped ? { machines: machines.byKey.get(key) ?? 0, years } : undefined;
  return {
    total: kpisOf(addCounts(cells.map(({ counts }) => counts)), durationsOf(durations), {
      machines: all,
      years,
    }),
    groups: byKey("key", cells, durations, fleetOf),
    trend: byKey("trend", cells, durations),
  };
}

/** Cells put together that have one key in common. */
function byKey(
  name: keyof CellKeys,
  cells: readonly (CellKeys & { readonly counts: Counts })[],
  durations: readonly DurationRow[],
  fleetOf: (key: string) => Fleet | undefined = () => undefined,
): KpiOfGroup[] {
  const durationsByKey = Map.groupBy(durations, (row) => row[name]);
  return [...Map.groupBy(cells, (cell) => cell[name])]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, alike]) => {
      const counts = addCounts(alike.map((cell) => cell.counts));
      return {
        key,
        kpis: kpisOf(counts, durationsOf(durationsByKey.get(key) ?? []), fleetOf(key)),
      };
    });
}

function durationsOf(rows: readonly DurationRow[]): Durations {
  const of = (name: Exclude<keyof DurationRow, keyof CellKeys>) =>
    quantilesOf(rows.flatMap((row) => row[name] ?? []));
  return {
    response: of("response_ms"),
    arrival: of("arrival_ms"),
    partsCycle: of("parts_cycle_ms"),
  };
}

/**
 * Machines in use that the tickets could have come from. They are grouped only where a group is one of machines: an
 * engineer has none, and a month is too short for the failure rate of a year.
 */
async function countMachines(
  reader: Reader,
  { regionIds, stationId, product }: KpiSelection,
  { groupBy, regionGroups }: KpiGrouping,
): Promise<{ readonly areGrouped: boolean; readonly byKey: ReadonlyMap<string, number> }> {
  const byKey = new Map<string, number>();
  const areGrouped = groupBy === "region" || groupBy === "product";
  if (regionIds?.length === 0) return { areGrouped, byKey };
  let query = reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select(["region_id", "product_type", (eb) => eb.fn.countAll<number>().as("count")])
    .where("state", "in", [...installedBaseStates])
    .groupBy(["region_id", "product_type"]);
  if (regionIds) query = query.where("region_id", "in", [...regionIds]);
  if (stationId !== undefined) query = query.where("station_id", "=", stationId);
  if (product !== undefined) query = query.where("product_type", "=", product);
  for (const { region_id: region, product_type: type, count } of await query.execute()) {
    const key = groupBy === "product" ? type : (regionGroups?.get(region) ?? region);
    byKey.set(key, (byKey.get(key) ?? 0) + Number(count));
  }
  return { areGrouped, byKey };
}

/** Under which child of `regionId`, or under which root, each region below it is counted. */
export function regionGroupsOf(
  regions: ReadonlyMap<string, Region>,
  regionId: string | undefined,
): Map<string, string> {
  const groups = new Map<string, string>();
  for (const id of regions.keys()) {
    const path = regionPathOf(regions, id).map((region) => region.regionId);
    const at = regionId === undefined ? 0 : path.indexOf(regionId) + 1;
    const group = regionId !== undefined && at === 0 ? undefined : (path[at] ?? id);
    if (group !== undefined && group !== id) groups.set(id, group);
  }
  return groups;
}
