import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { installedBaseStates } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { type Region, regionPathOf } from "../organisation/region.ts";
import { type Kpis, kpisOf, noRatings, quantilesOf } from "./kpi-formulas.ts";
import {
  durationQuantiles,
  type KpiGrouping,
  type KpiSelection,
  sumCounts,
  sumRatings,
} from "./kpi-query.ts";

type Reader = Pick<Database | Transaction, "tables">;

export interface KpiOfGroup {
  readonly key: string;
  readonly kpis: Kpis;
}

const YEAR_MS = 365.25 * 24 * 3600 * 1000;
const noDuration = quantilesOf([]);

/** The figures of every group that has a ticket, by key in rising order. `now`: an instant. */
export async function kpisByGroup(
  reader: Reader,
  selection: KpiSelection,
  grouping: KpiGrouping,
  now: string,
): Promise<KpiOfGroup[]> {
  const counts = await sumCounts(reader, selection, grouping, now);
  const response = await durationQuantiles(reader, "response_ms", selection, grouping);
  const arrival = await durationQuantiles(reader, "arrival_ms", selection, grouping);
  const partsCycle = await durationQuantiles(reader, "parts_cycle_ms", selection, grouping);
  const ratings = await sumRatings(reader, selection, grouping);
  const machines = await countMachines(reader, selection, grouping);
  const years = (Date.parse(selection.to) - Date.parse(selection.from)) / YEAR_MS;
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sums]) => {
      const durations = {
        response: response.get(key) ?? noDuration,
        arrival: arrival.get(key) ?? noDuration,
        partsCycle: partsCycle.get(key) ?? noDuration,
      };
      const fleet = machines && { machines: machines.get(key) ?? 0, years };
      return { key, kpis: kpisOf(sums, durations, ratings.get(key) ?? noRatings, fleet) };
    });
}

/**
 * Machines in use that the tickets of each group could have come from; undefined where a group is none of machines,
 * such as an engineer, or a month, whose length the failure rate would need.
 */
async function countMachines(
  reader: Reader,
  { regionIds, stationId, product }: KpiSelection,
  { groupBy, regionGroups }: KpiGrouping,
): Promise<Map<string, number> | undefined> {
  if (groupBy !== "none" && groupBy !== "region" && groupBy !== "product") return undefined;
  if (regionIds?.length === 0) return new Map();
  let query = reader
    .tables<OrganisationTables>()
    .selectFrom("machine_files")
    .select(["region_id", "product_type", (eb) => eb.fn.countAll<number>().as("count")])
    .where("state", "in", [...installedBaseStates])
    .groupBy(["region_id", "product_type"]);
  if (regionIds) query = query.where("region_id", "in", [...regionIds]);
  if (stationId !== undefined) query = query.where("station_id", "=", stationId);
  if (product !== undefined) query = query.where("product_type", "=", product);
  const machines = new Map<string, number>();
  for (const { region_id: region, product_type: type, count } of await query.execute()) {
    const keys = { none: "", region: regionGroups?.get(region) ?? region, product: type };
    const key = keys[groupBy];
    machines.set(key, (machines.get(key) ?? 0) + Number(count));
  }
  return machines;
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
