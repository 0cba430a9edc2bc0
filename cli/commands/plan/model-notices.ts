import type { OpenedPlan } from "@firebreak/plans/load-plans.ts";
import { runtimeAbsent, urlOfRuntime } from "../../learned/onnx-runtime.ts";

/** What is no mistake of a plan and keeps rules from judging here all the same, a line each: `line:column: notice`. */
export function modelNotices(
  { plan, positionOf }: OpenedPlan,
  isInstalled = urlOfRuntime() !== undefined,
): string[] {
  if (isInstalled) return [];
  return plan.rules.rules.flatMap(({ kind }, index) => {
    if (kind !== "model-file") return [];
    const { line, column } = positionOf(["rules", "rules", index, "model"]);
    return [`${line}:${column}: notice: ${runtimeAbsent}`];
  });
}
