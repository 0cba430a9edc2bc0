import type { Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import type { Reader } from "../ticket-store.ts";
import type { VerificationTables } from "./verification-tables.ts";

/** Why findings end that the machine itself has not taken back. */
export type EndCause = "repaired" | "reset" | "machine_moved";

/** A repair that was proved, a ticket that people ended, or a machine that was sold, and that the rules have not heard of yet. */
export interface EndedFindings {
  readonly machineId: string;
  /** Findings that were still open for the ticket. */
  readonly findingIds: readonly string[];
  /** Time of the proof or sale, ISO. */
  readonly at: string;
  readonly cause: EndCause;
}

/**
 * Leaves word for the rules, in the transaction of what ends them. Nothing when no finding is open. `ticketId`: or of what
 * else held them back.
 */
export async function noteEnded(
  work: ServiceWork,
  ticket: Pick<Ticket, "machineId" | "activeFindings" | "ticketId">,
  cause: EndCause,
): Promise<void> {
  const { machineId, activeFindings, ticketId } = ticket;
  if (machineId === undefined || activeFindings.length === 0) return;
  const proof = { proved_at: work.at, finding_ids: JSON.stringify(activeFindings), cause };
  await work.tx
    .tables<VerificationTables>()
    .insertInto("proved_repairs")
    .values({ ticket_id: ticketId, machine_id: machineId, ...proof })
    .onConflict((conflict) => {
      const renewed = conflict.column("ticket_id").doUpdateSet(proof);
      // A reset ends less than anything else that may be waiting there already.
      return cause === "reset" ? renewed.where("proved_repairs.cause", "=", cause) : renewed;
    })
    .execute();
}

const toEnded = (row: VerificationTables["proved_repairs"]): EndedFindings => ({
  machineId: row.machine_id,
  findingIds: JSON.parse(row.finding_ids),
  at: row.proved_at,
  cause: row.cause as EndCause,
});

/** Of machines that were sold; left where it is, for `takeEnded`. */
export async function endedBySale(reader: Reader): Promise<EndedFindings[]> {
  const rows = await reader
    .tables<VerificationTables>()
    .selectFrom("proved_repairs")
    .selectAll()
    .where("cause", "=", "machine_moved" satisfies EndCause)
    .execute();
  return rows.map(toEnded);
}

/** Takes what was left for the rules, oldest first: told once, in the transaction that stores what the rules make of it. */
export async function takeEnded(tx: Transaction): Promise<EndedFindings[]> {
  const tables = tx.tables<VerificationTables>();
  const rows = await tables
    .selectFrom("proved_repairs")
    .selectAll()
    .orderBy("proved_at")
    .orderBy("ticket_id")
    .execute();
  if (rows.length === 0) return [];
  await tables.deleteFrom("proved_repairs").execute();
  return rows.map(toEnded);
}
