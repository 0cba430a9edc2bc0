import type { PartLoan } from "@firebreak/tickets/parts/loans.ts";
import type { StockLocation } from "@firebreak/tickets/parts/location.ts";
import type { MovementView, PartView, StockView } from "@firebreak/tickets/parts/stock-views.ts";
import type { Transfer } from "@firebreak/tickets/parts/transfers.ts";
import type { Permission, Ticket } from "../../types.ts";

export type { HeldPart } from "@firebreak/tickets/parts/held-parts.ts";
export type { PartWithPlaces } from "@firebreak/tickets/parts/stock-views.ts";
export type { MovementView, PartLoan, PartView, StockLocation, StockView, Transfer };
export type PartsTicket = Omit<Ticket, "timeline">;

/** Classes of parts, in the order in which they are offered. */
export const categories: readonly PartView["category"][] = [
  "bearing",
  "drivetrain",
  "non_standard",
  "consumable",
  "standard",
  "tool",
  "auxiliary",
  "component",
];

/**
 * What lay there after each movement, given what lies there now; movements newest first, and all of the newest ones.
 * Pure.
 */
export function balancesOf(
  movements: readonly Pick<MovementView, "movementId" | "quantity">[],
  onHandNow: number,
): ReadonlyMap<string, number> {
  const balances = new Map<string, number>();
  let balance = onHandNow;
  for (const { movementId, quantity } of movements) {
    balances.set(movementId, balance);
    balance -= quantity;
  }
  return balances;
}

export interface Step<Name extends string> {
  readonly step: Name;
  readonly needs: Permission;
}

/** The one thing to do next with a transfer; undefined when it is over. Pure. */
export function nextOfTransfer({
  state,
  isGreen,
}: Pick<Transfer, "state" | "isGreen">): Step<"approve" | "pick" | "send" | "receive"> | undefined {
  switch (state) {
    case "requested":
      return isGreen
        ? { step: "pick", needs: "stock.write" }
        : { step: "approve", needs: "transfers.approve" };
    case "approved":
      return { step: "pick", needs: "stock.write" };
    case "picked":
      return { step: "send", needs: "stock.write" };
    case "in_transit":
      return { step: "receive", needs: "stock.write" };
    default:
      return undefined;
  }
}

/** How a transfer may end without arriving. Pure. */
export const endOfTransfer = ({
  state,
}: Pick<Transfer, "state">): Step<"lose" | "cancel"> | undefined => {
  if (state === "in_transit") return { step: "lose", needs: "transfers.approve" };
  const isHere = state === "requested" || state === "approved" || state === "picked";
  return isHere ? { step: "cancel", needs: "transfers.approve" } : undefined;
};

/** Pieces of a loan that are neither used nor back. Pure. */
export const outOf = ({ quantity, used, returned }: PartLoan): number => quantity - used - returned;

/** What a loan owes: unused pieces, an old part; each with its date and whether that is past. Pure. */
export function owedOf(loan: PartLoan, nowMs: number) {
  const isPast = (at: string | undefined) => at !== undefined && Date.parse(at) < nowMs;
  const { remindAt, coreDueAt, coreReturnedAt, state } = loan;
  const isOut = state === "open" && outOf(loan) > 0;
  const isOldOwed = coreDueAt !== undefined && coreReturnedAt === undefined;
  return {
    ...(isOut ? { pieces: { at: remindAt, isPast: isPast(remindAt) } } : {}),
    ...(isOldOwed ? { oldPart: { at: coreDueAt, isPast: isPast(coreDueAt) } } : {}),
  };
}

/** The states of parts requests in the order in which they ask for somebody. */
export const requestStates = [
  "requested",
  "approved",
  "sourcing",
  "backordered",
  "reserved",
  "in_transit",
  "ready",
  "loaned",
  "consumed",
  "returned",
] as const;

/** The one thing to do next with a parts request at its store; undefined while others act. Pure. */
export function nextOfRequest({
  state,
}: Pick<PartsTicket, "state">):
  | Step<"approve" | "source" | "ready" | "hand-out" | "close">
  | undefined {
  switch (state) {
    case "requested":
      return { step: "approve", needs: "parts.approve" };
    case "approved":
    case "backordered":
      return { step: "source", needs: "stock.write" };
    case "reserved":
      return { step: "ready", needs: "stock.write" };
    case "ready":
      return { step: "hand-out", needs: "stock.write" };
    case "consumed":
    case "returned":
      return { step: "close", needs: "stock.write" };
    default:
      return undefined;
  }
}

const approvalOrder: readonly string[] = ["auto", "station", "region", "hq"];

/** Whether a level of approval reaches what a request needs. Pure. */
export const reaches = (own: string | undefined, needed: string): boolean =>
  own !== undefined && approvalOrder.indexOf(own) >= approvalOrder.indexOf(needed);
