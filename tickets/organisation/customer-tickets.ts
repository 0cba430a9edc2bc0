import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import type { Reader } from "./file-store.ts";

/** A ticket as lists have it; its timeline is read one by one. */
export type TicketSummary = Omit<Ticket, "timeline">;

export interface CustomerQuery {
  readonly customerId: string;
  readonly machineId?: string;
}

/**
 * The tickets of a customer, newest first: those that were opened for him. What happened to a machine before it was his,
 * or after, is not his to see.
 */
export async function ticketsOfCustomer(
  reader: Reader,
  { customerId, machineId }: CustomerQuery,
): Promise<TicketSummary[]> {
  let query = reader
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("body")
    .where("customer_id", "=", customerId)
    .orderBy("created_at", "desc")
    .orderBy("ticket_id", "desc");
  if (machineId !== undefined) query = query.where("machine_id", "=", machineId);
  return (await query.execute()).map(({ body }) => JSON.parse(body) as TicketSummary);
}
