import { signalsOfUnit } from "./control-unit.ts";
import type { Plan, Rule } from "./plan-schema.ts";

/** Signals that a rule speaks of, the first first; none for trouble codes. */
export function signalsOfRule({ acquisition }: Plan, rule: Rule): readonly string[] {
  if (rule.kind === "unit-lost") return signalsOfUnit(acquisition, rule.unit);
  if ("signals" in rule) return rule.signals;
  if ("inputs" in rule) return [...new Set(rule.inputs.map(({ signal }) => signal))];
  return "signal" in rule ? [rule.signal] : [];
}
