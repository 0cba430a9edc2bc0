import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Reader } from "../ticket-store.ts";
import type { VerificationTables } from "./verification-tables.ts";

/** A place of a machine where what is counted or learned begins again. */
export interface ComponentReset {
  readonly machineId: string;
  readonly position: string;
  readonly partNo: string;
  readonly ticketId: string;
  /** The finish of the work, an ISO instant. */
  readonly at: string;
}

/** Says once that a part was replaced; the same finish of a ticket again changes nothing. */
export async function putReset({ tx, ids }: ServiceWork, reset: ComponentReset): Promise<void> {
  const tables = tx.tables<VerificationTables>();
  const { machineId, position, partNo, ticketId, at } = reset;
  const known = await tables
    .selectFrom("component_resets")
    .select("reset_id")
    .where("machine_id", "=", machineId)
    .where("position", "=", position)
    .where("ticket_id", "=", ticketId)
    .where("at", "=", at)
    .executeTakeFirst();
  if (known) return;
  await tables
    .insertInto("component_resets")
    .values({
      reset_id: ids.rowId(),
      machine_id: machineId,
      position,
      part_no: partNo,
      ticket_id: ticketId,
      at,
    })
    .execute();
}

/**
 * A person wants the baseline of a place to begin again: only where a part was replaced, because a drift that nobody
 * mended would be learned as normal.
 * @throws CodedError RESET_WITHOUT_PART
 */
export function requireReplaced<Part extends { readonly position: string }>(
  position: string,
  replaced: readonly Part[],
): Part {
  const part = replaced.find((one) => one.position === position);
  if (part) return part;
  throw new CodedError(
    "RESET_WITHOUT_PART",
    `no part was replaced at ${position}: a baseline begins again only with a new part`,
  );
}

/** Newest first, for rules that learn: what they know from before `at` is of another part. */
export async function resetsOf(reader: Reader, machineId: string): Promise<ComponentReset[]> {
  const rows = await reader
    .tables<VerificationTables>()
    .selectFrom("component_resets")
    .selectAll()
    .where("machine_id", "=", machineId)
    .orderBy("at", "desc")
    .orderBy("reset_id")
    .execute();
  return rows.map((row) => ({
    machineId: row.machine_id,
    position: row.position,
    partNo: row.part_no,
    ticketId: row.ticket_id,
    at: row.at,
  }));
}
