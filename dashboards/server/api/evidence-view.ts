import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Evidence } from "@firebreak/tickets/evidence.ts";
import type { LessonsService } from "@firebreak/tickets/lessons/lessons-service.ts";
import { trustKey } from "@firebreak/tickets/lessons/rule-trust.ts";
import { evidenceText } from "../../web/evidence/evidence-sentence.ts";
import type { PlanCatalogue } from "../ports.ts";

/** Where no reader's zone is known: that of the service organisation. */
const zone = "Asia/Shanghai";

interface EvidencePorts {
  readonly plans: Pick<PlanCatalogue, "get">;
  readonly lessons: Pick<LessonsService, "trust">;
}

const ruleOf = ({ planRef, rule }: Pick<Evidence, "planRef" | "rule">) => ({
  planId: planRef.split("@")[0] ?? "",
  ruleId: rule,
});

/** The plan's name of a signal, else its id. */
const titleIn = (plan: Plan | undefined) => (signal: string, language: "en" | "zh-CN") =>
  (plan?.acquisition.signals[signal] ?? plan?.rules.derived?.[signal])?.title[language] ?? signal;

/** One piece of evidence in a sentence of each language. Pure. */
export const sentenceOf = (piece: Evidence, plan: Plan | undefined) =>
  evidenceText(piece, titleIn(plan), zone);

/** Evidence as a reader is told: each piece in one sentence, with how often its rule was right. */
export async function tellEvidence(
  evidence: readonly Evidence[],
  { plans, lessons }: EvidencePorts,
): Promise<Evidence[]> {
  if (evidence.length === 0) return [];
  const trust = await lessons.trust(evidence.map(ruleOf));
  return evidence.map((piece) => {
    const rule = ruleOf(piece);
    const known = trust.get(trustKey(rule));
    const sentence = sentenceOf(piece, plans.get(rule.planId));
    return { ...piece, sentence, ...(known === undefined ? {} : { trust: known }) };
  });
}
