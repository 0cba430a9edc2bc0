import { type PlanMistake, tolerant } from "../plan-mistake.ts";
import type { Plan, Rule } from "../plan-schema.ts";
import { readModel } from "./check-model-file.ts";
import { readHistories } from "./read-histories.ts";

/**
 * What is wrong with the files that rules of a plan rest on, each mistake at the line of the plan that names the file.
 * Reads and looks through them. The plan may be a draft that does not fit the schema. `folder`: where it lies.
 */
export const checkLearnedFiles: (plan: Plan, folder: string) => PlanMistake[] = tolerant(
  (plan: Plan, folder: string) =>
    plan.rules.rules.flatMap((rule, index) => checkFile(plan, rule, { folder, index })),
);

function checkFile(
  { acquisition }: Plan,
  rule: Rule,
  { folder, index }: { readonly folder: string; readonly index: number },
): PlanMistake[] {
  const mistakes = (key: string, messages: readonly string[]) =>
    messages.map((message) => ({
      path: ["rules", "rules", index, key],
      message,
      at: "value" as const,
    }));
  if (rule.kind === "remaining-life") {
    const read = readHistories(rule, { folder, signals: acquisition.signals });
    return "lives" in read ? [] : mistakes("histories", read.problems);
  }
  if (rule.kind !== "model-file") return [];
  const read = readModel(rule, folder);
  return "problem" in read ? mistakes("model", [read.problem]) : [];
}
