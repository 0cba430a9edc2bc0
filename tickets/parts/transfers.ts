import { CodedError } from "@firebreak/kit/coded-error.ts";
import { type Static, Type } from "typebox";
import type { ServiceWork } from "../service-work.ts";
import { closed, Instant, literals } from "../vocabulary.ts";
import { fulfil, pick, release } from "./reservations.ts";
import { book } from "./stock-ledger.ts";
import { ensureItem } from "./stock-levels.ts";
import { type Reader, stockTablesOf } from "./stock-locations.ts";
import { type TransferState, transferStates } from "./stock-tables.ts";

const facts = {
  requestedAt: Instant,
  etaAt: Type.Optional(Instant),
  approvedBy: Type.Optional(Type.String()),
  approvedAt: Type.Optional(Instant),
  pickedAt: Type.Optional(Instant),
  sentAt: Type.Optional(Instant),
  endedAt: Type.Optional(Instant),
  reason: Type.Optional(Type.String()),
};
const TransferFacts = Type.Object(facts, closed);
type TransferFacts = Static<typeof TransferFacts>;

/** Parts on their way from one place to another (调拨). */
export const Transfer = Type.Object(
  {
    transferId: Type.String(),
    partNo: Type.String(),
    quantity: Type.Integer({ minimum: 1 }),
    fromId: Type.String({ description: "stock location" }),
    toId: Type.String({ description: "stock location" }),
    ticketId: Type.Optional(Type.String({ description: "the parts ticket it is for" })),
    reservationId: Type.String(),
    state: literals(transferStates),
    isGreen: Type.Boolean({ description: "green channel: needs no approval" }),
    ...facts,
  },
  closed,
);
export type Transfer = Static<typeof Transfer>;

export interface TransferWish {
  readonly partNo: string;
  readonly quantity: number;
  readonly fromId: string;
  readonly toId: string;
  readonly ticketId?: string | undefined;
  /** Of the pieces at `fromId`. */
  readonly reservationId: string;
  readonly isGreen: boolean;
  readonly etaAt?: string;
}

/** @throws CodedError TRANSFER_PLACES when it would lead nowhere */
export async function requestTransfer(
  { tx, ids, at }: ServiceWork,
  wish: TransferWish,
): Promise<string> {
  const { partNo, quantity, fromId, toId, ticketId, reservationId, isGreen, etaAt } = wish;
  if (fromId === toId)
    throw new CodedError("TRANSFER_PLACES", "a transfer leads from one place to another");
  const transferId = ids.rowId();
  const body: TransferFacts = { requestedAt: at, ...(etaAt === undefined ? {} : { etaAt }) };
  await stockTablesOf(tx)
    .insertInto("stock_transfers")
    .values({
      transfer_id: transferId,
      part_no: partNo,
      quantity,
      from_id: fromId,
      to_id: toId,
      ticket_id: ticketId ?? null,
      reservation_id: reservationId,
      state: "requested",
      is_open: 1,
      is_green: isGreen ? 1 : 0,
      requested_at: at,
      body: JSON.stringify(body),
    })
    .execute();
  return transferId;
}

interface TransferRow {
  transfer_id: string;
  part_no: string;
  quantity: number;
  from_id: string;
  to_id: string;
  ticket_id: string | null;
  reservation_id: string;
  state: TransferState;
  is_green: number;
  body: string;
}

export const toTransfer = (row: TransferRow): Transfer => ({
  transferId: row.transfer_id,
  partNo: row.part_no,
  quantity: row.quantity,
  fromId: row.from_id,
  toId: row.to_id,
  ...(row.ticket_id === null ? {} : { ticketId: row.ticket_id }),
  reservationId: row.reservation_id,
  state: row.state,
  isGreen: row.is_green === 1,
  ...(JSON.parse(row.body) as TransferFacts),
});

/** @throws CodedError TRANSFER_UNKNOWN */
export async function requireTransfer(reader: Reader, transferId: string): Promise<Transfer> {
  const row = await stockTablesOf(reader)
    .selectFrom("stock_transfers")
    .selectAll()
    .where("transfer_id", "=", transferId)
    .executeTakeFirst();
  if (!row) throw new CodedError("TRANSFER_UNKNOWN", `there is no transfer ${transferId}`);
  return toTransfer(row);
}

const isOver = (state: TransferState): boolean =>
  state === "received" || state === "cancelled" || state === "lost";

/** @throws CodedError TRANSFER_STATE when it is in none of `from` */
async function advance(
  work: ServiceWork,
  transfer: Transfer,
  change: {
    readonly from: readonly TransferState[];
    readonly to: TransferState;
    readonly facts: TransferFactChange;
  },
): Promise<Transfer> {
  const { from, to, facts: changed } = change;
  if (!from.includes(transfer.state))
    throw new CodedError(
      "TRANSFER_STATE",
      `transfer ${transfer.transferId} is ${transfer.state}: it cannot become ${to}`,
    );
  const after: Transfer = { ...transfer, ...changed, state: to };
  const { requestedAt, etaAt, approvedBy, approvedAt, pickedAt, sentAt, endedAt, reason } = after;
  const body = { requestedAt, etaAt, approvedBy, approvedAt, pickedAt, sentAt, endedAt, reason };
  const { numUpdatedRows } = await stockTablesOf(work.tx)
    .updateTable("stock_transfers")
    .set({ state: to, is_open: isOver(to) ? 0 : 1, body: JSON.stringify(body) })
    .where("transfer_id", "=", transfer.transferId)
    .where("state", "=", transfer.state)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n)
    throw new CodedError(
      "TRANSFER_STATE",
      `transfer ${transfer.transferId} was changed meanwhile`,
      {
        retryable: true,
      },
    );
  return after;
}

