import type { Transaction } from "@firebreak/kit/database.ts";
import type { PartForecast } from "@firebreak/rules/finding.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { PlannerTables } from "./planner-tables.ts";
import type { LifeEvaluation } from "./predicted-source.ts";

/** What a rule expects of the part that is at a position of a machine. */
export interface KnownForecast {
  readonly ruleId: string;
  readonly position: string;
  /** Of the part that was judged, ISO instant; that of another one counts for nothing. */
  readonly installedAt: string;
  /** Oldest first, of the last days of work. */
  readonly evaluations: readonly LifeEvaluation[];
}

/** A part of which nobody noted when it was put in. */
export const sinceEver = "1970-01-01T00:00:00.000Z";

/** Takes the place of what the same rules expected before. Nothing is kept of rules that expect nothing. */
export async function keepForecasts(
  tx: Transaction,
  machineId: string,
  of: {
    readonly forecasts: readonly PartForecast[];
    readonly installedAtOf: (position: string) => string | undefined;
  },
): Promise<void> {
  const tables = tx.tables<PlannerTables>();
  await tables.deleteFrom("life_forecasts").where("machine_id", "=", machineId).execute();
  const rows = of.forecasts
    .filter(({ days }) => days.length > 0)
    .map(({ ruleId, part, method, days }) => ({
      machine_id: machineId,
      rule_id: ruleId,
      position: part,
      installed_at: of.installedAtOf(part) ?? sinceEver,
      body: JSON.stringify(
        days.map(
          ({ at, forecast }) => ({ evaluatedAt: at, method, ...forecast }) satisfies LifeEvaluation,
        ),
      ),
    }));
  if (rows.length > 0) await tables.insertInto("life_forecasts").values(rows).execute();
}

/** By machine; of all where none are named. */
export async function loadForecasts(
  reader: Reader,
  machineIds?: readonly string[],
): Promise<Map<string, KnownForecast[]>> {
  const all = reader.tables<PlannerTables>().selectFrom("life_forecasts").selectAll();
  const some = machineIds ? all.where("machine_id", "in", [...machineIds]) : all;
  const rows = await some.orderBy("rule_id").execute();
  const found = new Map<string, KnownForecast[]>();
  for (const row of rows) {
    const known = found.get(row.machine_id) ?? [];
    found.set(row.machine_id, known);
    known.push({
      ruleId: row.rule_id,
      position: row.position,
      installedAt: row.installed_at,
      evaluations: JSON.parse(row.body) as LifeEvaluation[],
    });
  }
  return found;
}
