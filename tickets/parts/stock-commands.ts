import { CodedError } from "@firebreak/kit/coded-error.ts";
import type { TicketWork } from "../ticket-work.ts";
import { requireTicket } from "../ticket-work.ts";
import { type Claim, compareClaims } from "./contention.ts";
import type { Tier } from "./part.ts";
import { lookAgain } from "./parts-flow.ts";
import { replenish } from "./replenish.ts";
import { loadActive, preempt, reserve } from "./reservations.ts";
import { stockArrived } from "./stock-arrived.ts";
import type { RingFence } from "./stock-item.ts";
import { book } from "./stock-ledger.ts";
import { ensureItem, findItem } from "./stock-levels.ts";
import { requireLocation, stockTablesOf } from "./stock-locations.ts";
import { endTransferOf, requestTransfer, requireTransfer, type Transfer } from "./transfers.ts";

interface Item {
  readonly partNo: string;
  readonly locationId: string;
}

/** Pieces from a supplier, or from anywhere outside; whoever waits for them is looked after. */
export async function receiveStock(
  work: TicketWork,
  receipt: Item & {
    readonly quantity: number;
    readonly bin?: string | undefined;
    readonly reason?: string | undefined;
  },
): Promise<void> {
  const { partNo, locationId, quantity, bin, reason } = receipt;
  requirePieces(quantity, 1);
  await ensureItem(work, partNo, locationId, bin);
  await book(work, {
    kind: "receipt",
    partNo,
    locationId,
    quantity,
    ...(reason === undefined ? {} : { reason }),
  });
  await stockArrived(work, partNo);
}

/**
 * Books a difference, up or down. What was reserved and is not there is taken from the weakest claims first and looked
 * for elsewhere.
 * @throws CodedError STOCK_SHORT when more is missing than nobody has picked
 */
export async function adjustStock(
  work: TicketWork,
  change: Item & { readonly by: number; readonly reason: string },
): Promise<void> {
  const { partNo, locationId, by, reason } = change;
  if (by === 0) return;
  await ensureItem(work, partNo, locationId);
  const losers = by < 0 ? await makeFree(work, change) : [];
  await book(work, { kind: "adjust", partNo, locationId, quantity: by, reason });
  for (const { ticketId, reservationId } of losers) {
    if (ticketId === undefined) {
      await endTransferOf(work, reservationId, reason);
      continue;
    }
    await lookAgain(work, await requireTicket(work.tx, ticketId), {
      step: "parts-lost",
      isMeant: ({ reservation }) => reservation?.reservationId === reservationId,
    });
  }
  if (by > 0) await stockArrived(work, partNo);
  else await replenish(work, partNo, locationId);
}

/** Gives way to what is not there: reservations that nobody has picked, the weakest claims first. */
async function makeFree(work: TicketWork, { partNo, locationId, by }: Item & { by: number }) {
  const item = await findItem(work.tx, partNo, locationId);
  let short = item ? -by - (item.onHand - item.reserved) : 0;
  const active = (await loadActive(work.tx, [partNo]))
    .filter((one) => one.locationId === locationId)
    .sort((a, b) => compareClaims(b.claim, a.claim));
  const losers: typeof active = [];
  for (const reservation of active) {
    if (short <= 0) break;
    await preempt(work, reservation.reservationId);
    losers.push(reservation);
    short -= reservation.quantity;
  }
  return losers;
}

/** Somebody counted: the difference is booked. Returns it. */
export async function countStock(
  work: TicketWork,
  count: Item & { readonly counted: number; readonly reason: string },
): Promise<number> {
  requirePieces(count.counted, 0);
  const { onHand } = await ensureItem(work, count.partNo, count.locationId);
  const by = count.counted - onHand;
  await adjustStock(work, { ...count, by });
  return by;
}

export interface ItemPolicy {
  readonly bin?: string | undefined;
  readonly min?: number | undefined;
  readonly target?: number | undefined;
  readonly max?: number | undefined;
  readonly plannedQty?: number | undefined;
  readonly ringFenced?: Partial<RingFence> | undefined;
}

/**
 * Changes bin, band, plan or ring-fence of an item; what is left out stays. Below its new minimum it is stocked up.
 * @throws CodedError STOCK_BAND unless min <= target <= max (SK-8)
 */
export async function setPolicy(work: TicketWork, change: Item & ItemPolicy): Promise<void> {
  const item = await ensureItem(work, change.partNo, change.locationId);
  const { bin = item.bin, min = item.min, target = item.target, max = item.max } = change;
  const { plannedQty = item.plannedQty } = change;
  const fenced = { ...item.ringFenced, ...change.ringFenced };
  for (const pieces of [min, plannedQty, ...Object.values(fenced)]) requirePieces(pieces, 0);
  if (min > target || target > max)
    throw new CodedError(
      "STOCK_BAND",
      `min ${min} <= target ${target} <= max ${max} does not hold`,
    );
  await stockTablesOf(work.tx)
    .updateTable("stock_levels")
    .set({
      bin,
      planned: plannedQty,
      min_qty: min,
      target_qty: target,
      max_qty: max,
      fenced_exceed: fenced.exceed,
      fenced_above: fenced.above,
      fenced_meet: fenced.meet,
    })
    .where("part_no", "=", item.partNo)
    .where("location_id", "=", item.locationId)
    .execute();
  await replenish(work, item.partNo, item.locationId);
}

/**
 * A transfer that no ticket asked for, such as from a store with too much; the pieces are reserved at once.
 * @throws CodedError STOCK_SHORT when they are not free, or the giving station would fall below its minimum (SK-6)
 */
export async function moveStockTo(
  work: TicketWork,
  wish: Item & { readonly toId: string; readonly quantity: number; readonly tier?: Tier },
): Promise<Transfer> {
  const { partNo, locationId, toId, quantity, tier = "meet" } = wish;
  requirePieces(quantity, 1);
  const from = await requireLocation(work.tx, locationId);
  await requireLocation(work.tx, toId);
  await ensureItem(work, partNo, locationId);
  const claim: Claim = { tier, priority: "planned", isKeyCustomer: false, createdAt: work.at };
  const reservationId = await reserve(work, {
    partNo,
    locationId,
    quantity,
    claim,
    keepsMin: from.kind === "station",
  });
  if (!reservationId)
    throw new CodedError("STOCK_SHORT", `${locationId} cannot spare ${quantity} of ${partNo}`);
  const transferId = await requestTransfer(work, {
    partNo,
    quantity,
    fromId: locationId,
    toId,
    reservationId,
    isGreen: false,
  });
  return requireTransfer(work.tx, transferId);
}

function requirePieces(pieces: number, least: number): void {
  if (!Number.isSafeInteger(pieces) || pieces < least)
    throw new CodedError("STOCK_QUANTITY", `${pieces} is not a number of pieces from ${least}`);
}
