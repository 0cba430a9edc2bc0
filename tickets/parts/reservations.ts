import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { ServiceWork } from "../service-work.ts";
import type { Claim } from "./contention.ts";
import { tiers } from "./part.ts";
import type { OpenReservation } from "./sourcing.ts";
import { type Reader, stockTablesOf } from "./stock-locations.ts";
import type { ReservationState } from "./stock-tables.ts";

export interface ReservationWish {
  readonly partNo: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly claim: Claim;
  /** The parts ticket; absent for a transfer that no ticket asked for. */
  readonly ticketId?: string | undefined;
  /** The place shares what it has and keeps its minimum (SK-6). */
  readonly keepsMin?: boolean;
}

/**
 * Keeps pieces, only while they are still there: of two that want the last one, one changes a row (SK-9). Undefined
 * when they are not.
 */
export async function reserve(
  work: ServiceWork,
  wish: ReservationWish,
): Promise<string | undefined> {
  if (!(await take(work, wish))) return undefined;
  return insertReservation(work, wish, "active");
}

async function take({ tx }: ServiceWork, wish: ReservationWish): Promise<boolean> {
  const { partNo, locationId, quantity, claim, keepsMin = false } = wish;
  const { numUpdatedRows } = await stockTablesOf(tx)
    .updateTable("stock_levels")
    .set((column) => ({ reserved: column("reserved", "+", quantity) }))
    .where("part_no", "=", partNo)
    .where("location_id", "=", locationId)
    .where((column) => {
      const free = column("on_hand", "-", column.ref("reserved"));
      const fences = tiers
        .filter((tier) => tier !== claim.tier)
        .map((tier) => column.ref(`fenced_${tier}`));
      const forTier = fences.reduce((left, fence) => column(left, "-", fence), free);
      return column.and([
        column(forTier, ">=", quantity),
        ...(keepsMin ? [column(column(free, "-", column.ref("min_qty")), ">=", quantity)] : []),
      ]);
    })
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Pieces that have just been booked in for a ticket: nobody else could have them, and nobody may take them away. */
export async function reservePicked(
  work: ServiceWork,
  wish: Omit<ReservationWish, "keepsMin">,
): Promise<string> {
  await stockTablesOf(work.tx)
    .updateTable("stock_levels")
    .set((column) => ({ reserved: column("reserved", "+", wish.quantity) }))
    .where("part_no", "=", wish.partNo)
    .where("location_id", "=", wish.locationId)
    .execute();
  return insertReservation(work, wish, "picked");
}

async function insertReservation(
  { tx, at, ids }: ServiceWork,
  { partNo, locationId, quantity, claim, ticketId }: ReservationWish,
  state: ReservationState,
): Promise<string> {
  const reservationId = ids.rowId();
  await stockTablesOf(tx)
    .insertInto("stock_reservations")
    .values({
      reservation_id: reservationId,
      ticket_id: ticketId ?? null,
      part_no: partNo,
      location_id: locationId,
      quantity,
      state,
      claim: JSON.stringify(claim),
      at,
      ended_at: null,
    })
    .execute();
  return reservationId;
}

export interface Reservation extends OpenReservation {
  readonly ticketId?: string;
  readonly state: ReservationState;
}

export async function findReservation(
  reader: Reader,
  reservationId: string,
): Promise<Reservation | undefined> {
  const [row] = await stockTablesOf(reader)
    .selectFrom("stock_reservations")
    .selectAll()
    .where("reservation_id", "=", reservationId)
    .execute();
  return row && toReservation(row);
}

const toReservation = (row: {
  reservation_id: string;
  ticket_id: string | null;
  part_no: string;
  location_id: string;
  quantity: number;
  state: ReservationState;
  claim: string;
}): Reservation => ({
  reservationId: row.reservation_id,
  partNo: row.part_no,
  locationId: row.location_id,
  quantity: row.quantity,
  state: row.state,
  claim: JSON.parse(row.claim),
  ...(row.ticket_id === null ? {} : { ticketId: row.ticket_id }),
});

/** Those of these parts that nobody has picked yet. */
export async function loadActive(
  reader: Reader,
  partNos: readonly string[],
): Promise<Reservation[]> {
  if (partNos.length === 0) return [];
  const rows = await stockTablesOf(reader)
    .selectFrom("stock_reservations")
    .selectAll()
    .where("part_no", "in", partNos)
    .where("state", "=", "active")
    .orderBy("at")
    .orderBy("reservation_id")
    .execute();
  return rows.map(toReservation);
}

/** @throws CodedError RESERVATION_STATE when it is not active */
export async function pick(work: ServiceWork, reservationId: string): Promise<void> {
  if (!(await change(work, reservationId, ["active"], "picked")))
    throw new CodedError("RESERVATION_STATE", `reservation ${reservationId} is not active`);
}

/** Gives back what is reserved or picked. False when it was over already. */
export const release = (work: ServiceWork, reservationId: string): Promise<boolean> =>
  giveBack(work, reservationId, ["active", "picked"], "released");

/** Takes away what nobody has picked yet. False when it was picked, or is over. */
export const preempt = (work: ServiceWork, reservationId: string): Promise<boolean> =>
  giveBack(work, reservationId, ["active"], "preempted");

/**
 * Ends a reservation whose pieces leave; the movement that takes them lowers what is reserved.
 * @throws CodedError RESERVATION_STATE when it is over already
 */
export async function fulfil(work: ServiceWork, reservationId: string): Promise<void> {
  if (!(await change(work, reservationId, ["active", "picked"], "fulfilled")))
    throw new CodedError("RESERVATION_STATE", `reservation ${reservationId} is over`);
}

async function giveBack(
  work: ServiceWork,
  reservationId: string,
  from: readonly ReservationState[],
  to: ReservationState,
): Promise<boolean> {
  if (!(await change(work, reservationId, from, to))) return false;
  const reservation = await findReservation(work.tx, reservationId);
  if (!reservation) return false;
  await stockTablesOf(work.tx)
    .updateTable("stock_levels")
    .set((column) => ({ reserved: column("reserved", "-", reservation.quantity) }))
    .where("part_no", "=", reservation.partNo)
    .where("location_id", "=", reservation.locationId)
    .execute();
  return true;
}

async function change(
  { tx, at }: ServiceWork,
  reservationId: string,
  from: readonly ReservationState[],
  to: ReservationState,
): Promise<boolean> {
  const { numUpdatedRows } = await stockTablesOf(tx)
    .updateTable("stock_reservations")
    .set({ state: to, ended_at: to === "picked" ? null : at })
    .where("reservation_id", "=", reservationId)
    .where("state", "in", from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
