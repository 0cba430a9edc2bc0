import { checkLimit } from "./check-limit.ts";
import type { HistoryRule } from "./history-rule-schema.ts";
import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Plan, Rule } from "./plan-schema.ts";

export const isHistoryRule = (rule: Rule): rule is HistoryRule =>
  rule.kind === "trend-to-threshold" || rule.kind === "cohort";

/** What a rule over completed hours names must be there, and its limit where values count. */
export function checkHistoryRule(
  { acquisition, service }: Plan,
  rule: HistoryRule,
  path: PlanMistake["path"],
): PlanMistake[] {
  const signals = Object.keys(acquisition.signals);
  const positions = (service.parts ?? []).map(({ position }) => position);
  const modes = Object.keys(service.failureModes);
  const found = [
    ...unknownName("signal", rule.signal, { known: signals, path: [...path, "signal"] }),
    ...(rule.hours ?? []).flatMap(({ signal }, index) =>
      unknownName("signal", signal, { known: signals, path: [...path, "hours", index, "signal"] }),
    ),
    ...(rule.hours ?? []).flatMap(({ above, below }, index) =>
      above === undefined && below === undefined
        ? [
            {
              path: [...path, "hours", index],
              message: 'give "above", "below" or both; without one every hour counts',
              at: "value" as const,
            },
          ]
        : [],
    ),
    ...unknownName("failure mode", rule.failureMode, {
      known: modes,
      path: [...path, "failureMode"],
    }),
  ];
  if (rule.kind === "cohort") return found;
  return [
    ...found,
    ...unknownName("position", rule.part, { known: positions, path: [...path, "part"] }),
    ...checkLimit(acquisition.signals[rule.signal]?.range, rule, path),
  ];
}
