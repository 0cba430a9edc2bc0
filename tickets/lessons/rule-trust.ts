import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { RuleTrust } from "../evidence.ts";
import type { RuleId } from "./judged-rules.ts";
import type { LessonsConfig } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { wilsonLower } from "./rule-record.ts";
import { verdicts } from "./verdict.ts";

/** By this name a rule stands in what `loadTrust` gives. */
export const trustKey = ({ planId, ruleId }: RuleId): string => `${planId}/${ruleId}`;

/** What checks have said of some rules, in one question; a rule without a verdict for or against it is left out. */
export async function loadTrust(
  reader: Pick<Database | Transaction, "tables">,
  rules: readonly RuleId[],
  { speaksFor, confidenceZ }: LessonsConfig,
): Promise<Map<string, RuleTrust>> {
  if (rules.length === 0) return new Map();
  const rows = await reader
    .tables<LessonsTables>()
    .selectFrom("rule_verdicts")
    .select((eb) => ["plan_id", "rule_id", "verdict", eb.fn.countAll<number>().as("count")])
    .where("plan_id", "in", [...new Set(rules.map(({ planId }) => planId))])
    .where("rule_id", "in", [...new Set(rules.map(({ ruleId }) => ruleId))])
    .groupBy(["plan_id", "rule_id", "verdict"])
    .execute();
  const trust = new Map<string, RuleTrust>();
  for (const rule of rules) {
    let [right, judged] = [0, 0];
    for (const { plan_id: planId, rule_id: ruleId, verdict, count } of rows) {
      const side = speaksFor[verdicts.find((one) => one === verdict) ?? "missed"];
      if (planId !== rule.planId || ruleId !== rule.ruleId || side === undefined) continue;
      judged += Number(count);
      if (side) right += Number(count);
    }
    if (judged > 0) {
      const precisionAtLeast = wilsonLower(right, judged, confidenceZ);
      trust.set(trustKey(rule), { judged, right, precisionAtLeast });
    }
  }
  return trust;
}
