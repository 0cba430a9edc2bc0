import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { installedBaseStates } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { type Region, regionPathOf } from "../organisation/region.ts";
import { addCounts } from "./kpi-counts.ts";
import { type Durations, type Kpis, kpisOf, quantilesOf } from "./kpi-formulas.ts";
import {
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

/**
 * The figures of all selected tickets, and of every group that has one, by key in rising order. `now`: an instant.
 */
export async function kpisByGroup(
  reader: Reader,
  selection: KpiSelection,
  grouping: KpiGrouping,
  now: string,
): Promise<{ readonly total: Kpis; readonly groups: readonly KpiOfGroup[] }> {
  const counts = await sumCounts(reader, selection, grouping, now);
  const durations = await loadDurations(reader, selection, grouping);
  const machines = await countMachines(reader, selection, grouping);
  const years = (Date.parse(selection.to) - Date.parse(selection.from)) / YEAR_MS;
  const all = [...machines.byKey.values()].reduce((sum, each) => sum + each, 0);
  const byKey = Map.groupBy(durations, ({ key }) => key);
  return {
    total: kpisOf(addCounts([...counts.values()]), durationsOf(durations), {
      machines: all,
      years,
    }),
    groups: [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, sums]) => ({
        key,
        kpis: kpisOf(
          sums,
          durationsOf(byKey.get(key) ?? []),
          machines.areGrouped ? { machines: machines.byKey.get(key) ?? 0, years } : undefined,
        ),
      })),
  };
}

function durationsOf(rows: readonly DurationRow[]): Durations {
  const of = (name: Exclude<keyof DurationRow, "key">) =>
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
