import { explain } from "@firebreak/kit/explain-config.ts";
import { findMistakes } from "./check-plan.ts";
import type { PlanMistake } from "./plan-mistake.ts";
import { Acquisition, type Plan } from "./plan-schema.ts";

/**
 * What is wrong with a plan once its acquisition is another one: whether it is an acquisition at all, then everything
 * that the plan's own check finds. Paths begin with `acquisition`, or with the section that it does not fit.
 * `acquisition`: with its templates and imports brought in, as `loadPlan` gives it.
 */
export function checkAcquisition(plan: Plan, acquisition: unknown): readonly PlanMistake[] {
  const mistakes = explain(Acquisition, acquisition);
  if (mistakes.length > 0)
    return mistakes.map((one) => ({ ...one, path: ["acquisition", ...one.path] }));
  return findMistakes({ ...plan, acquisition: acquisition as Acquisition });
}
