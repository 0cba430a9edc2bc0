import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { partKey } from "../planner/life-evaluations.ts";
import { loadForecasts } from "../planner/life-forecasts.ts";
import { plannerConfig } from "../planner/planner-config.ts";
import type { PlannerTables } from "../planner/planner-tables.ts";
import type { LifeEvaluation } from "../planner/predicted-source.ts";
import type { RemainingLife } from "./part-demand.ts";

type Reader = Pick<Database | Transaction, "tables">;
type Installed = Parameters<typeof partKey>[1];

/** What condition monitoring says of an installed part. */
export type ConditionOf = (machineId: string, installed: Installed) => RemainingLife | undefined;

const { predicted } = plannerConfig;
const DAY_MS = 24 * 3600 * 1000;

/**
 * The newest judgement of each part that rests on its condition, in days from `nowMs`. What was reckoned from wear life
 * and use alone is no condition: such a part is counted by its wear life.
 */
export async function loadConditions(reader: Reader, nowMs: number): Promise<ConditionOf> {
  const rows = await reader
    .tables<PlannerTables>()
    .selectFrom("life_evaluations")
    .selectAll()
    .orderBy("evaluated_on")
    .execute();
  const newest = new Map<string, LifeEvaluation>();
  for (const row of rows) {
    const evaluation = JSON.parse(row.body) as LifeEvaluation;
    const key = partKey(row.machine_id, { position: row.position, installedAt: row.installed_at });
    if (evaluation.method !== "usage_counter") newest.set(key, evaluation);
  }
  for (const [machineId, forecasts] of await loadForecasts(reader))
    for (const { position, installedAt, evaluations } of forecasts) {
      const last = evaluations.at(-1);
      if (last && last.method !== "usage_counter" && last.confidence >= predicted.minConfidence)
        newest.set(partKey(machineId, { position, installedAt }), last);
    }
  return (machineId, installed) => {
    const evaluation = newest.get(partKey(machineId, installed));
    if (!evaluation) return undefined;
    const elapsedDays = (nowMs - Date.parse(evaluation.evaluatedAt)) / DAY_MS;
    const left = (days: number) => Math.max(0, days - elapsedDays);
    const { p10Days, p50Days, p90Days } = evaluation;
    return { p10Days: left(p10Days), p50Days: left(p50Days), p90Days: left(p90Days) };
  };
}
