import type { Database } from "@firebreak/kit/database.ts";
import { type WorkPolicy, workPolicy } from "./lifecycle/work-policy.ts";
import type { TicketTables } from "./tables.ts";
import type { TicketEvent } from "./ticket-event.ts";
import { fold } from "./ticket-lifecycle.ts";
import { FOLD_VERSION, rowOf } from "./ticket-row.ts";

const BATCH = 200;

/**
 * Folds tickets again that an older version stored, from their timelines: what is stored is nothing but that (TK-2).
 * In batches of a transaction each, so that a start that is interrupted goes on where it was.
 */
export async function refoldTickets(db: Database, policy: WorkPolicy = workPolicy): Promise<void> {
  while ((await refoldBatch(db, policy)) === BATCH);
}

const refoldBatch = (db: Database, policy: WorkPolicy): Promise<number> =>
  db.transaction(async (tx) => {
    const tables = tx.tables<TicketTables>();
    const rows = await tables
      .selectFrom("tickets")
      .select(["ticket_id", "problem_key"])
      .where("fold_version", "<", FOLD_VERSION)
      .limit(BATCH)
      .execute();
    for (const { ticket_id, problem_key } of rows) {
      const events = await tables
        .selectFrom("ticket_events")
        .select("body")
        .where("ticket_id", "=", ticket_id)
        .orderBy("seq")
        .execute();
      const ticket = fold(events.map(({ body }) => JSON.parse(body) as TicketEvent));
      await tables
        .updateTable("tickets")
        .set(rowOf(ticket, problem_key, policy))
        .where("ticket_id", "=", ticket_id)
        .execute();
    }
    return rows.length;
  });
