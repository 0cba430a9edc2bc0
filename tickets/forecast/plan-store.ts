import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "../service-work.ts";
import type { ForecastTables } from "./forecast-tables.ts";
import type { PartsPlan, PlanState, PlanType } from "./parts-plan.ts";
import type { RegionStock } from "./region-stock.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** @throws CodedError PLAN_UNKNOWN */
export async function requirePlan(reader: Reader, planId: string): Promise<PartsPlan> {
  const row = await reader
    .tables<ForecastTables>()
    .selectFrom("parts_plans")
    .select("body")
    .where("plan_id", "=", planId)
    .executeTakeFirst();
  if (!row) throw new CodedError("PLAN_UNKNOWN", `there is no parts plan ${planId}`);
  return JSON.parse(row.body) as PartsPlan;
}

export interface PlanFilter {
  readonly planType?: PlanType | undefined;
  readonly regionId?: string | undefined;
  readonly state?: PlanState | undefined;
}

/** Newest first, 200 at the most. */
export async function listPlans(reader: Reader, filter: PlanFilter): Promise<PartsPlan[]> {
  let query = reader
    .tables<ForecastTables>()
    .selectFrom("parts_plans")
    .select("body")
    .orderBy("at", "desc")
    .orderBy("plan_id")
    .limit(200);
  if (filter.planType !== undefined) query = query.where("plan_type", "=", filter.planType);
  if (filter.regionId !== undefined) query = query.where("region_id", "=", filter.regionId);
  if (filter.state !== undefined) query = query.where("state", "=", filter.state);
  return (await query.execute()).map(({ body }) => JSON.parse(body) as PartsPlan);
}

export async function insertPlan({ tx, at }: ServiceWork, plan: PartsPlan): Promise<void> {
  await tx
    .tables<ForecastTables>()
    .insertInto("parts_plans")
    .values({
      plan_id: plan.planId,
      plan_type: plan.planType,
      region_id: plan.regionId,
      period_from: plan.period.from,
      period_to: plan.period.to,
      state: plan.state,
      version: plan.version,
      at,
      body: JSON.stringify(plan),
    })
    .execute();
}

/** @throws CodedError PLAN_CHANGED when somebody else changed it meanwhile */
export async function updatePlan(
  { tx }: ServiceWork,
  before: PartsPlan,
  after: PartsPlan,
): Promise<void> {
  const { numUpdatedRows } = await tx
    .tables<ForecastTables>()
    .updateTable("parts_plans")
    .set({ state: after.state, version: after.version, body: JSON.stringify(after) })
    .where("plan_id", "=", before.planId)
    .where("version", "=", before.version)
    .executeTakeFirst();
  if (Number(numUpdatedRows) !== 1)
    throw new CodedError("PLAN_CHANGED", `${before.planId} was changed meanwhile`, {
      retryable: true,
    });
}

export async function saveSnapshot(
  { tx, at }: ServiceWork,
  planId: string,
  stock: readonly RegionStock[],
): Promise<void> {
  for (const { regionId, partNo, onHand, reserved, inTransit } of stock)
    await tx
      .tables<ForecastTables>()
      .insertInto("stock_snapshots")
      .values({
        snapshot_id: planId,
        region_id: regionId,
        part_no: partNo,
        on_hand: onHand,
        reserved,
        in_transit: inTransit,
        at,
      })
      .execute();
}

/** What a released plan expects, for the consumption curve. */
export async function saveForecasts({ tx }: ServiceWork, plan: PartsPlan): Promise<void> {
  for (const { forecast } of plan.lines)
    if (forecast)
      await tx
        .tables<ForecastTables>()
        .insertInto("demand_forecasts")
        .values({
          forecast_id: forecast.forecastId,
          part_no: forecast.partNo,
          region_id: forecast.regionId,
          period_from: forecast.period.from,
          period_to: forecast.period.to,
          expected: forecast.expected,
          upper: forecast.upper,
        })
        .execute();
}

export async function loadForecasts(
  reader: Reader,
  { partNo, from, to }: { readonly partNo: string; readonly from: string; readonly to: string },
): Promise<{ regionId: string; fromMs: number; toMs: number; expected: number }[]> {
  const rows = await reader
    .tables<ForecastTables>()
    .selectFrom("demand_forecasts")
    .selectAll()
    .where("part_no", "=", partNo)
    .where("period_to", ">", from)
    .where("period_from", "<", to)
    .execute();
  return rows.map((row) => ({
    regionId: row.region_id,
    fromMs: Date.parse(row.period_from),
    toMs: Date.parse(row.period_to),
    expected: Number(row.expected),
  }));
}
