import { derivedOf } from "./derived-inputs.ts";
import type { PlanMistake } from "./plan-mistake.ts";
import type { Plan } from "./plan-schema.ts";
import {
  derivedLength,
  mostRuleStateLength,
  ruleLength,
  watchLength,
} from "./rule-state-length.ts";
import { signalsOfRule } from "./signals-of-rule.ts";

/** A hub keeps the state of all rules of every machine; the first rule with which it would become too much is named. */
export function checkRuleState(plan: Plan): PlanMistake[] {
  let length = Object.keys(derivedOf(plan)).length * derivedLength + watchedLength(plan);
  for (const [index, rule] of plan.rules.rules.entries()) {
    const own = ruleLength(plan, rule);
    length += own;
    if (length <= mostRuleStateLength) continue;
    const message = `with this rule the rules keep up to ${shown(length)} characters of every machine, this one ${shown(own)}, and ${shown(mostRuleStateLength)} are the most; remove rules, let them speak of fewer signals, or say "defaults: off"`;
    return [{ path: ["rules", "rules", index], message, at: "value" }];
  }
  return [];
}

/** Signals that no rule speaks of are watched. */
function watchedLength(plan: Plan): number {
  if (plan.rules.defaults === "off") return 0;
  const spokenOf = new Set(plan.rules.rules.flatMap((rule) => signalsOfRule(plan, rule)));
  const watched = Object.keys(plan.acquisition.signals).filter((name) => !spokenOf.has(name));
  return watched.length * watchLength;
}

const shown = (count: number): string => count.toLocaleString("en-US");
