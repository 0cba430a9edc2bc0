import type { Database, Transaction } from "@firebreak/kit/database.ts";
import type { InstalledPart } from "../organisation/machine-file.ts";
import type { OrganisationTables } from "../organisation/organisation-tables.ts";
import { estimateLife, type LifeEstimate, type ObservedLife } from "./observed-life.ts";

type Reader = Pick<Database | Transaction, "tables">;

const MONTH_MS = (365.25 / 12) * 24 * 3600 * 1000;

/** A part that came out with more life than this was not worn out: it was changed early. Per cent. */
const WORN_OUT_PCT = 10;

/** A life, and what it counts: what the wear life of the part counts, or months. */
export interface PartLifeEstimate extends LifeEstimate {
  readonly unit: "wear_life" | "months";
}

/**
 * How long a part lives in the field, in the unit of its wear life where the use of every one was counted, else in months.
 * What still works, and what was changed early, lived at least so long and is counted as that. Undefined while too few
 * have failed.
 */
export async function observedLifeOf(
  reader: Reader,
  partNo: string,
  nowMs: number,
): Promise<PartLifeEstimate | undefined> {
  const rows = await reader
    .tables<OrganisationTables>()
    .selectFrom("installed_parts")
    .select(["removed_at", "body"])
    .where("part_no", "=", partNo)
    .execute();
  const seen = rows.map(({ removed_at: removedAt, body }) => ({
    installed: JSON.parse(body) as InstalledPart,
    removedAt,
  }));
  // Strokes of one and months of another make no life.
  const isCounted = seen.every(({ installed }) => installed.usedLife !== undefined);
  const estimate = estimateLife(
    seen.map(({ installed, removedAt }) => {
      const { usedLife: _usedLife, ...timed } = installed;
      return observedLife(isCounted ? installed : timed, removedAt, nowMs);
    }),
  );
  return estimate && { ...estimate, unit: isCounted ? "wear_life" : "months" };
}

/** Pure. `removedAt`: null while it works. */
export function observedLife(
  { installedAt, usedLife, remainingLifePct = 0 }: InstalledPart,
  removedAt: string | null,
  nowMs: number,
): ObservedLife {
  const endMs = removedAt === null ? nowMs : Date.parse(removedAt);
  return {
    life: usedLife ?? Math.max(0, (endMs - Date.parse(installedAt)) / MONTH_MS),
    hasFailed: removedAt !== null && remainingLifePct <= WORN_OUT_PCT,
  };
}
