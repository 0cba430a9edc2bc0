import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { planFileOf } from "@firebreak/plans/load-plans.ts";
import type { ScenarioTuning } from "@firebreak/simulator/scenarios/scenario-schema.ts";
import { tunedPlan } from "@firebreak/simulator/scenarios/tuned-plan.ts";

/** Writes the plans of which rules are otherwise into a folder for a hub; gives the folder, where there are any. */
export function writeTunedPlans(
  folder: string,
  tuned: readonly ScenarioTuning[],
): string | undefined {
  for (const id of new Set(tuned.map(({ plan }) => plan))) {
    const file = planFileOf(id);
    const own = join(folder, id);
    cpSync(dirname(file), own, { recursive: true });
    const text = tuned
      .filter(({ plan }) => plan === id)
      .reduce((plan, tuning) => tunedPlan(plan, tuning) ?? plan, readFileSync(file, "utf8"));
    writeFileSync(join(own, basename(file)), text);
  }
  return tuned.length > 0 ? folder : undefined;
}
