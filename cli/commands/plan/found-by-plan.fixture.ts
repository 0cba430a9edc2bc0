import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { every, judgeOf } from "@firebreak/rules/engine/rule-engine.fixture.ts";
import { createRuleEngine } from "@firebreak/rules/engine/rule-engine.ts";

/** By signal: what it is all the time, or at each second. */
export type Values = Readonly<Record<string, number | ((at: number) => number)>>;

/** What the rules of a plan that are not on trial say while signals have these values, as `raised <rule> <failure mode>`; times in seconds. */
export function foundByPlan(
  plan: Plan,
  values: Values,
  { seconds, stepSeconds }: { readonly seconds: number; readonly stepSeconds: number },
): string[] {
  const samples = every(stepSeconds, [0, seconds], (at) => at).flatMap((at: number) =>
    Object.entries(values).map(([signal, value]) => ({
      at,
      signal,
      value: typeof value === "function" ? value(at) : value,
    })),
  );
  return judgeOf(createRuleEngine({ planOf: () => plan }), plan)
    .say(samples)
    .filter(({ mode }) => mode !== "shadow")
    .map(({ phase, ruleId, failureMode }) => `${phase} ${ruleId} ${failureMode}`);
}
