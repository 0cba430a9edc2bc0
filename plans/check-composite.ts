import { isHistoryRule } from "./check-history-rules.ts";
import { type CompositeRule, membersOf } from "./composite-schema.ts";
import { type PlanMistake, repeated, unknownName } from "./plan-mistake.ts";
import type { Plan } from "./plan-schema.ts";

/** What it looks at stands above it and judges the newest data, and there is one way of looking at it. */
export function checkComposite(
  { rules, service }: Plan,
  rule: CompositeRule,
  path: PlanMistake["path"],
): PlanMistake[] {
  const before = rules.rules.slice(0, rules.rules.indexOf(rule));
  const known = before
    .filter((one) => one.kind !== "composite" && !isHistoryRule(one))
    .map(({ id }) => id);
  const found = (["all", "any", "sequence", "unless"] as const).flatMap((key) => [
    ...(rule[key] ?? []).flatMap((id, index) =>
      unknownName("live rule above this one", id, { known, path: [...path, key, index] }),
    ),
    ...repeated(rule[key] ?? []).map((index) => ({
      path: [...path, key, index],
      message: "stands in this list already",
      at: "value" as const,
    })),
  ]);
  found.push(
    ...unknownName("failure mode", rule.failureMode, {
      known: Object.keys(service.failureModes),
      path: [...path, "failureMode"],
    }),
  );
  const ways = [rule.all, rule.any, rule.sequence].filter((way) => way !== undefined);
  if (ways.length !== 1)
    found.push({ path, message: 'give exactly one of "all", "any" and "sequence"', at: "value" });
  if (rule.sequence !== undefined && rule.withinSeconds === undefined)
    found.push({ path, message: 'a sequence needs "withinSeconds"', at: "value" });
  if (rule.any !== undefined && rule.withinSeconds !== undefined)
    found.push({
      path: [...path, "withinSeconds"],
      message: '"any" asks for one rule alone; remove this',
      at: "key",
    });
  const isHeard = before.some(
    (one) => membersOf(rule).includes(one.id) && one.kind !== "active-dtc",
  );
  if (ways.length === 1 && found.length === 0 && !isHeard)
    found.push({
      path,
      message: "at least one of the rules must judge a signal: trouble codes alone give no time",
      at: "value",
    });
  return found;
}
