import { checkLimit } from "./check-limit.ts";
import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Plan, TrendRule } from "./plan-schema.ts";

/** What a rule over completed hours names must be there, and its limit where values count. */
export function checkTrendRule(
  { acquisition, service }: Plan,
  rule: TrendRule,
  path: PlanMistake["path"],
): PlanMistake[] {
  const signals = Object.keys(acquisition.signals);
  const positions = (service.parts ?? []).map(({ position }) => position);
  const modes = Object.keys(service.failureModes);
  return [
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
    ...unknownName("position", rule.part, { known: positions, path: [...path, "part"] }),
    ...unknownName("failure mode", rule.failureMode, {
      known: modes,
      path: [...path, "failureMode"],
    }),
    ...checkLimit(acquisition.signals[rule.signal]?.range, rule, path),
  ];
}
