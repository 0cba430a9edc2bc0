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

/**
 * A limit that a good value can be beyond of, and a way back from there: without it what was found never ends. `range`: of
 * the signal, where that is known.
 */
export function checkReach(
  range: readonly number[] | undefined,
  rule: {
    readonly signal: string;
    readonly above?: number;
    readonly below?: number;
    readonly hysteresis: number;
  },
  path: PlanMistake["path"],
): PlanMistake[] {
  const { signal, above, below, hysteresis } = rule;
  const [min, max] = range ?? [];
  const limit = above ?? below;
  if (limit === undefined || (above !== undefined && below !== undefined)) return [];
  if (min === undefined || max === undefined || limit < min || limit > max) return [];
  const of = `the range of "${signal}" (${min} to ${max})`;
  const at = (key: string, message: string): PlanMistake[] => [
    { path: [...path, key], message, at: "value" },
  ];
  if (above === max) return at("above", `${above} ends ${of}, and no value beyond it counts`);
  if (below === min) return at("below", `${below} ends ${of}, and no value beyond it counts`);
  const back = above === undefined ? limit + hysteresis : limit - hysteresis;
  if (back >= min && back <= max) return [];
  return at(
    "hysteresis",
    `what is found would never end: the value had to come back to ${back}, outside ${of}`,
  );
}
