import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { type Static, Type } from "typebox";
import type { ServiceWork } from "../service-work.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import type { Assumption } from "./forecast.ts";
import type { ForecastTables } from "./forecast-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

export const parameterNames = [
  "seasonal_factor",
  "region_factor",
  "planned_units",
  "new_machine_wear_rate",
] as const;
export type ParameterName = (typeof parameterNames)[number];

/** A number that people, or the errors of the past, put into the forecast. */
export const Parameter = Type.Object(
  {
    name: literals(parameterNames),
    regionId: Type.String({ description: "empty: every region" }),
    partNo: Type.String({ description: "empty: every part" }),
    months: Type.Array(Type.Integer({ minimum: 1, maximum: 12 }), {
      description: "calendar months it holds in; empty: all",
      maxItems: 12,
      uniqueItems: true,
    }),
    value: Type.Number({ minimum: 0, maximum: 1_000_000 }),
    source: Type.String({ minLength: 1, maxLength: 400, description: "who or what says so" }),
  },
  closed,
);
export type Parameter = Static<typeof Parameter>;

export const ParameterChange = Type.Object(
  {
    name: literals(parameterNames),
    regionId: Type.String(),
    partNo: Type.String(),
    before: Type.Union([Type.Number(), Type.Null()]),
    after: Type.Number(),
    reason: Type.String(),
    actorId: Type.String(),
    at: Instant,
  },
  closed,
);
export type ParameterChange = Static<typeof ParameterChange>;

const keyOf = ({ name, regionId, partNo, months }: Omit<Parameter, "value" | "source">): string =>
  JSON.stringify([name, regionId, partNo, [...months].sort((a, b) => a - b)]);

export async function loadParameters(reader: Reader): Promise<Parameter[]> {
  const rows = await reader
    .tables<ForecastTables>()
    .selectFrom("forecast_parameters")
    .selectAll()
    .orderBy("parameter_key")
    .execute();
  return rows.map((row) => ({
    name: row.name as ParameterName,
    regionId: row.region_id,
    partNo: row.part_no,
    months: JSON.parse(row.months) as number[],
    value: Number(row.value),
    source: row.source,
  }));
}

/** Sets a parameter and logs what it was before (PD-3). */
export async function saveParameter(
  { tx, at, actor, ids }: ServiceWork,
  parameter: Parameter,
  reason: string,
): Promise<void> {
  const tables = tx.tables<ForecastTables>();
  const { name, regionId, partNo, months, value, source } = parameter;
  const parameter_key = keyOf(parameter);
  const before = await tables
    .selectFrom("forecast_parameters")
    .select("value")
    .where("parameter_key", "=", parameter_key)
    .executeTakeFirst();
  const place = { name, region_id: regionId, part_no: partNo };
  await tables
    .insertInto("forecast_parameters")
    .values({ parameter_key, ...place, months: JSON.stringify(months), value, source })
    .onConflict((conflict) => conflict.column("parameter_key").doUpdateSet({ value, source }))
    .execute();
  await tables
    .insertInto("forecast_parameter_log")
    .values({
      log_id: ids.rowId(),
      ...place,
      before_value: before ? Number(before.value) : null,
      after_value: value,
      reason,
      actor: actor.id,
      at,
    })
    .execute();
}

/** Newest first. */
export async function loadParameterLog(reader: Reader, limit: number): Promise<ParameterChange[]> {
  const rows = await reader
    .tables<ForecastTables>()
    .selectFrom("forecast_parameter_log")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("log_id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    name: row.name as ParameterName,
    regionId: row.region_id,
    partNo: row.part_no,
    before: row.before_value === null ? null : Number(row.before_value),
    after: Number(row.after_value),
    reason: row.reason,
    actorId: row.actor,
    at: row.at,
  }));
}

/**
 * The parameter that holds for a part in a region and month: the most specific one, part before region before month.
 * Pure. `regionPath`: from the root to the region.
 */
export function parameterFor(
  parameters: readonly Parameter[],
  name: ParameterName,
  where: {
    readonly partNo: string;
    readonly regionPath: readonly string[];
    readonly month: number;
  },
): Parameter | undefined {
  const { partNo, regionPath, month } = where;
  const weight = (one: Parameter): number =>
    (one.partNo === "" ? 0 : 1000) +
    (one.regionId === "" ? 0 : 10 * (regionPath.indexOf(one.regionId) + 1)) +
    (one.months.length === 0 ? 0 : 1);
  return parameters
    .filter(
      (one) =>
        one.name === name &&
        (one.partNo === "" || one.partNo === partNo) &&
        (one.regionId === "" || regionPath.includes(one.regionId)) &&
        (one.months.length === 0 || one.months.includes(month)),
    )
    .toSorted((a, b) => weight(b) - weight(a))[0];
}

/** As a plan lists it. */
export const assumptionOf = ({ name, regionId, partNo, value, source }: Parameter): Assumption => ({
  name: [name, regionId, partNo].filter((word) => word !== "").join(" "),
  value,
  source,
});