type TransferFactChange = Partial<TransferFacts>;

export const approveTransfer = (work: ServiceWork, transfer: Transfer): Promise<Transfer> =>
  advance(work, transfer, {
    from: ["requested"],
    to: "approved",
    facts: { approvedBy: work.actor.id, approvedAt: work.at },
  });

/** The green channel goes from requested to picked; everything else is approved first. */
export async function pickTransfer(work: ServiceWork, transfer: Transfer): Promise<Transfer> {
  const after = await advance(work, transfer, {
    from: transfer.isGreen ? ["requested", "approved"] : ["approved"],
    to: "picked",
    facts: { pickedAt: work.at },
  });
  await pick(work, transfer.reservationId);
  return after;
}

/** The pieces leave their place and are on the way. */
export async function sendTransfer(work: ServiceWork, transfer: Transfer): Promise<Transfer> {
  const after = await advance(work, transfer, {
    from: ["picked"],
    to: "in_transit",
    facts: { sentAt: work.at },
  });
  const { partNo, quantity, fromId, toId, transferId, ticketId } = transfer;
  await fulfil(work, transfer.reservationId);
  await book(work, {
    kind: "transfer_out",
    partNo,
    locationId: fromId,
    quantity: -quantity,
    isReserved: true,
    counterpartId: toId,
    transferId,
    ticketId,
  });
  await ensureItem(work, partNo, toId);
  await changeInTransit(work, transfer, quantity);
  return after;
}

const arriving = ({ partNo, quantity, fromId, toId, transferId, ticketId }: Transfer) => ({
  partNo,
  locationId: toId,
  quantity,
  counterpartId: fromId,
  transferId,
  ticketId,
});

export async function receiveTransfer(work: ServiceWork, transfer: Transfer): Promise<Transfer> {
  const after = await advance(work, transfer, {
    from: ["in_transit"],
    to: "received",
    facts: { endedAt: work.at },
  });
  await changeInTransit(work, transfer, -transfer.quantity);
  await book(work, { kind: "transfer_in", ...arriving(transfer) });
  return after;
}

/** What never arrived is booked in and off again at its destination, so that the ledger shows the loss. */
export async function loseTransfer(
  work: ServiceWork,
  transfer: Transfer,
  reason: string,
): Promise<Transfer> {
  const after = await advance(work, transfer, {
    from: ["in_transit"],
    to: "lost",
    facts: { endedAt: work.at, reason },
  });
  const movement = arriving(transfer);
  await changeInTransit(work, transfer, -transfer.quantity);
  await book(work, { kind: "transfer_in", ...movement });
  await book(work, {
    kind: "adjust",
    ...movement,
    quantity: -movement.quantity,
    reason: `lost: ${reason}`,
  });
  return after;
}

/** Before it is sent; the pieces are free again, unless they stay reserved where they lie. */
export async function cancelTransfer(
  work: ServiceWork,
  transfer: Transfer,
  reason: string,
  { keepsReservation = false }: { readonly keepsReservation?: boolean } = {},
): Promise<Transfer> {
  const after = await advance(work, transfer, {
    from: ["requested", "approved", "picked"],
    to: "cancelled",
    facts: { endedAt: work.at, reason },
  });
  if (!keepsReservation) await release(work, transfer.reservationId);
  return after;
}

/** A transfer that no ticket asked for ends when its pieces are taken away or were not there, before anybody picks them. */
export async function endTransferOf(
  work: ServiceWork,
  reservationId: string,
  reason: string,
): Promise<void> {
  const row = await stockTablesOf(work.tx)
    .selectFrom("stock_transfers")
    .selectAll()
    .where("reservation_id", "=", reservationId)
    .where("state", "in", ["requested", "approved"])
    .executeTakeFirst();
  if (row) await cancelTransfer(work, toTransfer(row), reason, { keepsReservation: true });
}

/** What is on the way for a ticket that no longer wants it arrives as free stock. */
export async function forgetTicket({ tx }: ServiceWork, transferId: string): Promise<void> {
  await stockTablesOf(tx)
    .updateTable("stock_transfers")
    .set({ ticket_id: null })
    .where("transfer_id", "=", transferId)
    .execute();
}

async function changeInTransit(
  { tx }: ServiceWork,
  { partNo, toId }: Transfer,
  by: number,
): Promise<void> {
  await stockTablesOf(tx)
    .updateTable("stock_levels")
    .set((column) => ({ in_transit_in: column("in_transit_in", "+", by) }))
    .where("part_no", "=", partNo)
    .where("location_id", "=", toId)
    .execute();
}
