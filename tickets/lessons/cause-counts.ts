import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { LessonsTables } from "./lessons-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** How often reports found each cause of a failure mode, by cause; the plan's own counts come on top (FC-6). */
export async function fieldCauseCounts(
  reader: Reader,
  planId: string,
  failureMode: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await reader
    .tables<LessonsTables>()
    .selectFrom("field_causes")
    .select(["cause_id", (eb) => eb.fn.countAll<number>().as("count")])
    .where("plan_id", "=", planId)
    .where("failure_mode", "=", failureMode)
    .groupBy("cause_id")
    .execute();
  return new Map(rows.map(({ cause_id, count }) => [cause_id, Number(count)]));
}
