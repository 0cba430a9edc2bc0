import type { ServiceWork } from "../service-work.ts";
import type { EngineerPosition, EngineerState } from "./engineer.ts";
import { engineerKind } from "./file-kinds.ts";
import { findFile, unknown } from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";

export interface Presence {
  readonly engineerId: string;
  /** Left out: as before. */
  readonly state?: EngineerState | undefined;
  /** One that is older than the last known is not taken. */
  readonly position?: EngineerPosition | undefined;
}

/** What an engineer does now and where he is. @throws CodedError ORGANISATION_UNKNOWN */
export async function setPresence(
  { tx }: ServiceWork,
  { engineerId, state, position }: Presence,
): Promise<void> {
  if (!(await findFile(tx, engineerKind, engineerId))) throw unknown("engineer", engineerId);
  const tables = tx.tables<OrganisationTables>();
  if (state !== undefined)
    await tables
      .updateTable("engineer_presence")
      .set({ state })
      .where("engineer_id", "=", engineerId)
      .execute();
  if (position === undefined) return;
  const { lat, lon, at } = position;
  const positionAt = new Date(at).toISOString();
  await tables
    .updateTable("engineer_presence")
    .set({ lat, lon, position_at: positionAt })
    .where("engineer_id", "=", engineerId)
    .where((where) =>
      where.or([where("position_at", "is", null), where("position_at", "<=", positionAt)]),
    )
    .execute();
}
