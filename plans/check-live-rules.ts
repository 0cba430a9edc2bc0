import { checkLimit, checkReach } from "./check-limit.ts";
import type {
  BaselineDriftRule,
  ChangePointRule,
  MultivariateRule,
  NoveltyRule,
  RateOfChangeRule,
  WatchRule,
  WindowCountRule,
} from "./live-rules-schema.ts";
import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Plan, Rule } from "./plan-schema.ts";
import { longestSilenceSeconds } from "./sampling.ts";

type Path = PlanMistake["path"];
export type LiveRule =
  | RateOfChangeRule
  | WindowCountRule
  | ChangePointRule
  | NoveltyRule
  | MultivariateRule
  | BaselineDriftRule
  | WatchRule;

const kinds: ReadonlySet<Rule["kind"]> = new Set([
  "rate-of-change",
  "window-count",
  "change-point",
  "novelty",
  "multivariate",
  "baseline-drift",
  "watch",
]);

export const isLiveRule = (rule: Rule): rule is LiveRule => kinds.has(rule.kind);

/** What a rule of these kinds may speak of, and what it cannot see with the sampling of its signal. */
export function checkLiveRule(plan: Plan, rule: LiveRule, path: Path): PlanMistake[] {
  const found = namesOf(plan, rule, path);
  switch (rule.kind) {
    case "rate-of-change":
      return [...found, ...checkRate(plan, rule, path)];
    case "window-count":
      return [...found, ...checkCount(plan, rule, path)];
    case "multivariate":
      return [...found, ...checkOthers(plan, { key: "signals", names: rule.signals, path })];
    case "baseline-drift": {
      const others = { key: "against", names: rule.against, path, own: rule.signal };
      return [...found, ...checkOthers(plan, others)];
    }
    case "change-point":
    case "novelty":
    case "watch":
      return found;
  }
}

function namesOf({ acquisition, rules, service }: Plan, rule: LiveRule, path: Path): PlanMistake[] {
  const names = (key: string, known: object) => ({
    known: Object.keys(known),
    path: [...path, key],
  });
  const { context } = rule;
  return [
    ...("signal" in rule
      ? unknownName("signal", rule.signal, names("signal", acquisition.signals))
      : []),
    ...unknownName("failure mode", rule.failureMode, names("failureMode", service.failureModes)),
    ...(context === undefined
      ? []
      : unknownName("context", context, names("context", rules.contexts))),
  ];
}

/** Signals in a list: each of the plan, each once, and none the one that they explain. */
function checkOthers(
  { acquisition }: Plan,
  others: {
    readonly key: string;
    readonly names: readonly string[];
    readonly path: Path;
    readonly own?: string;
  },
): PlanMistake[] {
  const known = Object.keys(acquisition.signals);
  return others.names.flatMap((name, index) => {
    const path = [...others.path, others.key, index];
    const found = unknownName("signal", name, { known, path });
    if (others.names.indexOf(name) < index || name === others.own)
      found.push({ path, message: `"${name}" is there already; name another`, at: "value" });
    return found;
  });
}

/** Fewest values in the time that a slope is taken over: with these, one stray value moves nothing. */
const fewestPoints = 5;

function checkRate({ acquisition }: Plan, rule: RateOfChangeRule, path: Path): PlanMistake[] {
  const found: PlanMistake[] = [];
  if ((rule.rise === undefined) === (rule.fall === undefined))
    found.push({ path, message: 'give exactly one of "rise" and "fall"', at: "value" });
  const silence = longestSilenceSeconds(acquisition.signals[rule.signal]?.sampling) ?? 0;
  if (rule.overSeconds < fewestPoints * silence)
    found.push({
      path: [...path, "overSeconds"],
      message: `"${rule.signal}" may be silent for ${silence} s; a slope needs ${fewestPoints} values, so take it over ${fewestPoints * silence} s or more`,
      at: "value",
    });
  return found;
}

function checkCount({ acquisition }: Plan, rule: WindowCountRule, path: Path): PlanMistake[] {
  const range = acquisition.signals[rule.signal]?.range;
  const found = [...checkLimit(range, rule, path), ...checkReach(range, rule, path)];
  if ((rule.count === undefined) === (rule.totalSeconds === undefined))
    found.push({ path, message: 'give exactly one of "count" and "totalSeconds"', at: "value" });
  if (rule.totalSeconds !== undefined && rule.totalSeconds >= rule.windowSeconds)
    found.push({
      path: [...path, "totalSeconds"],
      message: `the window has ${rule.windowSeconds} s; ask for less than that`,
      at: "value",
    });
  return found;
}
