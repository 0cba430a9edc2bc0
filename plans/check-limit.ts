import type { PlanMistake } from "./plan-mistake.ts";

/** A rule with a limit has one, and one that a good value can pass. `range`: of its signal, where that is known. */
export function checkLimit(
  range: readonly number[] | undefined,
  rule: { readonly signal: string; readonly above?: number; readonly below?: number },
  path: PlanMistake["path"],
): PlanMistake[] {
  const found: PlanMistake[] = [];
  const limits = [rule.above, rule.below].filter((limit) => limit !== undefined);
  if (limits.length !== 1)
    found.push({ path, message: 'give exactly one of "above" and "below"', at: "value" });
  const [min = 0, max = 0] = range ?? [];
  for (const limit of range ? limits : [])
    if (limit < min || limit > max)
      found.push({
        path: [...path, rule.above === undefined ? "below" : "above"],
        message: `${limit} is outside the range of "${rule.signal}" (${min} to ${max}), where no value counts`,
        at: "value",
      });
  return found;
}
