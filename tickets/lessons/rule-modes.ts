import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "../service-work.ts";
import type { LessonsTables } from "./lessons-tables.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** An advisory rule is shown, and opens no ticket. */
export const ruleModes = ["active", "advisory"] as const;
export type RuleMode = (typeof ruleModes)[number];

export interface RuleModeEntry {
  readonly mode: RuleMode;
  /** Verdicts given before do not count against it any more. */
  readonly since: string;
}

export async function loadRuleMode(
  reader: Reader,
  planId: string,
  ruleId: string,
): Promise<RuleModeEntry> {
  const row = await reader
    .tables<LessonsTables>()
    .selectFrom("rule_modes")
    .select(["mode", "since"])
    .where("plan_id", "=", planId)
    .where("rule_id", "=", ruleId)
    .executeTakeFirst();
  return row ? { mode: row.mode as RuleMode, since: row.since } : { mode: "active", since: "" };
}

/** Whether findings of this rule may not open tickets. `planId`: without its version. */
export const isAdvisory = async (
  reader: Reader,
  planId: string,
  ruleId: string,
): Promise<boolean> => (await loadRuleMode(reader, planId, ruleId)).mode === "advisory";

export async function saveRuleMode(
  { tx, at, actor }: ServiceWork,
  rule: { readonly planId: string; readonly ruleId: string },
  { mode, reason }: { readonly mode: RuleMode; readonly reason: string },
): Promise<void> {
  const { planId, ruleId } = rule;
  const changes = { mode, since: at, by_actor: actor.id, reason };
  await tx
    .tables<LessonsTables>()
    .insertInto("rule_modes")
    .values({ plan_id: planId, rule_id: ruleId, ...changes })
    .onConflict((conflict) => conflict.columns(["plan_id", "rule_id"]).doUpdateSet(changes))
    .execute();
}
