import { type PlanMistake, unknownName } from "./plan-mistake.ts";
import type { Condition, Plan } from "./plan-schema.ts";

/** A condition must be of a signal of the plan and be fulfillable. */
export function checkCondition(
  { acquisition }: Plan,
  { signal, above, below }: Condition,
  path: PlanMistake["path"],
): PlanMistake[] {
  const known = Object.keys(acquisition.signals);
  const found = unknownName("signal", signal, { known, path: [...path, "signal"] });
  if (above === undefined && below === undefined)
    found.push({ path, message: 'give "above", "below" or both', at: "value" });
  if (above !== undefined && below !== undefined && above >= below)
    found.push({ path, message: `nothing is above ${above} and below ${below}`, at: "value" });
  return found;
}
