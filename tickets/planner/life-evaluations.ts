import type { Transaction } from "@firebreak/kit/database.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { PlannerTables } from "./planner-tables.ts";
import type { LifeEvaluation, PartOutlook } from "./predicted-source.ts";

export interface EvaluatedPart {
  readonly machineId: string;
  readonly installed: PartOutlook["installed"];
}

/** Days of evaluations that are kept for a part. */
const keptDays = 5;

/** Keeps a judgement: of one part the newest of a day, and the last few days. Whoever predicts may call it. */
export async function recordEvaluation(
  tx: Transaction,
  { machineId, installed }: EvaluatedPart,
  evaluation: LifeEvaluation,
): Promise<void> {
  const tables = tx.tables<PlannerTables>();
  const row = {
    machine_id: machineId,
    position: installed.position,
    installed_at: installed.installedAt,
    evaluated_on: evaluation.evaluatedAt.slice(0, 10),
    body: JSON.stringify(evaluation),
  };
  await tables
    .insertInto("life_evaluations")
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(["machine_id", "position", "installed_at", "evaluated_on"])
        .doUpdateSet({ body: row.body }),
    )
    .execute();
  const kept = await tables
    .selectFrom("life_evaluations")
    .select("evaluated_on")
    .where("machine_id", "=", machineId)
    .where("position", "=", row.position)
    .where("installed_at", "=", row.installed_at)
    .orderBy("evaluated_on", "desc")
    .limit(keptDays)
    .execute();
  const oldest = kept.at(-1)?.evaluated_on;
  // What an earlier part at this position was judged by is of no use any more.
  await tables
    .deleteFrom("life_evaluations")
    .where("machine_id", "=", machineId)
    .where("position", "=", row.position)
    .where((where) =>
      where.or([
        where("installed_at", "<", row.installed_at),
        where.and([
          where("installed_at", "=", row.installed_at),
          where("evaluated_on", "<", oldest ?? row.evaluated_on),
        ]),
      ]),
    )
    .execute();
}

/** By machine and part, oldest first; see `partKey`. */
export async function loadEvaluations(
  reader: Reader,
  machineIds: readonly string[],
): Promise<Map<string, LifeEvaluation[]>> {
  const rows = await reader
    .tables<PlannerTables>()
    .selectFrom("life_evaluations")
    .selectAll()
    .where("machine_id", "in", [...machineIds])
    .orderBy("evaluated_on")
    .execute();
  const found = new Map<string, LifeEvaluation[]>();
  for (const row of rows) {
    const key = partKey(row.machine_id, { position: row.position, installedAt: row.installed_at });
    const evaluations = found.get(key) ?? [];
    evaluations.push(JSON.parse(row.body) as LifeEvaluation);
    found.set(key, evaluations);
  }
  return found;
}

export const partKey = (machineId: string, { position, installedAt }: PartOutlook["installed"]) =>
  JSON.stringify([machineId, position, installedAt]);
