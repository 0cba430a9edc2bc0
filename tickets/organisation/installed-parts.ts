import type { ServiceWork } from "../service-work.ts";
import type { InstalledPart } from "./machine-file.ts";
import type { OrganisationTables } from "./organisation-tables.ts";

/** MA-6: puts a part in its position of a machine; what was there until now is removed. Returns what was removed. */
export async function installPart(
  work: ServiceWork,
  machineId: string,
  part: InstalledPart,
): Promise<InstalledPart | undefined> {
  const removed = await removePart(work, machineId, part.position);
  await work.tx
    .tables<OrganisationTables>()
    .insertInto("installed_parts")
    .values({
      row_id: work.ids.rowId(),
      machine_id: machineId,
      position: part.position,
      part_no: part.partNo,
      removed_at: null,
      body: JSON.stringify(part),
    })
    .execute();
  return removed;
}

/** Undefined when nothing was there. */
export async function removePart(
  work: ServiceWork,
  machineId: string,
  position: string,
): Promise<InstalledPart | undefined> {
  const found = await partIn(work, machineId, position);
  if (!found) return undefined;
  await work.tx
    .tables<OrganisationTables>()
    .updateTable("installed_parts")
    .set({ removed_at: work.at })
    .where("row_id", "=", found.rowId)
    .execute();
  return found.part;
}

/** Wear that somebody measured, on the part that is in the position now; nothing when nobody knows what is there. */
export async function measurePart(
  work: ServiceWork,
  machineId: string,
  { position, remainingLifePct }: { readonly position: string; readonly remainingLifePct: number },
): Promise<InstalledPart | undefined> {
  const found = await partIn(work, machineId, position);
  if (!found) return undefined;
  const measured: InstalledPart = { ...found.part, remainingLifePct, source: "measured" };
  await work.tx
    .tables<OrganisationTables>()
    .updateTable("installed_parts")
    .set({ body: JSON.stringify(measured) })
    .where("row_id", "=", found.rowId)
    .execute();
  return measured;
}

async function partIn(
  { tx }: ServiceWork,
  machineId: string,
  position: string,
): Promise<{ rowId: string; part: InstalledPart } | undefined> {
  const row = await tx
    .tables<OrganisationTables>()
    .selectFrom("installed_parts")
    .select(["row_id", "body"])
    .where("machine_id", "=", machineId)
    .where("position", "=", position)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  return row && { rowId: row.row_id, part: JSON.parse(row.body) as InstalledPart };
}
