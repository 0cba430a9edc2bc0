import { CodedError } from "@firebreak/kit/coded-error.ts";
import { isOnSite } from "../lifecycle/field-orders.ts";
import type { TicketTables } from "../tables.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketWork } from "../ticket-work.ts";
import type { TicketState } from "../vocabulary.ts";
import type { OrderName } from "./order-bodies.ts";

type Stay = Pick<Ticket, "visitLog"> & { readonly state: TicketState };

/** A ticket that keeps its engineer: he works on it, or waits beside the machine for parts to go on with. */
const keepsEngineer = ({ state, visitLog }: Stay): boolean =>
  state === "in_progress" || (state === "waiting_parts" && isOnSite({ visitLog }));

/**
 * EN-3: an engineer is at work on one visit at a time; tickets that share a visit are one.
 * @throws CodedError ENGINEER_BUSY when the order would put the engineer of the ticket to work on a second one
 */
export async function checkOneVisit(
  { tx }: TicketWork,
  ticket: Ticket,
  order: OrderName,
): Promise<void> {
  const engineerId = ticket.assignment?.engineerId;
  if (engineerId === undefined || !beginsWork(ticket, order)) return;
  const rows = await tx
    .tables<TicketTables>()
    .selectFrom("tickets")
    .select("body")
    .where("engineer_id", "=", engineerId)
    .where("is_open", "=", 1)
    .where("kind", "!=", "parts")
    .where("state", "in", ["in_progress", "waiting_parts"])
    .where("ticket_id", "!=", ticket.ticketId)
    .orderBy("ticket_id")
    .execute();
  const other = rows
    .map(({ body }) => JSON.parse(body) as Ticket)
    .find((one) => keepsEngineer(one) && !isSameVisit(one, ticket));
  if (other === undefined) return;
  throw new CodedError(
    "ENGINEER_BUSY",
    `${engineerId} is at work on ${other.ticketId}: finish it, leave its site, put it on hold or share the visit first (EN-3)`,
  );
}

function beginsWork({ hold, visitLog }: Ticket, order: OrderName): boolean {
  if (order !== "resume") return order === "start-work";
  return hold !== undefined && keepsEngineer({ state: hold.previousState, visitLog });
}

const isSameVisit = (one: Ticket, other: Ticket): boolean =>
  one.visitId !== undefined && one.visitId === other.visitId;
