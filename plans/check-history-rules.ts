import { checkLimit } from "./check-limit.ts";
import { derivedOf } from "./derived-inputs.ts";
import type { HistoryRule } from "./history-rule-schema.ts";
import { type PlanMistake, repeated, unknownName } from "./plan-mistake.ts";
import type { Plan, Rule } from "./plan-schema.ts";

type Path = PlanMistake["path"];

const kinds: ReadonlySet<Rule["kind"]> = new Set([
  "trend-to-threshold",
  "cohort",
  "remaining-life",
  "model-file",
]);

export const isHistoryRule = (rule: Rule): rule is HistoryRule => kinds.has(rule.kind);

/** What a rule over completed hours names must be there, and its limit where values count. */
export function checkHistoryRule(plan: Plan, rule: HistoryRule, path: Path): PlanMistake[] {
  const { acquisition, service } = plan;
  const found = [
    ...signalsIn(rule, path).flatMap(({ signal, path: at }) => checkSignal(plan, signal, at)),
    ...boundless(rule, path),
    ...unknownName("failure mode", rule.failureMode, {
      known: Object.keys(service.failureModes),
      path: [...path, "failureMode"],
    }),
  ];
  if (rule.kind === "cohort") return found;
  const known = (service.parts ?? []).map(({ position }) => position);
  found.push(...unknownName("position", rule.part, { known, path: [...path, "part"] }));
  switch (rule.kind) {
    case "trend-to-threshold":
      found.push(...checkLimit(acquisition.signals[rule.signal]?.range, rule, path));
      break;
    case "remaining-life":
      found.push(...twice(rule.inputs, [...path, "inputs"]));
      break;
    case "model-file":
      found.push(...checkScore(rule, path));
  }
  return found;
}

interface Named {
  readonly signal: string;
  readonly path: Path;
}

function signalsIn(rule: HistoryRule, path: Path): Named[] {
  const own =
    "inputs" in rule
      ? rule.inputs.map(({ signal }, at) => ({ signal, path: [...path, "inputs", at, "signal"] }))
      : [{ signal: rule.signal, path: [...path, "signal"] }];
  const met = (rule.hours ?? []).map(({ signal }, at) => ({
    signal,
    path: [...path, "hours", at, "signal"],
  }));
  return [...own, ...met];
}

/** Completed hours are read from the store, and of a derived signal it has none. */
function checkSignal(plan: Plan, signal: string, path: Path): PlanMistake[] {
  if (!(signal in derivedOf(plan)))
    return unknownName("signal", signal, { known: Object.keys(plan.acquisition.signals), path });
  const message = `"${signal}" is derived and not stored; rules over hours speak of measured signals`;
  return [{ path, message, at: "value" }];
}

const boundless = (rule: HistoryRule, path: Path): PlanMistake[] =>
  (rule.hours ?? []).flatMap(({ above, below }, index) =>
    above === undefined && below === undefined
      ? [
          {
            path: [...path, "hours", index],
            message: 'give "above", "below" or both; without one every hour counts',
            at: "value" as const,
          },
        ]
      : [],
  );

/** A column of the file is named after its signal, so there is one of each. */
const twice = (inputs: readonly { readonly signal: string }[], path: Path): PlanMistake[] =>
  repeated(inputs.map(({ signal }) => signal)).map((index) => ({
    path: [...path, index, "signal"],
    message: `"${inputs[index]?.signal}" is there already; a signal is one column of the histories`,
    at: "value",
  }));

function checkScore(rule: Extract<HistoryRule, { kind: "model-file" }>, path: Path): PlanMistake[] {
  if (rule.gives === "score")
    return (rule.above === undefined) === (rule.below === undefined)
      ? [{ path, message: 'a score is held to exactly one of "above" and "below"', at: "value" }]
      : [];
  return (["above", "below"] as const)
    .filter((key) => rule[key] !== undefined)
    .map((key) => ({
      path: [...path, key],
      message: "days that are left have no limit: they are held to the horizon of the part",
      at: "key",
    }));
}
