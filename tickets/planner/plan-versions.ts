import { createHash } from "node:crypto";
import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { Database, Transaction } from "@firebreak/kit/database.ts";
import { planRef } from "@firebreak/plans/load-plans.ts";
import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { loadRegions } from "../organisation/load-organisation.ts";
import { loadParts } from "../parts/stock-levels.ts";
import type { PlannerTables } from "./planner-tables.ts";

/**
 * PL-6: what a ticket names by `<plan>@<version>` is one plan for ever. Remembers the versions of the plans a hub starts
 * with, and refuses one that is older than the last, or that was changed without a new version.
 * @throws CodedError BAD_CONFIGURATION naming every such plan
 */
export async function notePlanVersions(
  db: Database,
  plans: Iterable<Plan>,
  at: string,
): Promise<void> {
  const all = [...plans];
  await db.transaction(async (tx) => {
    const problems: string[] = [];
    for (const plan of all) problems.push(...(await noteVersion(tx, plan, at)));
    if (problems.length > 0) throw new CodedError("BAD_CONFIGURATION", problems.join("\n"));
  });
}

async function noteVersion(tx: Transaction, plan: Plan, at: string): Promise<string[]> {
  const tables = tx.tables<PlannerTables>();
  const last = await tables
    .selectFrom("plan_versions")
    .select(["version", "hash"])
    .where("plan_id", "=", plan.plan)
    .orderBy("version", "desc")
    .executeTakeFirst();
  const hash = createHash("sha256").update(JSON.stringify(plan)).digest("hex");
  const known = last === undefined ? 0 : Number(last.version);
  if (plan.version < known)
    return [
      `${planRef(plan)} is older than version ${known}, which this hub has had: versions only increase`,
    ];
  if (plan.version === known)
    return last?.hash === hash
      ? []
      : [
          `${planRef(plan)} was changed since this hub first had it: give it version ${known + 1}, because tickets name the plan they followed`,
        ];
  await tables
    .insertInto("plan_versions")
    .values({ plan_id: plan.plan, version: plan.version, hash, at })
    .execute();
  return [];
}

/** PL-5: part numbers of plans that the parts master does not have, by plan; sorted, and empty where all is there. */
export async function partsNotInMaster(
  db: Database,
  plans: Iterable<Plan>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const missing = new Map<string, readonly string[]>();
  for (const plan of plans) {
    const partNos = [...new Set((plan.service.parts ?? []).map(({ partNo }) => partNo))].sort();
    const known = await loadParts(db, partNos);
    const unknown = partNos.filter((partNo) => !known.has(partNo));
    if (unknown.length > 0) missing.set(planRef(plan), unknown);
  }
  return missing;
}

/** PL-5, PL-7: regions of plans' overrides that there are not, by plan; sorted, and empty where all are there. */
export async function regionsNotInTree(
  db: Database,
  plans: Iterable<Plan>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const regions = await loadRegions(db);
  const missing = [...plans].map((plan): [string, string[]] => [
    planRef(plan),
    Object.keys(plan.service.regionOverrides ?? {})
      .filter((id) => !regions.has(id))
      .sort(),
  ]);
  return new Map(missing.filter(([, ids]) => ids.length > 0));
}
