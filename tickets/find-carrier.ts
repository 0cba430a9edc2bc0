import type { Transaction } from "@firebreak/kit/database.ts";
import { ofPresentOwner } from "./former-owner.ts";
import { provingStates } from "./lifecycle/work-clocks.ts";
import type { TicketTables } from "./tables.ts";
import { loadTicket, type Reader } from "./ticket-store.ts";
import type { FoundTicket } from "./ticket-work.ts";
import { isOpen, type TicketState } from "./vocabulary.ts";

/** Of tickets that nobody has set out for yet. */
export const waitingStates: readonly TicketState[] = ["planned", "new", "acknowledged", "assigned"];

/** Of a chain of merged tickets the one that stays (TK-6: there are no chains, but one is followed all the same). */
export async function rootOf(reader: Reader, found: FoundTicket): Promise<FoundTicket> {
  let at = found;
  while (at.ticket.mergedInto !== undefined) {
    const next = await loadTicket(reader, at.ticket.mergedInto);
    if (!next) return at;
    at = next;
  }
  return at;
}

/** The open ticket that carries a problem: its own, or the one that its own was merged into. */
export async function findCarrier(tx: Transaction, key: string): Promise<FoundTicket | undefined> {
  const rows = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select(["ticket_id", "is_open"])
    .where("problem_key", "=", key)
    .where((where) => where.or([where("is_open", "=", 1), where("state", "=", "merged")]))
    .orderBy("is_open", "desc")
    .orderBy("created_at", "desc")
    .limit(1)
    .execute();
  const [row] = rows;
  const found = row && (await loadTicket(tx, row.ticket_id));
  if (!found) return undefined;
  const root = await rootOf(tx, found);
  return isOpen(root.ticket.state) ? root : undefined;
}

/** Open inspections and repairs of a machine that nobody has set out for yet, oldest first. */
export async function findWaiting(
  tx: Transaction,
  machineId: string,
  { component, since }: { readonly component?: string; readonly since?: string } = {},
): Promise<FoundTicket[]> {
  let query = tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("machine_id", "=", machineId)
    .where("is_open", "=", 1)
    .where("kind", "!=", "parts")
    .where("state", "in", waitingStates)
    .where(...ofPresentOwner)
    .orderBy("created_at")
    .orderBy("ticket_id");
  if (component !== undefined) query = query.where("component", "=", component);
  if (since !== undefined) query = query.where("created_at", ">=", since);
  const found: FoundTicket[] = [];
  for (const { ticket_id } of await query.execute()) {
    const one = await loadTicket(tx, ticket_id);
    if (one) found.push(one);
  }
  return found;
}

/** Open tickets of a machine that foretold a failure mode, oldest first. */
export async function findPredicted(
  tx: Transaction,
  machineId: string,
  failureMode: string,
): Promise<FoundTicket[]> {
  const rows = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("machine_id", "=", machineId)
    .where("is_open", "=", 1)
    .where("kind", "=", "inspection")
    .where("ticket_trigger", "=", "predicted_failure")
    .where(...ofPresentOwner)
    .orderBy("created_at")
    .orderBy("ticket_id")
    .execute();
  const found: FoundTicket[] = [];
  for (const { ticket_id } of rows) {
    const one = await loadTicket(tx, ticket_id);
    if (one?.ticket.faultCode === failureMode) found.push(one);
  }
  return found;
}

export const isWaiting = ({ state }: FoundTicket["ticket"]): boolean =>
  waitingStates.includes(state);

/** A repair on a component of a machine that is still to be done (MR-2): who has left it looks at nothing more. */
export async function findRepair(
  tx: Transaction,
  machineId: string,
  component: string,
): Promise<FoundTicket | undefined> {
  const row = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("ticket_id")
    .where("machine_id", "=", machineId)
    .where("component", "=", component)
    .where("kind", "=", "repair")
    .where("is_open", "=", 1)
    .where("state", "not in", provingStates)
    .where(...ofPresentOwner)
    .orderBy("created_at")
    .limit(1)
    .executeTakeFirst();
  return row && loadTicket(tx, row.ticket_id);
}
