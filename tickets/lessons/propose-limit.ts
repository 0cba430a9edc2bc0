import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { ServiceWork } from "../service-work.ts";
import type { TicketTables } from "../tables.ts";
import type { TicketSummary } from "../ticket.ts";
import { type BetterLimit, betterLimit, type JudgedPeak } from "./better-limit.ts";
import type { RuleId } from "./judged-rules.ts";
import type { LessonsConfig } from "./lessons-config.ts";
import type { LessonsTables } from "./lessons-tables.ts";
import { verdicts } from "./verdict.ts";

export interface ProposedLimit extends BetterLimit {
  readonly signal: string;
  readonly unit: string;
}

/** What the verdicts on a threshold say of a better limit; undefined for other kinds and where they say nothing. */
export async function proposeLimit(
  { tx }: Pick<ServiceWork, "tx">,
  { planId, ruleId }: RuleId,
  { plan, config }: { readonly plan: Plan | undefined; readonly config: LessonsConfig },
): Promise<ProposedLimit | undefined> {
  const rule = plan?.rules.rules.find(({ id }) => id === ruleId);
  if (rule?.kind !== "threshold") return undefined;
  const { signal, above, below } = rule;
  const limit = above ?? below;
  if (limit === undefined) return undefined;
  const direction = above === undefined ? -1 : 1;
  const rows = await tx
    .tables<LessonsTables & TicketTables>()
    .selectFrom("rule_verdicts")
    .innerJoin("tickets", "tickets.ticket_id", "rule_verdicts.ticket_id")
    .select(["rule_verdicts.verdict", "tickets.body"])
    .where("rule_verdicts.plan_id", "=", planId)
    .where("rule_verdicts.rule_id", "=", ruleId)
    .execute();
  let unit = "";
  const peaks = rows.flatMap(({ verdict, body }): JudgedPeak[] => {
    const isRight = config.speaksFor[verdicts.find((one) => one === verdict) ?? "missed"];
    const { evidence } = JSON.parse(body) as Pick<TicketSummary, "evidence">;
    const seen: number[] = [];
    for (const piece of evidence) {
      if (piece.kind !== "signal" || piece.rule !== ruleId || piece.observed === null) continue;
      seen.push(direction * piece.observed);
      unit = piece.unit;
    }
    if (isRight === undefined || seen.length === 0) return [];
    return [{ value: direction * Math.max(...seen), isRight }];
  });
  const better = betterLimit(peaks, { limit, direction });
  return better && { ...better, signal, unit };
}
