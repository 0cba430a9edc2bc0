import type { Database } from "@firebreak/kit/database.ts";
import type { TicketTables } from "./tables.ts";
import type { TicketCounts } from "./ticket-service.ts";
import type { TicketKind } from "./vocabulary.ts";

/** Open tickets of one machine, or of all. */
export async function countTickets(db: Database, machine?: string): Promise<TicketCounts> {
  const open = db.tables<TicketTables>().selectFrom("tickets").where("is_open", "=", 1);
  const chosen = machine === undefined ? open : open.where("machine_id", "=", machine);
  const rows = await chosen
    .select((column) => ["kind", column.fn.countAll<number>().as("count")])
    .groupBy("kind")
    .execute();
  const machines = await chosen
    .select((column) => column.fn.count<number>("machine_id").distinct().as("count"))
    .where("kind", "!=", "parts")
    .executeTakeFirstOrThrow();
  const openByKind: Record<TicketKind, number> = { inspection: 0, repair: 0, parts: 0 };
  for (const { kind, count } of rows) openByKind[kind as TicketKind] = Number(count);
  const total = Object.values(openByKind).reduce((sum, count) => sum + count, 0);
  return { open: total, openByKind, machines: Number(machines.count) };
}
