import { approvalLevelOf, may, type Permission, type Role } from "@firebreak/kit/roles.ts";
import { isOnSite } from "../lifecycle/field-orders.ts";
import { mayApprove } from "../parts/approval.ts";
import { isAtHand } from "../parts/hand-out.ts";
import type { LineState } from "../parts/parts-line.ts";
import type { Ticket } from "../ticket.ts";
import { isLegalFrom } from "../ticket-lifecycle.ts";
import { isOpen, priorities } from "../vocabulary.ts";
import { accessTo, isForTheirOwn, type OrderName, orderNames } from "./order-bodies.ts";

/** Who asks. */
export interface Orderer {
  readonly role?: Role | string | undefined;
  readonly engineerId?: string | undefined;
  readonly actorId: string;
}

/** Orders of a parts ticket, by the end of their address: `/tickets/<id>/<order>`. */
export const partsOrders = [
  "parts/approve",
  "parts/source",
  "parts/commit",
  "parts/ready",
  "parts/hand-out",
  "parts/close",
  "parts/cancel",
] as const;
export type PartsOrderName = (typeof partsOrders)[number];

export const possibleOrderNames = [...orderNames, "parts/request", ...partsOrders] as const;
export type PossibleOrder = (typeof possibleOrderNames)[number];

/** An engineer works on the own tickets; support by telephone belongs to whoever took the ticket on. Pure. */
export function mayOrder(
  { role, engineerId, actorId }: Orderer,
  { assignment, ownerId }: Pick<Ticket, "assignment" | "ownerId">,
  name: OrderName,
): boolean {
  if (role !== "engineer" || name === "acknowledge") return true;
  const isTheirs = assignment
    ? assignment.engineerId === (engineerId ?? actorId)
    : ownerId === actorId;
  return isForTheirOwn(name) && isTheirs;
}

/**
 * What somebody can order of a ticket as it is now, by the same tables that decide when it is ordered. What is said with
 * an order may still be refused. Pure.
 */
export function possibleOrders(ticket: Ticket, who: Orderer & { readonly role: Role }) {
  const holds = (permission: Permission) => may(who.role, permission);
  if (ticket.kind === "parts")
    return partsOrders.filter((name) => isPartsPossible(ticket, name, who.role));
  const own: PossibleOrder[] = orderNames.filter(
    (name) =>
      holds(accessTo(name)) &&
      mayOrder(who, ticket, name) &&
      isLegalFrom(name, ticket.state) &&
      isSensible(ticket, name) &&
      (name !== "cancel" || !ticket.safetyRelated || holds("tickets.cancelSafety")),
  );
  const mayAsk = holds("parts.request") && isOpen(ticket.state) && ticket.machineId !== undefined;
  return mayAsk ? [...own, "parts/request" as const] : own;
}

/** Beside the state: what the ticket's own facts rule out. */
function isSensible(ticket: Ticket, name: OrderName): boolean {
  switch (name) {
    case "accept":
      return ticket.assignment?.acceptedAt === undefined;
    case "raise-priority":
      return ticket.priority !== priorities[0];
    case "lower-priority":
      return ticket.priority !== priorities.at(-1);
    case "reschedule":
      return ticket.dueWindow !== undefined;
    case "receive-in-workshop":
      return ticket.workshop === undefined;
    case "leave-site":
      return isOnSite(ticket);
    case "close":
      return ticket.safetyRelated !== true;
    default:
      return true;
  }
}

const partsAccess: Readonly<Record<PartsOrderName, Permission>> = {
  "parts/approve": "parts.approve",
  "parts/cancel": "parts.approve",
  "parts/source": "stock.write",
  "parts/commit": "stock.write",
  "parts/ready": "stock.write",
  "parts/hand-out": "stock.write",
  "parts/close": "stock.write",
};

/** What somebody needs for what `possibleOrders` offers. Pure. */
export const accessToPossible = (order: PossibleOrder): Permission => {
  if (order === "parts/request") return "parts.request";
  const parts = partsOrders.find((one) => one === order);
  return parts ? partsAccess[parts] : accessTo(order as OrderName);
};

function isPartsPossible(ticket: Ticket, name: PartsOrderName, role: Role): boolean {
  return may(role, partsAccess[name]) && isPartsSensible(ticket, name, role);
}

function isPartsSensible({ state, parts, demand }: Ticket, name: PartsOrderName, role: Role) {
  const has = (wanted: LineState) => parts.some((line) => line.state === wanted);
  const lies = (wanted: LineState) =>
    parts.some((line) => line.state === wanted && demand && isAtHand(line, demand));
  switch (name) {
    case "parts/approve": {
      const level = approvalLevelOf(role);
      return (
        isLegalFrom("approve-parts", state) &&
        level !== undefined &&
        mayApprove(level, demand?.approval ?? "hq")
      );
    }
    case "parts/source":
      return isLegalFrom("source-parts", state) && state === "backordered";
    case "parts/commit":
      return isOpen(state) && (has("requested") || has("backordered") || has("in_transit"));
    case "parts/ready":
      return isLegalFrom("move-parts", state) && lies("reserved");
    case "parts/hand-out":
      return isLegalFrom("move-parts", state) && (lies("ready") || lies("reserved"));
    case "parts/close":
      return state === "consumed" || state === "returned";
    case "parts/cancel":
      return isLegalFrom("cancel-parts", state);
  }
}
