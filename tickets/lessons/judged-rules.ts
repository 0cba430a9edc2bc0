import type { Plan } from "@firebreak/plans/plan-schema.ts";
import type { Ticket } from "../ticket.ts";

export interface RuleId {
  readonly planId: string;
  readonly ruleId: string;
}

/** Rules whose findings the ticket rests on, each once, in the order they spoke. */
export function rulesOf({ timeline }: Pick<Ticket, "timeline">): RuleId[] {
  const rules = new Map<string, RuleId>();
  for (const event of timeline) {
    if (!("evidence" in event)) continue;
    for (const { planRef, rule } of event.evidence) {
      const planId = planRef.split("@")[0] ?? "";
      rules.set(`${planId}/${rule}`, { planId, ruleId: rule });
    }
  }
  return [...rules.values()];
}

/** Failure modes that a rule may name: its own, or for trouble codes all that have some. */
function modesOf(plan: Plan, ruleId: string): string[] {
  const rule = plan.rules.rules.find(({ id }) => id === ruleId);
  if (!rule) return [];
  if ("failureMode" in rule) return [rule.failureMode];
  return Object.entries(plan.service.failureModes).flatMap(
    ([name, { dtcs = [], emergencies = [] }]) =>
      dtcs.length + emergencies.length > 0 ? [name] : [],
  );
}

/** Rules of a plan that look for a failure mode. */
export const rulesFor = (plan: Plan, failureMode: string): RuleId[] =>
  plan.rules.rules
    .filter(({ id }) => modesOf(plan, id).includes(failureMode))
    .map(({ id }) => ({ planId: plan.plan, ruleId: id }));

/** Whether a rule speaks of safety in any of the failure modes it may name; without its plan it is taken to. */
export const isSafetyRule = (plan: Plan | undefined, ruleId: string): boolean =>
  plan === undefined ||
  modesOf(plan, ruleId).some((name) => plan.service.failureModes[name]?.safetyRelated === true);
