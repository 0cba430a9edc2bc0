import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { type Static, Type } from "typebox";
import { loadRegions } from "../organisation/load-organisation.ts";
import { regionPathOf, zoneOf } from "../organisation/region.ts";
import { addMonths, instantOf, localDate } from "../sla/zone-time.ts";
import { closed } from "../vocabulary.ts";
import { Period } from "./forecast.ts";
import type { ForecastTables } from "./forecast-tables.ts";
import { loadConsumption } from "./region-stock.ts";

const Maybe = Type.Union([Type.Number(), Type.Null()]);

/** One calendar month of a part in a region: what was used beside what a released plan expected. */
export const PartMonth = Type.Object(
  {
    month: Type.String({ description: "such as 2026-06, of the region's calendar" }),
    period: Period,
    used: Type.Integer({ minimum: 0, description: "pieces consumed" }),
    expected: Maybe,
    upper: Maybe,
  },
  closed,
);
export type PartMonth = Static<typeof PartMonth>;

export interface PartMonthsQuery {
  readonly partNo: string;
  readonly regionId: string;
  /** How many months before the present one. */
  readonly months: number;
}

/**
 * The months up to the next one, oldest first. The forecast of about a month counts in the month its middle lies in,
 * whatever zone its planner had in mind; of several for one month the one with the highest upper demand.
 */
export async function partMonths(
  reader: Pick<Database | Transaction, "tables">,
  { partNo, regionId, months, nowMs }: PartMonthsQuery & { readonly nowMs: number },
): Promise<PartMonth[]> {
  const zone = zoneOf(regionPathOf(await loadRegions(reader), regionId));
  const first = `${localDate(zone, nowMs).slice(0, 7)}-01`;
  const startOf = (offset: number) =>
    new Date(instantOf(zone, addMonths(first, offset), 0)).toISOString();
  const used = await loadConsumption(reader, { partNo, from: startOf(-months), to: startOf(2) });
  const forecasts = await reader
    .tables<ForecastTables>()
    .selectFrom("demand_forecasts")
    .select(["period_from", "period_to", "expected", "upper"])
    .where("part_no", "=", partNo)
    .where("region_id", "=", regionId)
    .where("period_to", ">", startOf(-months))
    .orderBy("upper", "desc")
    .execute();
  const ofMonths = forecasts
    .map((one) => ({ ...one, ...middleOf(one.period_from, one.period_to) }))
    .filter(({ days }) => days > 26 && days < 33);
  return Array.from({ length: months + 2 }, (_none, index) => {
    const offset = index - months;
    const [from, to] = [startOf(offset), startOf(offset + 1)];
    const forecast = ofMonths.find(({ middle }) => middle >= from && middle < to);
    return {
      month: addMonths(first, offset).slice(0, 7),
      period: { from, to },
      used: used
        .filter((one) => one.regionId === regionId && one.at >= from && one.at < to)
        .reduce((sum, { quantity }) => sum + quantity, 0),
      expected: forecast ? Number(forecast.expected) : null,
      upper: forecast ? Number(forecast.upper) : null,
    };
  });
}

const DAY_MS = 86_400_000;

function middleOf(from: string, to: string): { readonly middle: string; readonly days: number } {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return {
    middle: new Date((fromMs + toMs) / 2).toISOString(),
    days: (toMs - fromMs) / DAY_MS,
  };
}
