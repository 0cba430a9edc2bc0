import type { PlanMistake } from "./plan-mistake.ts";
import type { Plan, Rule } from "./plan-schema.ts";

/** What waits for a person must be worth a person's way: a safety matter, or critical. */
export function checkLatched(
  { service }: Plan,
  rule: Rule,
  path: PlanMistake["path"],
): PlanMistake[] {
  if (!("latched" in rule) || rule.latched !== true || rule.severity === "critical") return [];
  const mode = service.failureModes[rule.failureMode];
  if (mode === undefined || mode.safetyRelated) return [];
  return [
    {
      path: [...path, "latched"],
      message: `only what is critical or safety-related waits for a person; this rule is of severity ${rule.severity} and "${rule.failureMode}" is not safetyRelated`,
      at: "value",
    },
  ];
}
