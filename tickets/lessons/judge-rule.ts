import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { enqueueNotices } from "../channels/notice.ts";
import type { ServiceWork } from "../service-work.ts";
import type { RuleId } from "./judged-rules.ts";
import type { LessonsConfig } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { proposeLimit } from "./propose-limit.ts";
import { loadRuleMode, saveRuleMode } from "./rule-modes.ts";
import { type GivenVerdict, mustBeAdvisory, recordOf } from "./rule-record.ts";
import type { Verdict } from "./verdict.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** The verdicts on a rule, from `since` on. */
export async function loadVerdicts(
  reader: Reader,
  { planId, ruleId }: RuleId,
  since: string,
): Promise<GivenVerdict[]> {
  const rows = await reader
    .tables<LessonsTables>()
    .selectFrom("rule_verdicts")
    .select(["verdict", "lead_days"])
    .where("plan_id", "=", planId)
    .where("rule_id", "=", ruleId)
    .where("at", ">", since)
    .execute();
  return rows.map(({ verdict, lead_days: days }) => ({
    verdict: verdict as Verdict,
    ...(days === null ? {} : { leadDays: Number(days) }),
  }));
}

/**
 * Makes a rule advisory when its verdicts demand it, and proposes a change of the plan: a person decides. Verdicts from
 * before the last decision do not count again.
 */
export async function judgeRule(
  work: ServiceWork,
  rule: RuleId,
  of: {
    readonly isSafety: boolean;
    readonly config: LessonsConfig;
    readonly plan?: Plan | undefined;
  },
): Promise<void> {
  const { isSafety, config, plan } = of;
  const { mode, since } = await loadRuleMode(work.tx, rule.planId, rule.ruleId);
  if (mode === "advisory") return;
  const record = recordOf(await loadVerdicts(work.tx, rule, since), config);
  if (!mustBeAdvisory(record, { isSafety }, config)) return;
  await saveRuleMode(work, rule, {
    mode: "advisory",
    reason: "precision",
    planVersion: plan?.version,
  });
  const limit = await proposeLimit(work, rule, { plan, config });
  const { planId, ruleId } = rule;
  const body = JSON.stringify({ record, ...(limit ? { limit } : {}) });
  await work.tx
    .tables<LessonsTables>()
    .insertInto("rule_proposals")
    .values({
      item_id: work.ids.rowId(),
      plan_id: planId,
      rule_id: ruleId,
      state: "open",
      open_key: `${planId}/${ruleId}`,
      at: work.at,
      body,
    })
    // Nobody has decided on the last one, and the rule was switched on again without: it says what is true now.
    .onConflict((conflict) => conflict.column("open_key").doUpdateSet({ at: work.at, body }))
    .execute();
  await enqueueNotices(work, [
    {
      kind: "rule-advisory",
      audience: { to: "role", role: "rnd" },
      priority: "general",
      facts: { planId, ruleId, precision: Math.round((record.precision ?? 0) * 100) },
    },
  ]);
}
