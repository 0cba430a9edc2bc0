import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import { inBatches, type Reader } from "./file-store.ts";
import type { OrganisationTables } from "./organisation-tables.ts";

/** A ticket as lists have it; its timeline is read one by one. */
export type TicketSummary = Omit<Ticket, "timeline">;

export interface CustomerQuery {
  readonly customerId: string;
  readonly machineId?: string;
}

/**
 * The tickets of a customer, newest first: those opened for him, on machines he has or had. What happened to a machine
 * before it was his, or after, is not his to see.
 */
export async function ticketsOfCustomer(
  reader: Reader,
  { customerId, machineId }: CustomerQuery,
): Promise<TicketSummary[]> {
  const tables = reader.tables<TicketTables & OrganisationTables>();
  let his = tables
    .selectFrom("machine_owners")
    .select("machine_id")
    .distinct()
    .where("customer_id", "=", customerId);
  if (machineId !== undefined) his = his.where("machine_id", "=", machineId);
  const machineIds = (await his.execute()).map((row) => row.machine_id);
  const rows = await inBatches(machineIds, (batch) =>
    tables
      .selectFrom("tickets")
      .select(["created_at", "ticket_id", "body"])
      .where("machine_id", "in", batch)
      .execute(),
  );
  return rows
    .map(({ body }) => JSON.parse(body) as TicketSummary)
    .filter((ticket) => ticket.customerId === customerId)
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}
