import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { KpiTables } from "../kpi/kpi-tables.ts";
import type { ServiceWork } from "../service-work.ts";
import { loadVerdicts } from "./judge-rule.ts";
import type { LessonsConfig } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import type { ProposedLimit } from "./propose-limit.ts";
import { loadRuleMode, type RuleMode, saveRuleMode } from "./rule-modes.ts";
import { type RuleRecord, recordOf } from "./rule-record.ts";

type Reader = Pick<Database | Transaction, "tables">;

/** Journeys for nothing: visits of tickets in which no fault was found, and what hours and ways they cost. */
export interface WastedTrips {
  readonly visits: number;
  readonly costFen: number;
}

export interface RuleLessons {
  readonly planId: string;
  readonly ruleId: string;
  readonly mode: RuleMode;
  readonly record: RuleRecord;
  readonly wasted: WastedTrips;
}

/** Every rule that has a verdict, by plan and rule. */
export async function listRules(
  reader: Reader,
  config: LessonsConfig,
  planId?: string,
): Promise<RuleLessons[]> {
  let query = reader
    .tables<LessonsTables>()
    .selectFrom("rule_verdicts")
    .select(["plan_id", "rule_id"])
    .distinct()
    .orderBy("plan_id")
    .orderBy("rule_id");
  if (planId !== undefined) query = query.where("plan_id", "=", planId);
  const wasted = await loadWasted(reader);
  const rules: RuleLessons[] = [];
  for (const { plan_id, rule_id } of await query.execute()) {
    const rule = { planId: plan_id, ruleId: rule_id };
    const { mode } = await loadRuleMode(reader, plan_id, rule_id);
    rules.push({
      ...rule,
      mode,
      record: recordOf(await loadVerdicts(reader, rule, ""), config),
      wasted: wasted.get(JSON.stringify([plan_id, rule_id])) ?? { visits: 0, costFen: 0 },
    });
  }
  return rules;
}

async function loadWasted(reader: Reader): Promise<ReadonlyMap<string, WastedTrips>> {
  const rows = await reader
    .tables<LessonsTables & KpiTables>()
    .selectFrom("rule_verdicts")
    .innerJoin("ticket_kpis", "ticket_kpis.ticket_id", "rule_verdicts.ticket_id")
    .select((eb) => [
      "rule_verdicts.plan_id",
      "rule_verdicts.rule_id",
      eb.fn.sum<number>("visits").as("visits"),
      eb.fn.sum<number>("labour_fen").as("labour"),
      eb.fn.sum<number>("travel_fen").as("travel"),
    ])
    .where("verdict", "=", "false_positive")
    .groupBy(["rule_verdicts.plan_id", "rule_verdicts.rule_id"])
    .execute();
  return new Map(
    rows.map((row) => [
      JSON.stringify([row.plan_id, row.rule_id]),
      { visits: Number(row.visits), costFen: Number(row.labour) + Number(row.travel) },
    ]),
  );
}

export interface RuleProposal {
  readonly proposalId: string;
  readonly planId: string;
  readonly ruleId: string;
  readonly state: "open" | "approved" | "rejected";
  readonly openedAt: string;
  readonly record: RuleRecord;
  /** Of a threshold: what its verdicts say of a better limit. A person changes the plan, nobody else. */
  readonly limit?: ProposedLimit;
  readonly decidedBy?: string;
  readonly note?: string;
}

/** Newest first. */
export async function listRuleProposals(
  reader: Reader,
  state?: RuleProposal["state"],
): Promise<RuleProposal[]> {
  let query = reader
    .tables<LessonsTables>()
    .selectFrom("rule_proposals")
    .selectAll()
    .orderBy("at", "desc")
    .orderBy("item_id")
    .limit(200);
  if (state !== undefined) query = query.where("state", "=", state);
  return (await query.execute()).map((row) => ({
    proposalId: row.item_id,
    planId: row.plan_id,
    ruleId: row.rule_id,
    state: row.state as RuleProposal["state"],
    openedAt: row.at,
    ...JSON.parse(row.body),
  }));
}

/**
 * A person's word on a rule that became advisory: approved, it stays so until the plan's next version; rejected, it
 * opens tickets again, and its past verdicts no longer count.
 * @throws CodedError LESSON_UNKNOWN or LESSON_DECIDED
 */
export async function decideRule(
  work: ServiceWork,
  proposalId: string,
  { isApproved, note }: { readonly isApproved: boolean; readonly note: string },
): Promise<void> {
  const tables = work.tx.tables<LessonsTables>();
  const row = await tables
    .selectFrom("rule_proposals")
    .selectAll()
    .where("item_id", "=", proposalId)
    .executeTakeFirst();
  if (!row) throw new CodedError("LESSON_UNKNOWN", `there is no proposal ${proposalId}`);
  if (row.state !== "open") throw new CodedError("LESSON_DECIDED", `it is ${row.state} already`);
  const body = { ...JSON.parse(row.body), decidedBy: work.actor.id, note };
  const state = isApproved ? "approved" : "rejected";
  await tables
    .updateTable("rule_proposals")
    .set({ state, open_key: null, body: JSON.stringify(body) })
    .where("item_id", "=", proposalId)
    .execute();
  const rule = { planId: row.plan_id, ruleId: row.rule_id };
  if (!isApproved) await saveRuleMode(work, rule, { mode: "active", reason: note });
}
