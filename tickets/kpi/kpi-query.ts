import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { type SelectQueryBuilder, sql } from "kysely";
import { type Counts, countNames } from "./kpi-counts.ts";
import type { KpiTables } from "./kpi-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

export const kpiGroups = [
  "none",
  "day",
  "week",
  "month",
  "region",
  "station",
  "product",
  "model",
  "engineer",
  "priority",
  "trigger",
] as const;
export type KpiGroup = (typeof kpiGroups)[number];

export const kpiSpans = ["day", "week", "month"] as const satisfies readonly KpiGroup[];
export type KpiSpan = (typeof kpiSpans)[number];

const columnOf = {
  day: "day",
  week: "week",
  month: "month",
  region: "region_id",
  station: "station_id",
  product: "product",
  model: "model",
  engineer: "engineer_id",
  priority: "priority",
  trigger: "trigger",
} as const satisfies Record<Exclude<KpiGroup, "none">, keyof KpiTables["ticket_kpis"]>;

/** Tickets opened from `from`, included, to `to`, excluded; instants. */
export interface KpiSelection {
  readonly from: string;
  readonly to: string;
  /** These regions only; the tree has been walked by the caller. */
  readonly regionIds?: readonly string[] | undefined;
  readonly stationId?: string | undefined;
  readonly product?: string | undefined;
  readonly engineerId?: string | undefined;
  readonly kind?: string | undefined;
  readonly priority?: string | undefined;
}

export interface KpiGrouping {
  readonly groupBy: KpiGroup;
  /** For `region`: what each region is counted under; others count as themselves. */
  readonly regionGroups?: ReadonlyMap<string, string>;
  /** Grouped by time beside that, in the same reading. */
  readonly trendBy?: KpiSpan | undefined;
}

type Rows = SelectQueryBuilder<KpiTables, "ticket_kpis", object>;

/** Only the tickets of a selection. */
export function selected<Query extends Rows>(query: Query, selection: KpiSelection): Query {
  const { from, to, regionIds, stationId, product, engineerId, kind, priority } = selection;
  let rows = query.where("created_at", ">=", from).where("created_at", "<", to) as Rows;
  if (regionIds?.length === 0) rows = rows.where(sql<boolean>`1 = 0`);
  else if (regionIds) rows = rows.where("region_id", "in", [...regionIds]);
  if (stationId !== undefined) rows = rows.where("station_id", "=", stationId);
  if (product !== undefined) rows = rows.where("product", "=", product);
  if (engineerId !== undefined) rows = rows.where("engineer_id", "=", engineerId);
  if (kind !== undefined) rows = rows.where("kind", "=", kind);
  if (priority !== undefined) rows = rows.where("priority", "=", priority);
  return rows as Query;
}

/** One group of tickets: by what it is grouped, and in which span of time it lies. */
export interface CellKeys {
  readonly key: string;
  readonly trend: string;
}

/** What a row is counted under. Grouped by its place in the list: repeated parameters would make it another one. */
function groupKey({ groupBy, regionGroups }: Omit<KpiGrouping, "trendBy">) {
  if (groupBy === "none") return sql<string>`''`;
  const column = sql.ref(`ticket_kpis.${columnOf[groupBy]}`);
  if (groupBy !== "region" || !regionGroups || regionGroups.size === 0)
    return sql<string>`${column}`;
  const cases = [...regionGroups].map(([region, group]) => sql`when ${region} then ${group}`);
  return sql<string>`case ${column} ${sql.join(cases, sql` `)} else ${column} end`;
}

/** The group and the span of a row. */
const keysOf = (grouping: KpiGrouping) => [
  groupKey(grouping).as("key"),
  groupKey({ groupBy: grouping.trendBy ?? "none" }).as("trend"),
];

/** Sums of every group in every span. `now`: an inspection not done is due once its window is over by then. */
export async function sumCounts(
  reader: Reader,
  selection: KpiSelection,
  grouping: KpiGrouping,
  now: string,
): Promise<(CellKeys & { readonly counts: Counts })[]> {
  const rows = await selected(reader.tables<KpiTables>().selectFrom("ticket_kpis"), selection)
    .select(keysOf(grouping))
    .select(countNames.map((name) => sql<number>`sum(${sql.ref(name)})`.as(name)))
    .select(sql<number>`sum(case when due_at <= ${now} then 1 else 0 end)`.as("overdue"))
    .groupBy([sql`1`, sql`2`])
    .execute();
  return rows.map((row) => {
    const sums = Object.fromEntries(countNames.map((name) => [name, Number(row[name])]));
    const { inspections_due: done = 0 } = sums;
    const counts = { ...sums, inspections_due: done + Number(row.overdue) } as Counts;
    return { key: row.key, trend: row.trend, counts };
  });
}

export interface DurationRow extends CellKeys {
  readonly response_ms: number | null;
  readonly arrival_ms: number | null;
  readonly parts_cycle_ms: number | null;
}

/** The durations themselves: sorting them here takes a fraction of what ranking them in the database does. */
export const loadDurations = (
  reader: Reader,
  selection: KpiSelection,
  grouping: KpiGrouping,
): Promise<DurationRow[]> =>
  selected(reader.tables<KpiTables>().selectFrom("ticket_kpis"), selection)
    .where((eb) =>
      eb.or([
        eb("response_ms", "is not", null),
        eb("arrival_ms", "is not", null),
        eb("parts_cycle_ms", "is not", null),
      ]),
    )
    .select([...keysOf(grouping), "response_ms", "arrival_ms", "parts_cycle_ms"])
    .execute();

/** Work tickets by what they are about; those nobody named a fault for are left out. */
export async function countFaults(
  reader: Reader,
  selection: KpiSelection,
): Promise<{ faultCode: string; faultClass: string; regionId: string; count: number }[]> {
  const rows = await selected(reader.tables<KpiTables>().selectFrom("ticket_kpis"), selection)
    .where("fault_code", "!=", "")
    .where("work_tickets", "=", 1)
    .select(["fault_code", "fault_class", "region_id", sql<number>`count(*)`.as("count")])
    .groupBy(["fault_code", "fault_class", "region_id"])
    .execute();
  return rows.map((row) => ({
    faultCode: row.fault_code,
    faultClass: row.fault_class,
    regionId: row.region_id,
    count: Number(row.count),
  }));
}
