import type { Transaction } from "@firebreak/kit/database.ts";
import { sql } from "kysely";
import type { TicketTables } from "./tables.ts";

const FORMER = "former-owner:";

/** As a condition on `problem_key`: the ticket is of whoever has the machine now. */
export const ofPresentOwner = ["problem_key", "not like", `${FORMER}%`] as const;

/** Of a problem key: whoever had the machine then has it no more. */
export const isOfFormerOwner = (problemKey: string): boolean => problemKey.startsWith(FORMER);

/**
 * Sets all work on a machine apart for good, once it has gone to another customer: it stays with whom it was done for,
 * and nothing that the machine or its new owner says is added to it, opens it again or is merged with it.
 */
export async function leaveToFormerOwner(tx: Transaction, machineId: string): Promise<void> {
  await tx
    .tables<TicketTables>()
    .updateTable("tickets")
    .set({
      // With the ticket's id, because a machine may come and go more than once.
      problem_key: sql<string>`${FORMER} || ticket_id || ':' || problem_key`,
      open_key: sql<string | null>`${FORMER} || ticket_id || ':' || open_key`,
    })
    .where("machine_id", "=", machineId)
    .where("kind", "!=", "parts")
    .where(...ofPresentOwner)
    .execute();
}
