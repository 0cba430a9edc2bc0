import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database } from "@firebreak/kit/database.ts";
import type { Logger } from "@firebreak/kit/logger.ts";
import { listPlans, loadPlan, planFileOf } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import {
  notePlanVersions,
  partsNotInMaster,
  regionsNotInTree,
} from "@firebreak/tickets/planner/plan-versions.ts";

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

/** Where the same plans lie, by id. */
export function hubPlanFolders(folder?: string): ReadonlyMap<string, string> {
  const own = folder === undefined ? [] : foldersIn(folder);
  const folders = [...listPlans(), ...own].map((idOrPath) => dirname(planFileOf(idOrPath)));
  return new Map(folders.map((path) => [basename(path), path]));
}

/**
 * Takes plans into use: versions only increase (PL-6). Parts that the master lacks and regions that the tree lacks are
 * named but refuse nothing, as they may still be imported (PL-5).
 * @throws CodedError BAD_CONFIGURATION
 */
export async function acceptPlans(
  db: Database,
  plans: ReadonlyMap<string, Plan>,
  { log, nowMs }: { readonly log: Logger; readonly nowMs: number },
): Promise<void> {
  await notePlanVersions(db, plans.values(), new Date(nowMs).toISOString());
  for (const [plan, partNos] of await partsNotInMaster(db, plans.values()))
    log.warn({ plan, partNos }, "the parts master lacks parts of a plan");
  for (const [plan, regionIds] of await regionsNotInTree(db, plans.values()))
    log.warn({ plan, regionIds }, "the region tree lacks regions of a plan");
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
