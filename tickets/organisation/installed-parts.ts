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
  { tx, at }: ServiceWork,
  machineId: string,
  position: string,
): Promise<InstalledPart | undefined> {
  const tables = tx.tables<OrganisationTables>();
  const row = await tables
    .selectFrom("installed_parts")
    .select(["row_id", "body"])
    .where("machine_id", "=", machineId)
    .where("position", "=", position)
    .where("removed_at", "is", null)
    .executeTakeFirst();
  if (!row) return undefined;
  await tables
    .updateTable("installed_parts")
    .set({ removed_at: at })
    .where("row_id", "=", row.row_id)
    .execute();
  return JSON.parse(row.body) as InstalledPart;
}
