import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import { listPlans, loadPlan } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";

/**
 * The plans that come with Firebreak and those of a folder, one sub-folder each, by id. A plan of the folder takes the
 * place of the one that has its id.
 * @throws CodedError BAD_CONFIGURATION with every problem of a plan, or when the folder holds none
 */
export function loadHubPlans(folder?: string): Map<string, Plan> {
  const own = folder === undefined ? [] : foldersIn(folder);
  const plans = [...listPlans(), ...own].map((idOrPath) => loadPlan(idOrPath));
  return new Map(plans.map((plan) => [plan.plan, plan]));
}

function foldersIn(folder: string): string[] {
  const isFolder = existsSync(folder) && statSync(folder).isDirectory();
  const found = (isFolder ? readdirSync(folder) : [])
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, "plan.yaml")));
  if (found.length > 0) return found;
  throw new CodedError(
    "BAD_CONFIGURATION",
    `--plans ${folder}: there is no plan; each lies in a folder of its own, as <id>/plan.yaml`,
  );
}
