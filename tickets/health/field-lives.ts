import type { Plan } from "@firebreak/plans/plan-schema.ts";
import { fitWeibull, type ObservedLife } from "../lessons/observed-life.ts";
import { observedLife } from "../lessons/part-lives.ts";
import type { Reader } from "../organisation/file-store.ts";
import type { InstalledPart } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import type { PartStanding } from "./standing.ts";

type PlanPart = NonNullable<Plan["service"]["parts"]>[number];
interface SeenLife {
  readonly installed: InstalledPart;
  readonly removedAt: string | null;
}

const dayMs = 86_400_000;
/** Fewer failures make no distribution. Engineering default, as in `estimateLife`. */
const fewestFailures = 3;

/** Every life of these parts in the fleet, by number. */
export async function loadLives(
  reader: Reader,
  partNos: readonly string[],
): Promise<Map<string, SeenLife[]>> {
  if (partNos.length === 0) return new Map();
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("installed_parts")
    .select(["part_no", "removed_at", "body"])
    .where("part_no", "in", [...partNos])
    .execute();
  const lives = new Map<string, SeenLife[]>();
  for (const { part_no: partNo, removed_at: removedAt, body } of rows) {
    const known = lives.get(partNo) ?? [];
    known.push({ installed: JSON.parse(body) as InstalledPart, removedAt });
    lives.set(partNo, known);
  }
  return lives;
}

/** What the lives of others say of a part: their distribution in days, and how far the plan was off. Pure. */
export function fieldOf(
  { wearLife }: Pick<PlanPart, "wearLife">,
  lives: readonly SeenLife[],
  nowMs: number,
): Pick<PartStanding, "field" | "past"> {
  const days = lives.map(({ installed, removedAt }): ObservedLife => {
    const endMs = removedAt === null ? nowMs : Date.parse(removedAt);
    const { hasFailed } = observedLife(installed, removedAt, nowMs);
    return { life: Math.max(0, endMs - Date.parse(installed.installedAt)) / dayMs, hasFailed };
  });
  const failures = days.filter(({ hasFailed }) => hasFailed).length;
  const fit = failures >= fewestFailures ? fitWeibull(days) : undefined;
  return {
    ...(fit ? { field: { shape: fit.shape, scaleDays: fit.scale } } : {}),
    past: lives.flatMap(({ installed, removedAt }) => {
      const { life, hasFailed } = observedLife(installed, removedAt, nowMs);
      const isSameUnit = (installed.usedLife === undefined) === (wearLife?.basis === "months");
      return wearLife && hasFailed && isSameUnit
        ? [{ expected: wearLife.value, actual: life }]
        : [];
    }),
  };
}
