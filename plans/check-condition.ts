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
  const [min, max] = acquisition.signals[signal]?.range ?? [];
  const beyond = (key: string, limit: number) =>
    found.push({
      path: [...path, key],
      message: `no value in the range of "${signal}" (${min} to ${max}) is ${key} ${limit}`,
      at: "value",
    });
  if (above !== undefined && max !== undefined && above >= max) beyond("above", above);
  if (below !== undefined && min !== undefined && below <= min) beyond("below", below);
  return found;
}

/** Several conditions of one signal leave something between them. */
export function checkTogether(all: readonly Condition[], path: PlanMistake["path"]): PlanMistake[] {
  return all.flatMap(({ signal, above, below }, index) => {
    const others = all.slice(0, index).filter((one) => one.signal === signal);
    const low = Math.max(...others.map((one) => one.above ?? Number.NEGATIVE_INFINITY));
    const high = Math.min(...others.map((one) => one.below ?? Number.POSITIVE_INFINITY));
    const clash =
      below !== undefined && low >= below
        ? `"${signal}" must be above ${low} already, so it is never below ${below}`
        : above !== undefined && high <= above
          ? `"${signal}" must be below ${high} already, so it is never above ${above}`
          : undefined;
    return clash === undefined ? [] : [{ path: [...path, index], message: clash, at: "value" }];
  });
}
