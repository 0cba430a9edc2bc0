import type { Transaction } from "@firebreak/kit/database.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Ticket } from "../ticket.ts";
import type { VerificationTables } from "./verification-tables.ts";

/** A repair that was proved, and that the rules have not heard of yet. */
export interface ProvedRepair {
  readonly machineId: string;
  /** Findings that were still open for the ticket. */
  readonly findingIds: readonly string[];
  /** Time of the proof, ISO. */
  readonly at: string;
}

/** Leaves word for the rules, in the transaction of the proof. Nothing when no finding of the ticket is open. */
export async function noteProved(work: ServiceWork, ticket: Ticket): Promise<void> {
  const { machineId, activeFindings, ticketId } = ticket;
  if (machineId === undefined || activeFindings.length === 0) return;
  const proof = { proved_at: work.at, finding_ids: JSON.stringify(activeFindings) };
  await work.tx
    .tables<VerificationTables>()
    .insertInto("proved_repairs")
    .values({ ticket_id: ticketId, machine_id: machineId, ...proof })
    .onConflict((conflict) => conflict.column("ticket_id").doUpdateSet(proof))
    .execute();
}

/** Takes what was left for the rules, oldest first: told once, in the transaction that stores what the rules make of it. */
export async function takeProved(tx: Transaction): Promise<ProvedRepair[]> {
  const tables = tx.tables<VerificationTables>();
  const rows = await tables
    .selectFrom("proved_repairs")
    .selectAll()
    .orderBy("proved_at")
    .orderBy("ticket_id")
    .execute();
  if (rows.length === 0) return [];
  await tables.deleteFrom("proved_repairs").execute();
  return rows.map(({ machine_id, finding_ids, proved_at }) => ({
    machineId: machine_id,
    findingIds: JSON.parse(finding_ids),
    at: proved_at,
  }));
}
