import type { WorkOrder } from "../lifecycle/work-order.ts";
import { dayIn } from "../organisation/load-organisation.ts";
import { isInWarranty } from "../organisation/machine-file.ts";
import { zoneOf } from "../organisation/region.ts";
import { openLoans } from "../parts/hand-out.ts";
import { distanceKm } from "../parts/location.ts";
import { partsSettled } from "../parts/reconcile-parts.ts";
import type { Ticket } from "../ticket.ts";
import type { TicketOrder } from "../ticket-lifecycle.ts";
import type { FoundTicket, TicketWork } from "../ticket-work.ts";
import { chooseEngineer } from "./assign-ticket.ts";
import type { OrderName, OrderOf, PersonOrder } from "./order-bodies.ts";

/** What a person ordered, with what the life cycle has to know of the world besides. */
export async function resolveOrder(
  work: TicketWork,
  { ticket }: FoundTicket,
  order: PersonOrder,
): Promise<TicketOrder> {
  switch (order.type) {
    case "assign":
      return { type: "assign", assignment: await chooseEngineer(work, ticket, order) };
    case "arrive":
      return arrival(work, ticket, order);
    case "reopen":
      return { type: "reopen", cause: "customer", reason: order.reason };
    case "follow-up-done":
      return { ...order, blockers: await blockersOf(work, ticket) };
    case "receive-in-workshop":
      return { type: "receive-in-workshop", isInWarranty: await inWarranty(work, ticket) };
    case "depart":
      return { type: "depart", missingParts: await missingParts(work, ticket) };
    default:
      return plain(order);
  }
}

type Resolved =
  | "assign"
  | "arrive"
  | "reopen"
  | "follow-up-done"
  | "receive-in-workshop"
  | "depart";

/** Orders that need nothing looked up. */
function plain(order: OrderOf<Exclude<OrderName, Resolved>>): TicketOrder {
  switch (order.type) {
    case "remote-fixed":
      return { mode: "remote_guidance", ...order };
    case "remote-failed":
      return {
        type: "remote-failed",
        note: order.note,
        predictedParts: (order.predictedParts ?? []).map(({ partNo, quantity }) => ({
          partNo,
          qty: quantity,
          probability: 1,
        })),
      };
    case "reschedule": {
      const { type, from, to, reason } = order;
      return { type, dueWindow: { from, to }, ...(reason === undefined ? {} : { reason }) };
    }
    case "share-visit":
      return { type: "share-visit", visitId: order.ticketIds.join("+") };
    case "close":
      return { type: "close", outcome: order.outcome, note: order.note };
    default:
      return order as WorkOrder;
  }
}

/** Parts tickets and loans that are not over (TK-5). */
export async function blockersOf(work: TicketWork, ticket: Ticket): Promise<string[]> {
  const { openTickets, openLoans } = await partsSettled(work, ticket);
  return [...openTickets, ...openLoans.map(({ loanId }) => `loan ${loanId}`)];
}

/** Hands out what lies ready; what is not there the engineer has to know before setting out. */
async function missingParts(work: TicketWork, ticket: Ticket): Promise<string[]> {
  const { missing } = await openLoans(work, ticket, { engineerId: ticket.assignment?.engineerId });
  return missing.map(({ partNo }) => partNo);
}

async function inWarranty(work: TicketWork, { machineId = "" }: Ticket): Promise<boolean> {
  const { machine, regionPath } = (await work.settingOf?.(machineId))?.context ?? {};
  return (
    machine !== undefined && isInWarranty(machine, dayIn(zoneOf(regionPath ?? []), work.nowMs))
  );
}

/** How far from the machine the engineer says to be, if the machine's place is known. */
async function arrival(
  work: TicketWork,
  { machineId = "" }: Ticket,
  { place, reason }: OrderOf<"arrive">,
): Promise<WorkOrder> {
  const { machine, site } = (await work.settingOf?.(machineId))?.context ?? {};
  const there = machine?.location ?? site?.location;
  const why = reason === undefined ? {} : { reason };
  if (!there) return { type: "arrive", reason: "place of the machine not known", ...why };
  const { claimedAt } = work;
  const claim = claimedAt === undefined ? {} : { claimedAt };
  return place
    ? { type: "arrive", distanceKm: distanceKm(place, there), ...why, ...claim }
    : { type: "arrive", ...why };
}
