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
  /** Of the plan that was judged; absent: it holds for every version. */
  readonly planVersion?: number;
}

export async function loadRuleMode(
  reader: Reader,
  planId: string,
  ruleId: string,
): Promise<RuleModeEntry> {
  const row = await reader
    .tables<LessonsTables>()
    .selectFrom("rule_modes")
    .select(["mode", "since", "plan_version"])
    .where("plan_id", "=", planId)
    .where("rule_id", "=", ruleId)
    .executeTakeFirst();
  if (row === undefined) return { mode: "active", since: "" };
  const { mode, since, plan_version: version } = row;
  return {
    mode: mode as RuleMode,
    since,
    ...(version === null ? {} : { planVersion: Number(version) }),
  };
}

/**
 * Whether findings of this rule may not open tickets. A rule that was demoted by its precision opens them again with the
 * first finding of a newer version of its plan: what was judged was another rule.
 */
export async function mayOnlyShow(
  work: ServiceWork,
  rule: { readonly planId: string; readonly ruleId: string },
  planVersion: number,
): Promise<boolean> {
  const entry = await loadRuleMode(work.tx, rule.planId, rule.ruleId);
  if (entry.mode !== "advisory") return false;
  if (entry.planVersion === undefined || !(planVersion > entry.planVersion)) return true;
  await saveRuleMode(work, rule, { mode: "active", reason: `version ${planVersion}` });
  return false;
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
  to: {
    readonly mode: RuleMode;
    readonly reason: string;
    readonly planVersion?: number | undefined;
  },
): Promise<void> {
  const { planId, ruleId } = rule;
  const { mode, reason, planVersion = null } = to;
  const changes = { mode, since: at, by_actor: actor.id, reason, plan_version: planVersion };
  await tx
    .tables<LessonsTables>()
    .insertInto("rule_modes")
    .values({ plan_id: planId, rule_id: ruleId, ...changes })
    .onConflict((conflict) => conflict.columns(["plan_id", "rule_id"]).doUpdateSet(changes))
    .execute();
}
