import { checkLimit } from "./check-limit.ts";
import { derivedOf } from "./derived-inputs.ts";
import type { HistoryRule } from "./history-rule-schema.ts";
import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Plan, Rule } from "./plan-schema.ts";

export const isHistoryRule = (rule: Rule): rule is HistoryRule =>
  rule.kind === "trend-to-threshold" || rule.kind === "cohort";

/** What a rule over completed hours names must be there, and its limit where values count. */
export function checkHistoryRule(
  plan: Plan,
  rule: HistoryRule,
  path: PlanMistake["path"],
): PlanMistake[] {
  const { acquisition, service } = plan;
  const signals = Object.keys(acquisition.signals);
  const positions = (service.parts ?? []).map(({ position }) => position);
  const modes = Object.keys(service.failureModes);
  const found = [
    ...notStored(plan, rule.signal, [...path, "signal"]),
    ...(rule.hours ?? []).flatMap(({ signal }, index) =>
      notStored(plan, signal, [...path, "hours", index, "signal"]),
    ),
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

/** Completed hours are read from the store, and of a derived signal it has none. */
function notStored(plan: Plan, signal: string, path: PlanMistake["path"]): PlanMistake[] {
  if (!(signal in derivedOf(plan))) return [];
  const message = `"${signal}" is derived and not stored; rules over hours speak of measured signals`;
  return [{ path, message, at: "value" }];
}
